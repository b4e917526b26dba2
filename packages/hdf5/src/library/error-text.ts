const STEP = /^\s*#\d+: .*? in \w+\(\): (.*)$/;

/**
 * What HDF5 said, on one line: the description of the outermost and of the innermost call of its error stack.
 * Text that is no error stack is returned on one line.
 */
export function errorText(message: string): string {
  const steps: string[] = [];
  for (const line of message.split('\n')) {
    const match = STEP.exec(line);
    if (match !== null) steps.push(match[1]!.trim());
  }
  const first = steps[0];
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return message.replace(/\s+/g, ' ').trim();
  return withoutFileName(first === last ? first : `${first}: ${last}`);
}

/** The path in the library's own file system says nothing to the reader. */
function withoutFileName(text: string): string {
  return text.replace(/,? ?(file)?name = '[^']*'/g, '').replace(/\s+/g, ' ');
}
