import { FormatError, type OptionSpecs } from '@formatlab/core';

export interface SqliteOptions {
  readonly pageSize?: number;
  readonly table?: string;
  readonly blobs?: 'bytes' | 'pickle';
  readonly check?: boolean;
}

export const options: OptionSpecs<SqliteOptions> = {
  pageSize: {
    for: 'write',
    type: 'integer',
    default: 4096,
    min: 512,
    max: 65536,
    doc: 'Bytes of a page of a new file, a power of two',
  },
  table: {
    for: 'write',
    type: 'string',
    default: 'data',
    doc: 'Name of the SQL table when the value is a single table',
  },
  blobs: {
    for: 'read',
    type: 'enum',
    choices: ['bytes', 'pickle'],
    default: 'bytes',
    doc: 'Decode blobs in tables as pickles, with the format `pickle` among those brought',
  },
  check: {
    for: 'read',
    type: 'boolean',
    default: false,
    doc: 'Look at every page first, and refuse a file in which one is used twice or not at all, or keys are out of order',
  },
};

/** @throws FormatError `options` */
export function pageSizeOf({ pageSize = 4096 }: SqliteOptions): number {
  if ((pageSize & (pageSize - 1)) !== 0)
    throw new FormatError(
      'options',
      `set option 'pageSize' of sqlite to ${pageSize}: must be a power of two`,
      {
        format: 'sqlite',
      },
    );
  return pageSize;
}
