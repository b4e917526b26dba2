import type { Format } from '@formatlab/core';
import { capabilities } from './capabilities.js';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { options, type SqliteOptions } from './options.js';
import { probe } from './probe.js';
import { open } from './reader.js';
import { node, wasm } from './sql/engines.js';

/** SQLite 3 databases: read and written by this package, edited with an SQLite library. */
export const sqlite: Format<SqliteOptions> = {
  id: 'sqlite',
  title: 'SQLite',
  extensions: ['.sqlite', '.sqlite3', '.db', '.db3'],
  mediaTypes: ['application/vnd.sqlite3', 'application/x-sqlite3'],
  can: capabilities,
  journal: 'own',
  options,
  probe,
  encode,
  decode,
  open,
  edit,
  engines: { wasm, node },
  defaultEngine: 'native',
};
