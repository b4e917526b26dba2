import { type Capabilities, DTYPES } from '@formatlab/core';

/** Of plain YAML. Arrays of bool and string come back as lists; columns of them come back as they were. */
export const capabilities: Capabilities = {
  roots: ['array', 'table', 'entries', 'tree'],
  dtypes: {
    read: ['float64', 'int64', 'bool', 'string'],
    // The last three are written as lists of what they hold, each with a reported loss.
    write: ['float64', 'int64', 'bool', 'string', 'bytes', 'datetime64', 'object'],
  },
  maxRank: 32,
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

/** With this package's tags every value is exact. */
export const typedCapabilities: Capabilities = {
  ...capabilities,
  dtypes: { read: DTYPES, write: DTYPES },
  attributes: true,
};

/** What js-yaml holds: values that JavaScript has itself. */
export const plainCapabilities: Capabilities = {
  ...capabilities,
  roots: ['tree'],
  dtypes: { read: [], write: [] },
  maxRank: 0,
};
