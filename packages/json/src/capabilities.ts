import type { Capabilities } from '@formatlab/core';
import { MOST_RANK } from './parse/number-lists.js';

/** Of plain JSON. Arrays of bool and string come back as lists; columns of them come back as they were. */
export const capabilities: Capabilities = {
  roots: ['array', 'table', 'entries', 'tree'],
  dtypes: {
    read: ['float64', 'int64', 'bool', 'string'],
    // The last three are written as text or as what they hold, each with a reported loss.
    write: ['float64', 'int64', 'bool', 'string', 'datetime64', 'bytes', 'object'],
  },
  maxRank: MOST_RANK,
  attributes: false,
  integrity: 'none',
  references: false,
  batches: { read: false, write: false },
  list: 'whole',
  readOne: 'whole',
  slice: 'none',
  append: 'rewrite',
  update: 'rewrite',
};
