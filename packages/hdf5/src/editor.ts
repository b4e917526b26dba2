import type { Context, Editor, Sink } from '@formatlab/core';
import { Hdf5Editor } from './edit/editor.js';
import { loadEngine } from './library/engine.js';
import { checkOptions, type Hdf5Options } from './options.js';

/**
 * New objects go behind the file, then the superblock is pointed at the new root group: until that last write the
 * file is what it was. Values of the same type and shape are written into their place.
 */
export function edit(sink: Sink, context: Context<Hdf5Options>): Editor {
  checkOptions(context.options);
  return new Hdf5Editor(undefined, sink, context);
}

/** The same, reading through the HDF5 library. */
export async function editWithLibrary(sink: Sink, context: Context<Hdf5Options>): Promise<Editor> {
  checkOptions(context.options);
  return new Hdf5Editor(await loadEngine(), sink, context);
}
