import { type Context, FormatError, type Value } from '@formatlab/core';
import { runPickle } from './machine/machine.js';
import { HIGHEST_PROTOCOL, OPCODE_OF } from './machine/opcodes.js';
import type { PickleOptions } from './options.js';
import { Converter } from './values/convert.js';

/** The value of a pickle, or the list of those of a stream. Arrays are views on `bytes` where they are aligned. */
export function decode(bytes: Uint8Array, context: Context<PickleOptions>): Value {
  if (context.options.stream === true) {
    const values: Value[] = [];
    for (let at = 0; at < bytes.length; ) {
      const { value, end } = decodeAt(bytes, at, context);
      values.push(value);
      at = end;
    }
    return values;
  }
  const { value, end } = decodeAt(bytes, 0, context);
  if (end < bytes.length)
    context.loss({
      path: '',
      kind: 'dropped',
      from: `${bytes.length - end} bytes behind the first pickle`,
      to: "nothing; set 'stream' to read a sequence of pickles",
    });
  return value;
}

/** One pickle that begins at `start`, and where it ends. */
export function decodeAt(
  bytes: Uint8Array,
  start: number,
  context: Context<PickleOptions>,
): { value: Value; end: number } {
  if (start === 0) checkStart(bytes);
  const { oldStrings = 'latin1', order = 'C', buffers } = context.options;
  if (
    buffers !== undefined &&
    !(Array.isArray(buffers) && buffers.every((buffer) => buffer instanceof Uint8Array))
  )
    throw new FormatError('options', "set option 'buffers' of pickle: not a list of Uint8Array", {
      format: 'pickle',
    });
  context.progress(start, bytes.length);
  const { root, end } = runPickle(bytes, start, {
    oldStrings,
    buffers,
    budget: context.budget,
    progress: (done, total) => context.progress(done, total),
  });
  context.progress(end, bytes.length);
  const converter = new Converter({ budget: context.budget, loss: (loss) => context.loss(loss), order });
  return { value: converter.root(root), end };
}

function checkStart(bytes: Uint8Array): void {
  const first = bytes[0];
  const known = first !== undefined && OPCODE_OF[first] !== undefined;
  if (known && (first !== 0x80 || bytes.length < 2 || bytes[1]! <= HIGHEST_PROTOCOL)) return;
  if (known) return;
  throw new FormatError(
    'not-this-format',
    `read pickle: ${first === undefined ? 'it is empty' : 'it does not begin with an opcode'}`,
    {
      format: 'pickle',
      offset: 0,
    },
  );
}
