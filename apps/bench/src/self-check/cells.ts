/** What the self-check measures: six formats, reading and writing, some milliseconds each. */
export const SELF_CHECK_RUN = [
  'array',
  '--size',
  '400x400',
  '--formats',
  'csv,hdf5:native,json,msgpack,numpy,xml',
  '--operations',
  'write,read',
  '--compression',
  'none',
];
/** Which of them is slowed down. */
export const PLANTED_OPERATION = 'json/none/read';
export const PLANTED_SHARE = 0.1;
