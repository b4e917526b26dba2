import { bytesSource, type Context, type Value } from '@formatlab/core';
import { type Engine, loadEngine } from './library/engine.js';
import type { Hdf5Options } from './options.js';
import { openSession } from './read/session.js';
import { TreeReader } from './read/tree.js';

/**
 * The value in an HDF5 file: groups as records, datasets as arrays, compound datasets as tables. Contiguous
 * little-endian data is a view on `bytes`. Synchronous once the library is loaded.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export function decode(bytes: Uint8Array, context: Context<Hdf5Options>): Value | Promise<Value> {
  const engine = loadEngine();
  return engine instanceof Promise
    ? engine.then((loaded) => decodeWith(loaded, bytes, context))
    : decodeWith(engine, bytes, context);
}

function decodeWith(engine: Engine, bytes: Uint8Array, context: Context<Hdf5Options>): Value {
  const session = openSession(engine, bytesSource(bytes, 'HDF5 file'), context);
  try {
    return new TreeReader(session).root();
  } finally {
    session.close();
  }
}
