import type { OptionSpecs } from '@formatlab/core';

export interface MarshalOptions {
  /** Version of the format, 0 to 5. Default 4, which Python 3.4 and later read and write. */
  readonly version?: number;
  /** The Python whose code objects the file holds. Default `auto`: told by the header of a `.pyc`, else found by trying. */
  readonly python?: PythonVersion;
  /** What byte strings are read as. Default `bytes`. */
  readonly strings?: 'bytes' | 'text';
  /** The file is a sequence of values, as calls of `marshal.dump` write them. Default false. */
  readonly stream?: boolean;
}

export const PYTHON_VERSIONS = [
  'auto',
  '2.7',
  '3.6',
  '3.7',
  '3.8',
  '3.9',
  '3.10',
  '3.11',
  '3.12',
  '3.13',
  '3.14',
] as const;
export type PythonVersion = (typeof PYTHON_VERSIONS)[number];

export const DEFAULT_VERSION = 4;
export const LAST_VERSION = 5;

export const options: OptionSpecs<MarshalOptions> = {
  version: {
    type: 'integer',
    default: DEFAULT_VERSION,
    min: 0,
    max: LAST_VERSION,
    for: 'write',
    doc: 'Version of the format: 2 for Python 2.7, 4 for Python 3.4 and later, 5 (with slices) for Python 3.14; shared values are kept from 3 on.',
  },
  python: {
    type: 'enum',
    choices: PYTHON_VERSIONS,
    default: 'auto',
    for: 'read',
    doc: 'The Python whose code objects and strings the file holds; auto takes it from the header of a .pyc, else finds the layout by trying.',
  },
  strings: {
    type: 'enum',
    choices: ['bytes', 'text'],
    default: 'bytes',
    for: 'read',
    doc: 'What byte strings become: bytes, or text where they are UTF-8 (the str of Python 2).',
  },
  stream: {
    type: 'boolean',
    default: false,
    for: 'both',
    doc: 'The file is a sequence of values, one behind the other, as calls of marshal.dump write them: the elements of a list.',
  },
};
