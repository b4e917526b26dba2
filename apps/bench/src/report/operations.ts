import type { OperationId } from '../results/record.js';

/** The order of the columns. */
export const OPERATION_ORDER: readonly OperationId[] = [
  'write',
  'read',
  'read-one',
  'read-each',
  'append',
  'update',
  'create',
  'increment',
  'list',
  'pipe',
  'socket',
];

/** What operations are called in the report. */
export const OPERATION_TITLES: Readonly<Record<OperationId, string>> = {
  write: 'write all',
  read: 'read all',
  'read-one': 'read one',
  'read-each': 'read each by name',
  append: 'append one',
  update: 'replace one',
  create: 'create the file',
  increment: 'increment one',
  list: 'list all',
  pipe: 'over a pipe',
  socket: 'over a socket',
};
