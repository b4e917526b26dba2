import type { OperationId } from '../results/record.js';
import { append, update } from './changes.js';
import type { FileOperation, FileOperationId } from './operation.js';
import { readEach, readOne } from './single-entries.js';
import { read, write } from './whole-file.js';

const FILE_OPERATIONS: Readonly<Record<FileOperationId, FileOperation>> = {
  write,
  read,
  'read-one': readOne,
  'read-each': readEach,
  append,
  update,
};

/** Undefined for the operations of `counter` and `messages`, which are made of processes. */
export function fileOperationOf(id: OperationId): FileOperation | undefined {
  return Object.hasOwn(FILE_OPERATIONS, id) ? FILE_OPERATIONS[id as FileOperationId] : undefined;
}

/** Every operation with a line for `list`. */
export const OPERATIONS: readonly { readonly id: OperationId; readonly summary: string }[] = [
  { id: 'write', summary: 'the whole value to a new file' },
  { id: 'read', summary: 'the whole file to a value' },
  { id: 'read-one', summary: 'open, read one entry or one row, close' },
  { id: 'read-each', summary: 'open once, read every entry by its name' },
  { id: 'append', summary: 'add one entry, or 1 % more rows' },
  { id: 'update', summary: 'replace one entry' },
  { id: 'create', summary: 'make the file with all counters, in a new process' },
  { id: 'increment', summary: 'add one to one counter, in a new process' },
  { id: 'list', summary: 'names and values of all counters, in a new process' },
  { id: 'pipe', summary: 'messages to another process and back over a pipe' },
  { id: 'socket', summary: 'the same over a loopback socket' },
];
