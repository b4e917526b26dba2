import { FormatError } from '@formatlab/core';

/** Claims to be a MAT file and breaks its rules. */
export function corrupt(what: string, state: string, offset?: number, path?: string): FormatError {
  return new FormatError('corrupt', `read ${what}: ${state}`, { format: 'matlab', offset, path });
}

/** A valid file, or a value, that this package has no form for. */
export function unsupported(what: string, state: string, path?: string, feature?: string): FormatError {
  return new FormatError('unsupported', `${what}: ${state}`, { format: 'matlab', path, feature });
}
