import { type Bytes, byteLengthOf, type Context, FormatError, type Value } from '@formatlab/core';
import { HIGHEST_PROTOCOL } from './machine/opcodes.js';
import type { PickleOptions } from './options.js';
import { Pickler, type PicklerOptions } from './write/pickler.js';

/** The value as one pickle, or each element of a list as one. Data of large arrays are not copied. */
export function encode(value: Value, context: Context<PickleOptions>): Bytes {
  if (context.options.stream !== true) return encodeAt(value, 0, context);
  if (!Array.isArray(value))
    throw new FormatError('unsupported', 'write a stream of pickles: the value is not a list', {
      format: 'pickle',
    });
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const item of value as readonly Value[]) {
    const encoded = encodeAt(item, at, context);
    at += byteLengthOf(encoded);
    pieces.push(...encoded);
  }
  return pieces;
}

/** One pickle whose first byte will stand at `start` of its file. */
export function encodeAt(
  value: Value,
  start: number,
  context: Context<PickleOptions>,
): readonly Uint8Array[] {
  return new Pickler(picklerOptions(context), start).dump(value);
}

/** What stands in the place of the STOP of a pickle whose root is a dict. */
export interface PickleEnd {
  readonly at: number;
  readonly protocol: number;
  /** Objects in its memo. */
  readonly memoized: number;
}

/** Further items of a dict, in the place of the STOP behind it. */
export function encodeItems(
  items: ReadonlyMap<string, Value>,
  { at, protocol, memoized }: PickleEnd,
  context: Context<PickleOptions>,
): readonly Uint8Array[] {
  return new Pickler({ ...picklerOptions(context), protocol }, at, memoized).dumpItems(items);
}

function picklerOptions(context: Context<PickleOptions>): PicklerOptions {
  const { protocol = HIGHEST_PROTOCOL, tables = 'columns' } = context.options;
  return {
    protocol,
    tables,
    budget: context.budget,
    loss: (loss) => context.loss(loss),
    progress: (done, total) => context.progress(done, total),
  };
}
