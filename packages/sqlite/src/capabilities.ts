import { type Capabilities, DTYPES } from '@formatlab/core';

export const capabilities: Capabilities = {
  roots: ['array', 'table', 'entries', 'tree'],
  dtypes: { read: DTYPES, write: DTYPES },
  maxRank: 64,
  attributes: false,
  integrity: 'none',
  references: false,
  batches: { read: true, write: true },
  list: 'index',
  readOne: 'seek',
  slice: 'contiguous',
  append: 'footer',
  update: 'in-place',
};
