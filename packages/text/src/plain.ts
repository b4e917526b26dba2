import {
  Budget,
  type BudgetLimits,
  type Context,
  defaultBudget,
  FormatError,
  joinBytes,
  type Loss,
  type NDArray,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import type { TextOptions } from './options.js';

export interface EncodeTextOptions
  extends Pick<
    TextOptions,
    'as' | 'delimiter' | 'comments' | 'fmt' | 'header' | 'footer' | 'newline' | 'encoding'
  > {
  readonly onLoss?: (loss: Loss) => void;
}

export interface DecodeTextOptions extends Omit<TextOptions, 'fmt' | 'header' | 'footer' | 'newline'> {
  readonly budget?: BudgetLimits;
  readonly onLoss?: (loss: Loss) => void;
}

/**
 * An array of at most two dimensions as text, in one piece: rows of int64, float64 or complex128, or lines of strings.
 *
 * @throws FormatError `unsupported`, `options`
 */
export function encodeText(array: NDArray, options: EncodeTextOptions = {}): Uint8Array {
  const { onLoss, ...rest } = options;
  return joinBytes(encode(array, plainContext(rest, new Budget(), onLoss)));
}

/**
 * The array in a text: of shape [rows, columns], or [rows] where there is one column.
 *
 * @throws FormatError `corrupt` with line and byte, `limit`, `options`
 */
export function decodeText(bytes: Uint8Array, options: DecodeTextOptions = {}): NDArray {
  const { budget, onLoss, ...rest } = options;
  // Text holds nothing but arrays.
  return decode(bytes, plainContext(rest, defaultBudget(bytes.length, budget), onLoss)) as NDArray;
}

function plainContext(
  options: TextOptions,
  budget: Budget,
  onLoss: ((loss: Loss) => void) | undefined,
): Context<TextOptions> {
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
  throw new FormatError('unsupported', `${action}: not available without a lab`, { format: 'text' });
}
