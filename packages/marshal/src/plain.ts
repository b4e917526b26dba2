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
import type { MarshalOptions } from './options.js';

export interface EncodeMarshalOptions extends Pick<MarshalOptions, 'version' | 'stream'> {
  readonly onLoss?: (loss: Loss) => void;
}

export interface DecodeMarshalOptions extends Pick<MarshalOptions, 'stream' | 'python' | 'strings'> {
  readonly budget?: BudgetLimits;
}

/**
 * One value as marshal, in one piece.
 *
 * @throws FormatError `unsupported`, `limit`
 */
export function encodeMarshal(value: Value, options: EncodeMarshalOptions = {}): Uint8Array {
  const { onLoss, ...rest } = options;
  return joinBytes(encode(value, plainContext(rest, new Budget(), onLoss)));
}

/**
 * The value of marshal bytes. Arrays and binary data of more than 4096 bytes are views on `bytes`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `limit`
 */
export function decodeMarshal(bytes: Uint8Array, options: DecodeMarshalOptions = {}): Value {
  const { budget, ...rest } = options;
  return decode(bytes, plainContext(rest, defaultBudget(bytes.length, budget), undefined));
}

function plainContext(
  options: MarshalOptions,
  budget: Budget,
  onLoss: ((loss: Loss) => void) | undefined,
): Context<MarshalOptions> {
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
  throw new FormatError('unsupported', `${action}: not available without a lab`, { format: 'marshal' });
}
