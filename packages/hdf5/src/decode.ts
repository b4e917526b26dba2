import { bytesSource, type Context, type Loss, type Value } from '@formatlab/core';
import { type Engine, loadEngine } from './library/engine.js';
import { isLeftToLibrary } from './native/field-reader.js';
import type { Hdf5Options } from './options.js';
import { openSession, type ReadContext } from './read/session.js';
import { TreeReader } from './read/tree.js';

/**
 * The value in an HDF5 file: groups as records, datasets as arrays, compound datasets as tables. Contiguous
 * little-endian data is a view on `bytes`. Synchronous, but for files with something that only the HDF5 library
 * reads, which is then loaded.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export function decode(bytes: Uint8Array, context: Context<Hdf5Options>): Value | Promise<Value> {
  // Losses are told once, also where the library begins anew.
  const losses: Loss[] = [];
  const { budget, options } = context;
  const gathering: ReadContext = {
    budget,
    options,
    loss: (loss) => losses.push(loss),
    progress: (done, total) => context.progress(done, total),
  };
  let value: Value;
  try {
    value = decodeWith(undefined, bytes, gathering);
  } catch (error) {
    if (!isLeftToLibrary(error)) throw error;
    return decodeWithLibrary(bytes, context);
  }
  for (const loss of losses) context.loss(loss);
  return value;
}

/** The same, read by the HDF5 library. */
export function decodeWithLibrary(bytes: Uint8Array, context: Context<Hdf5Options>): Value | Promise<Value> {
  const engine = loadEngine();
  return engine instanceof Promise
    ? engine.then((loaded) => decodeWith(loaded, bytes, context))
    : decodeWith(engine, bytes, context);
}

function decodeWith(engine: Engine | undefined, bytes: Uint8Array, context: ReadContext): Value {
  const session = openSession(engine, bytesSource(bytes, 'HDF5 file'), context);
  try {
    return new TreeReader(session).root();
  } finally {
    session.close();
  }
}
