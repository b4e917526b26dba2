import { FormatError } from '@formatlab/core';

/** Bytes that break the rules, at a place. */
export function corrupt(offset: number, action: string, state: string): FormatError {
  return new FormatError('corrupt', `${action}: ${state}`, { format: 'pickle', offset });
}

export function truncated(offset: number, wanted: number, left: number): FormatError {
  return corrupt(offset, `read ${wanted} bytes at byte ${offset}`, `the pickle ends after ${left} of them`);
}
