/** What the self-check measures: six formats, reading and writing, some milliseconds each. */
export const SELF_CHECK_RUN = [
  'array',
  '--size',
  '400x400',
  '--formats',
  'csv:native,hdf5:native,json:plain,msgpack,numpy,xml:formatlab',
  '--operations',
  'write,read',
  '--compression',
  'none',
];
/** Which of them is slowed down. */
export const PLANTED = { format: 'json', operation: 'read' } as const;
export const PLANTED_SHARE = 0.1;
