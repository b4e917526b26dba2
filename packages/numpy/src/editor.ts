import type { Context, Editor, Sink } from '@formatlab/core';
import { notNumpy } from './decode.js';
import { npyEditor } from './npy/editor.js';
import { startsWithMagic } from './npy/header.js';
import { startsAsZip } from './npz/decode.js';
import { npzEditor } from './npz/editor.js';
import type { NumpyOptions } from './options.js';
import { readerOf } from './reader.js';

/** Rows of an npy, members of an npz. A new file is what its name says: `.npz`, or else what is put first. */
export async function edit(sink: Sink, context: Context<NumpyOptions>): Promise<Editor> {
  if (sink.size === 0) {
    const asNpz =
      context.options.container === 'npz' || context.name?.toLowerCase().endsWith('.npz') === true;
    return asNpz ? npzEditor(sink, context) : npyEditor(sink, context);
  }
  const head = await readerOf(sink, context)({ at: 0, length: Math.min(8, sink.size) });
  if (startsWithMagic(head)) return npyEditor(sink, context);
  if (startsAsZip(head)) return npzEditor(sink, context);
  throw notNumpy();
}
