import {
  Budget,
  type BudgetLimits,
  type Context,
  defaultBudget,
  FormatError,
  joinBytes,
  type Loss,
  type Value,
} from '@formatlab/core';
import { decode, decodeAt } from './decode.js';
import { encode } from './encode.js';
import type { PickleOptions } from './options.js';

export interface EncodePickleOptions extends Pick<PickleOptions, 'protocol' | 'tables' | 'stream'> {
  readonly onLoss?: (loss: Loss) => void;
}

export interface DecodePickleOptions
  extends Pick<PickleOptions, 'oldStrings' | 'order' | 'stream' | 'buffers'> {
  readonly budget?: BudgetLimits;
  readonly onLoss?: (loss: Loss) => void;
}

/**
 * One value as a pickle, in one piece.
 *
 * @throws FormatError `unsupported`, `limit`
 */
export function encodePickle(value: Value, options: EncodePickleOptions = {}): Uint8Array {
  const { onLoss, ...rest } = options;
  return joinBytes(encode(value, plainContext(rest, new Budget(), onLoss)));
}

/**
 * The value of a pickle. Nothing is called or imported: classes that are not known come back as
 * `Tagged('object', { class, args, state, … })`.
 *
 * @throws FormatError `not-this-format`, `corrupt` with the offset, `unsupported`, `limit`
 */
export function decodePickle(bytes: Uint8Array, options: DecodePickleOptions = {}): Value {
  const { budget, onLoss, ...rest } = options;
  return decode(bytes, plainContext(rest, defaultBudget(bytes.length, budget), onLoss));
}

/** The values of pickles that stand one behind the other, each with its place in the file. */
export function* decodePickles(
  bytes: Uint8Array,
  options: DecodePickleOptions = {},
): Generator<{ readonly at: number; readonly end: number; readonly value: Value }> {
  const { budget, onLoss, ...rest } = options;
  const context = plainContext(rest, defaultBudget(bytes.length, budget), onLoss);
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = decodeAt(bytes, at, context);
    yield { at, end, value };
    at = end;
  }
}

function plainContext(
  options: PickleOptions,
  budget: Budget,
  onLoss: ((loss: Loss) => void) | undefined,
): Context<PickleOptions> {
  return {
    options,
    budget,
    signal: undefined,
    progress() {},
    loss: (loss) => onLoss?.(loss),
    formats: { all: [], has: () => false, get: (id) => refuse(`use format '${id}'`) },
    temp: async () => refuse('make a temporary file'),
  };
}

function refuse(action: string): never {
  throw new FormatError('unsupported', `${action}: not available without a lab`, { format: 'pickle' });
}
