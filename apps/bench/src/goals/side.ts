import { isNDArray, type NDArray, type Value } from '@formatlab/core';

/** One of the two that a goal compares. Times are of `run` alone. */
export interface Side {
  before?(): void;
  /** Does the operation once, and gives what was read, or the time in ms where it was taken elsewhere. */
  run(): unknown;
  after?(): void;
  /** Undefined, or what is wrong with what `run` gave. */
  wrong?(result: unknown): string | undefined;
  /** True where `run` gives its own time: a process in another language. */
  readonly timesItself?: boolean;
  close?(): void;
}

export interface SideInput {
  readonly value: Value;
  readonly operation: 'write' | 'read';
  /** Own folder of this side. */
  readonly folder: string;
}

/** The single array of the goals. */
export function float64Of(value: Value): Float64Array {
  return (value as NDArray<'float64'>).data;
}

export function shapeOf(value: Value): readonly number[] {
  return (value as NDArray).shape;
}

/** The bytes of a float64 array, or of the arrays of a record one behind the other. */
export function bytesOf(value: Value): Uint8Array {
  const parts = Object.values(arraysOf(value)).map(({ data }) => {
    // Workloads of these goals are float64.
    const { buffer, byteOffset, byteLength } = data as Float64Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  });
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** One array, or a record of them. */
export function arraysOf(value: Value): { readonly [name: string]: NDArray } {
  return isNDArray(value) ? { data: value } : (value as { readonly [name: string]: NDArray });
}
