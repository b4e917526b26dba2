import { DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { options, type SqliteOptions } from './options.js';
import { probe } from './probe.js';
import { open } from './reader.js';

/** SQLite 3 databases: read and written by this package, edited with the SQLite library. */
export const sqlite: Format<SqliteOptions> = {
  id: 'sqlite',
  title: 'SQLite',
  extensions: ['.sqlite', '.sqlite3', '.db', '.db3'],
  mediaTypes: ['application/vnd.sqlite3', 'application/x-sqlite3'],
  can: {
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
  },
  options,
  probe,
  encode,
  decode,
  open,
  edit,
};
