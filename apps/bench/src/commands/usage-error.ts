/** What was typed is wrong: exit code 2. Failures of input are FormatErrors: exit code 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
