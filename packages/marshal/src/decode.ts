import { type Context, FormatError, Tagged, type Value } from '@formatlab/core';
import { type CodeLayout, layoutOf } from './code-layout.js';
import { Decoder } from './decoder.js';
import type { MarshalOptions } from './options.js';
import { pycHeader } from './pyc.js';

export type DecodeContext = Pick<Context<MarshalOptions>, 'options' | 'budget' | 'progress'>;

/**
 * The value of a whole file. Arrays and long byte strings are views on `bytes`. A `.pyc` is
 * `Tagged('pyc', code, { python, magic, flags?, mtime?, size?, hash? })`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `limit`
 */
export function decode(bytes: Uint8Array, context: DecodeContext): Value {
  const { python = 'auto', stream = false } = context.options;
  if (bytes.length === 0)
    throw new FormatError('not-this-format', 'read marshal: the file is empty', {
      format: 'marshal',
      offset: 0,
    });
  const header = pycHeader(bytes, bytes.length);
  const given = python === 'auto' ? header?.layout : python;
  const layout: CodeLayout | undefined = given === undefined ? undefined : layoutOf(given);
  const decoder = new Decoder(bytes, header?.size ?? 0, layout, context);
  if (header === undefined) return stream ? decoder.sequence() : decoder.whole();
  if (bytes.length <= header.size)
    throw new FormatError('corrupt', `read the header of a .pyc: ${bytes.length} of ${header.size} bytes`, {
      format: 'marshal',
      offset: bytes.length,
    });
  const value = decoder.whole();
  return new Tagged('pyc', value, {
    python: header.python,
    magic: header.magic,
    ...headerFields(bytes, header.size),
  });
}

/** PEP 552: under flag 1 a hash of the source stands in place of its time and size. */
function headerFields(bytes: Uint8Array, size: 8 | 12 | 16): { readonly [name: string]: Value } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  if (size === 8) return { mtime: view.getUint32(4, true) };
  if (size === 12) return { mtime: view.getUint32(4, true), size: view.getUint32(8, true) };
  const flags = view.getUint32(4, true);
  if ((flags & 1) !== 0) return { flags, hash: new Uint8Array(bytes.subarray(8, 16)) };
  return { flags, mtime: view.getUint32(8, true), size: view.getUint32(12, true) };
}
