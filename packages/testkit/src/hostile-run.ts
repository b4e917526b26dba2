import type { Attempter } from './hostile-attempt.js';
import type { HostileInput } from './hostile-inputs.js';

/** One input that a format did not take well. */
export interface Problem {
  readonly input: string;
  readonly problem: string;
}

export interface AttackResult {
  readonly tried: number;
  readonly problems: readonly Problem[];
}

/** Slow decoders are tried on fewer inputs, in the same order: at least so many, then until the time is up. */
const LEAST_INPUTS = 256;
const MOST_MS = 3000;
const MOST_PROBLEMS = 5;

/** Tries the inputs in turn; `onInput` is told the index before each. */
export async function runAttack(
  attempter: Attempter,
  inputs: readonly HostileInput[],
  onInput: (index: number) => void = () => {},
): Promise<AttackResult> {
  const problems: Problem[] = [];
  const started = performance.now();
  let tried = 0;
  for (const input of inputs) {
    if (problems.length >= MOST_PROBLEMS || (tried >= LEAST_INPUTS && performance.now() - started > MOST_MS))
      break;
    onInput(tried++);
    const verdict = await attempter.attempt(input.make());
    if (verdict === undefined) continue;
    problems.push({ input: input.name, problem: verdict.problem });
    if (verdict.late) break;
  }
  return { tried, problems };
}
