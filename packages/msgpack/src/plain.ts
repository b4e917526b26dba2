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
import { decode } from './decode.js';
import { encode } from './encode.js';
import type { MsgpackOptions } from './options.js';

export interface EncodeMsgpackOptions extends Omit<MsgpackOptions, 'invalidText'> {
  readonly onLoss?: (loss: Loss) => void;
}

export interface DecodeMsgpackOptions extends Pick<MsgpackOptions, 'stream' | 'invalidText'> {
  readonly budget?: BudgetLimits;
}

/**
 * One value as MessagePack, in one piece.
 *
 * @throws FormatError `unsupported`, `limit`
 */
export function encodeMsgpack(value: Value, options: EncodeMsgpackOptions = {}): Uint8Array {
  const { onLoss, ...rest } = options;
  return joinBytes(encode(value, plainContext(rest, new Budget(), onLoss)));
}

/**
 * The value of MessagePack bytes. Arrays and binary data of more than 4096 bytes are views on `bytes`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `limit`
 */
export function decodeMsgpack(bytes: Uint8Array, options: DecodeMsgpackOptions = {}): Value {
  const { budget, ...rest } = options;
  return decode(bytes, plainContext(rest, defaultBudget(bytes.length, budget), undefined));
}

function plainContext(
  options: MsgpackOptions,
  budget: Budget,
  onLoss: ((loss: Loss) => void) | undefined,
): Context<MsgpackOptions> {
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
  throw new FormatError('unsupported', `${action}: not available without a lab`, { format: 'msgpack' });
}
