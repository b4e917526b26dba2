import type { Value } from '@formatlab/core';
import type { OperationId } from '../results/record.js';

export type Parameters = Readonly<Record<string, string | number>>;

/** A workload with its parameters set: plain data, so that it can be sent to another process. */
export interface WorkloadSpec {
  readonly id: string;
  readonly parameters: Parameters;
}

/** A part of the value: what core's readers take. */
export interface Place {
  /** JSON Pointer. */
  readonly path: string;
  /** Rows of an array or table. */
  readonly slice?: string;
}

/** A change of one entry, or rows more. */
export interface Change {
  readonly how: 'put' | 'append';
  readonly path: string;
  readonly value: Value;
}

/**
 * What the operations on single entries touch. Each has several ways, since formats give a value back in
 * different shapes (an array, or lists of lists): the check takes the first one that works and is right.
 */
export interface Access {
  /** What "one" is one of: entries, rows. */
  readonly entries: number;
  readonly readOne: readonly Place[];
  /** Paths of all entries. */
  readonly names: readonly string[];
  readonly append: readonly Change[];
  readonly update: readonly Change[];
}

/** A kind of data and what is done with it. */
export interface Workload {
  readonly id: string;
  /** One line for `list`. */
  readonly summary: string;
  readonly defaults: Parameters;
  /** Smaller parameters for `--quick`. */
  readonly quick: Parameters;
  readonly operations: readonly OperationId[];
  title(parameters: Parameters): string;
  /** Parameters inside the parentheses of a cell's name: `1000x1000`. */
  label(parameters: Parameters): string;
  /** The data: the same for the same parameters and seed. */
  build(parameters: Parameters, seed: number): Value;
  access(value: Value): Access;
}

/** A parameter that the workload declares as a number. */
export function numberOf(parameters: Parameters, name: string): number {
  return Number(parameters[name]);
}

export const NO_ACCESS: Access = { entries: 1, readOne: [], names: [], append: [], update: [] };
