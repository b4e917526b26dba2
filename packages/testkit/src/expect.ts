import {
  type CompareOptions,
  type ErrorCode,
  firstDifference,
  formatErrorLine,
  isFormatError,
  type Value,
} from '@formatlab/core';

/** The error that `work` throws, or undefined. */
export async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error ?? new Error('threw nothing');
  }
}

/** @throws Error unless `work` fails with a FormatError of one of the codes */
export async function expectCode(
  work: () => unknown,
  codes: ErrorCode | readonly ErrorCode[],
  action: string,
): Promise<void> {
  const accepted = typeof codes === 'string' ? [codes] : codes;
  const error = await errorOf(work);
  if (isFormatError(error) && accepted.includes(error.code)) return;
  const found = error === undefined ? 'it went through' : describeError(error);
  throw new Error(`${action}: expected a FormatError '${accepted.join("' or '")}', ${found}`, {
    cause: error,
  });
}

export function expectTrue(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

export function describeError(error: unknown): string {
  if (isFormatError(error)) return `FormatError '${error.code}' (${formatErrorLine(error)})`;
  return error instanceof Error ? `${error.constructor.name} (${error.message})` : `threw ${String(error)}`;
}

export function isCode(error: unknown, code: ErrorCode): boolean {
  return isFormatError(error) && error.code === code;
}

/** @throws Error that names the first difference */
export function expectSame(
  expected: Value,
  actual: Value,
  action: string,
  options: CompareOptions = {},
): void {
  const difference = firstDifference(expected, actual, options);
  if (difference === undefined) return;
  const { path, left, right } = difference;
  throw new Error(`${action}: at ${path === '' ? 'the root' : `'${path}'`} expected ${left}, got ${right}`);
}
