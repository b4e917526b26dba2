import type { Capabilities, DType } from '@formatlab/core';

const DTYPES: readonly DType[] = ['bool', 'int64', 'float64', 'string', 'datetime64'];

/**
 * Rows are found by reading all before them, and types hold for whole columns: listing reads
 * everything once, and batches, which pass in bounded memory, read it twice.
 */
export const can: Capabilities = {
  roots: ['array', 'table'],
  dtypes: { read: DTYPES, write: DTYPES },
  maxRank: 2,
  attributes: false,
  integrity: 'none',
  references: false,
  batches: { read: true, write: true },
  list: 'whole',
  readOne: 'whole',
  slice: 'none',
  append: 'tail',
  update: 'rewrite',
};
