import { type Capabilities, DTYPES } from '@formatlab/core';

/** Every value of the model but cycles: XML says the whole of a document before an entry of it is known. */
export const capabilities: Capabilities = {
  roots: ['array', 'table', 'entries', 'tree'],
  dtypes: { read: DTYPES, write: DTYPES },
  maxRank: 64,
  attributes: true,
  integrity: 'none',
  references: false,
  batches: { read: false, write: false },
  list: 'whole',
  readOne: 'whole',
  slice: 'none',
  append: 'rewrite',
  update: 'rewrite',
};

/** What fast-xml-parser holds: text by name. */
export const plainCapabilities: Capabilities = {
  ...capabilities,
  roots: ['tree'],
  dtypes: { read: [], write: [] },
  maxRank: 0,
  attributes: false,
};
