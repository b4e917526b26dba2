import { type FormatError, isFormatError, type Loss, type Value } from '@formatlab/core';
import { decodeJson, encodeJson, type JsonOptions } from '../src/index.js';

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What a text is read as, and the losses that were reported. */
export function read(text: string | Uint8Array, options: JsonOptions = {}): { value: Value; losses: Loss[] } {
  const losses: Loss[] = [];
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  const value = decodeJson(bytes, options, (loss) => losses.push(loss));
  return { value, losses };
}

/** What a value is written as, and the losses that were reported. */
export function write(value: Value, options: JsonOptions = {}): { text: string; losses: Loss[] } {
  const losses: Loss[] = [];
  const text = textOf(encodeJson(value, options, (loss) => losses.push(loss)));
  return { text, losses };
}

export function failureOf(work: () => unknown): FormatError {
  try {
    work();
  } catch (error) {
    if (isFormatError(error)) return error;
    throw error;
  }
  throw new Error('it went through');
}

/** One line for a loss: kind, path, what it was and became. */
export function lines(losses: readonly Loss[]): string[] {
  return losses.map(({ path, kind, from, to }) => `${kind} at '${path}': ${from} -> ${to}`);
}
