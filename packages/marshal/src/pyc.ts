import type { PythonVersion } from './options.js';

/** What stands before the code object of a `.pyc` file. */
export interface PycHeader {
  /** The Python that wrote it: `3.11`. */
  readonly python: string;
  readonly layout: Exclude<PythonVersion, 'auto'>;
  readonly magic: number;
  readonly size: 8 | 12 | 16;
}

/**
 * First magic numbers of each Python (`Lib/importlib/_bootstrap_external.py`, and Python 2's `Python/import.c`), the
 * header's size since, and the layout of its code objects.
 */
const MAGICS: readonly (readonly [number, string, 8 | 12 | 16, Exclude<PythonVersion, 'auto'>])[] = [
  [3000, '3.0', 8, '3.6'],
  [3141, '3.1', 8, '3.6'],
  [3160, '3.2', 8, '3.6'],
  [3190, '3.3', 12, '3.6'],
  [3250, '3.4', 12, '3.6'],
  [3320, '3.5', 12, '3.6'],
  [3360, '3.6', 12, '3.6'],
  [3390, '3.7', 16, '3.7'],
  [3400, '3.8', 16, '3.8'],
  [3420, '3.9', 16, '3.9'],
  [3430, '3.10', 16, '3.10'],
  [3450, '3.11', 16, '3.11'],
  [3500, '3.12', 16, '3.12'],
  [3550, '3.13', 16, '3.13'],
  [3600, '3.14', 16, '3.14'],
];
const AFTER_LAST = 3650;
const PYTHON_27 = { first: 62171, last: 62211 };
/** `s` with a reference flag: the one type code that is also the low byte of a magic number. */
const FLAGGED_STRING = 0xf3;

/** The header that the bytes start with, unless they are marshal data all the same. */
export function pycHeader(bytes: Uint8Array, fileSize: number | undefined): PycHeader | undefined {
  if (bytes.length < 8 || bytes[2] !== 0x0d || bytes[3] !== 0x0a) return undefined;
  const magic = bytes[0]! | (bytes[1]! << 8);
  if (bytes[0] === FLAGGED_STRING) {
    const length = bytes[1]! | (bytes[2]! << 8) | (bytes[3]! << 16) | (bytes[4]! << 24);
    if (fileSize !== undefined && 5 + length <= fileSize) return undefined;
  }
  if (magic >= PYTHON_27.first && magic <= PYTHON_27.last)
    return { python: '2.7', layout: '2.7', magic, size: 8 };
  if (magic >= AFTER_LAST) return undefined;
  const known = MAGICS.filter(([first]) => first <= magic).at(-1);
  if (known === undefined) return undefined;
  const [, python, size, layout] = known;
  return { python, layout, magic, size };
}
