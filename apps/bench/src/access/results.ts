import type { Machine } from '../results/record.js';
import type { Arrays, Container } from './containers.js';
import type { Made } from './make-container.js';
import type { HttpFailure, HttpRead, HttpReads } from './measure-http.js';
import type { Local } from './measure-local.js';
import type { PythonAccess } from './python-access.js';

/** Times of one round beside each other: a process of ours, then one of Python. */
export interface Round {
  readonly local: Local;
  readonly python: PythonAccess | undefined;
}

export interface ContainerResult {
  readonly container: Container;
  /** How many arrays the file holds, where those are fewer than in the others. */
  readonly count?: number;
  /** Why the format was not measured, or not to the end. */
  readonly failed?: string;
  readonly made?: Made;
  readonly rounds: readonly Round[];
  readonly http?: HttpReads;
  readonly browser?: HttpReads;
}

/** One slice of a large file over HTTP. */
export interface SliceResult {
  readonly title: string;
  readonly fileBytes: number;
  readonly slice: string;
  readonly sliceBytes: number;
  readonly node: HttpRead | HttpFailure;
  readonly browser?: HttpRead | HttpFailure;
}

export interface AccessResults {
  readonly kind: 'access';
  readonly machine: Machine;
  readonly arrays: Arrays;
  readonly latencyMs: number;
  readonly chromium: string;
  readonly containers: readonly ContainerResult[];
  readonly slices: readonly SliceResult[];
}
