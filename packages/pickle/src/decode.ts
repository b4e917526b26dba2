import { type Context, FormatError, type Value } from '@formatlab/core';
import { type MachineOptions, runPickle } from './machine/machine.js';
import type { Node } from './machine/nodes.js';
import { OPCODE_OF } from './machine/opcodes.js';
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
  reportRest(end, bytes.length, context);
  return value;
}

/** One pickle that begins at `start`, and where it ends. */
export function decodeAt(
  bytes: Uint8Array,
  start: number,
  context: Context<PickleOptions>,
): { value: Value; end: number } {
  if (start === 0) checkStart(bytes);
  context.progress(start, bytes.length);
  const { root, end } = runPickle(bytes, start, machineOptions(context));
  context.progress(end, bytes.length);
  return { value: valueOf(root, context), end };
}

/** The value of what the machine made. */
export function valueOf(root: Node, context: Context<PickleOptions>): Value {
  const { order = 'C' } = context.options;
  return new Converter({ budget: context.budget, loss: (loss) => context.loss(loss), order }).root(root);
}

/** @throws FormatError `options` */
export function machineOptions(context: Context<PickleOptions>): MachineOptions {
  const { oldStrings = 'latin1', buffers } = context.options;
  if (
    buffers !== undefined &&
    !(Array.isArray(buffers) && buffers.every((buffer) => buffer instanceof Uint8Array))
  )
    throw new FormatError('options', "set option 'buffers' of pickle: not a list of Uint8Array", {
      format: 'pickle',
    });
  return {
    oldStrings,
    buffers,
    budget: context.budget,
    progress: (done, total) => context.progress(done, total),
  };
}

/** @throws FormatError `not-this-format` where the first bytes of a file are those of no pickle */
export function checkStart(bytes: Uint8Array): void {
  const first = bytes[0];
  if (first !== undefined && OPCODE_OF[first] !== undefined) return;
  throw new FormatError(
    'not-this-format',
    `read pickle: ${first === undefined ? 'it is empty' : 'it does not begin with an opcode'}`,
    {
      format: 'pickle',
      offset: 0,
    },
  );
}

/** What stands behind the first pickle is told where the file is not read as a stream. */
export function reportRest(end: number, size: number, context: Context<PickleOptions>): void {
  if (end < size)
    context.loss({
      path: '',
      kind: 'dropped',
      from: `${size - end} bytes behind the first pickle`,
      to: "nothing; set 'stream' to read a sequence of pickles",
    });
}
