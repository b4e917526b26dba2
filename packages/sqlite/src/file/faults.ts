import { FormatError, type FormatErrorDetails } from '@formatlab/core';

/** The file breaks a rule of the format; `offset` is the byte where that shows. */
export function corrupt(
  what: string,
  state: string,
  offset?: number,
  details: FormatErrorDetails = {},
): FormatError {
  return new FormatError('corrupt', `read ${what}: ${state}`, { format: 'sqlite', offset, ...details });
}

export function unsupported(action: string, state: string, details: FormatErrorDetails = {}): FormatError {
  return new FormatError('unsupported', `${action}: ${state}`, { format: 'sqlite', ...details });
}
