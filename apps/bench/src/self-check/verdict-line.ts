import pc from 'picocolors';

/** Prints a check's outcome, and gives it back. */
export function verdictLine(what: string, passed: boolean): boolean {
  console.log(`${passed ? pc.green('passed') : pc.red('failed')}  ${what}`);
  return passed;
}
