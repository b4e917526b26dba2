import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { pycHeader } from './pyc.js';
import * as type from './spec.js';

const LEAST_VALUES = 3;
const MARK_TEXT = Uint8Array.from('__formatlab__', (letter) => letter.charCodeAt(0));
/** A dict ends with a byte of its own. */
const UNTIL_NULL = Number.POSITIVE_INFINITY;
/** Bytes behind the type code of values without parts. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [type.NONE, 0],
  [type.FALSE, 0],
  [type.TRUE, 0],
  [type.ELLIPSIS, 0],
  [type.STOP_ITERATION, 0],
  [type.INT, 4],
  [type.INT64, 8],
  [type.BINARY_FLOAT, 8],
  [type.BINARY_COMPLEX, 16],
  [type.REF, 4],
  [type.STRING_REF, 4],
]);
const TEXTS: ReadonlySet<number> = new Set([
  type.STRING,
  type.INTERNED,
  type.UNICODE,
  type.ASCII,
  type.ASCII_INTERNED,
]);
const GROUPS: ReadonlySet<number> = new Set([type.TUPLE, type.LIST, type.SET, type.FROZENSET]);

/** Marshal has no magic number: the headers in the head are followed. A `.pyc` has one. */
export function probe({ head, size, name }: ProbeInput): ProbeResult | undefined {
  const header = pycHeader(head, size);
  if (header !== undefined) {
    const named = name === undefined || name.endsWith('.pyc');
    return { score: named ? 0.95 : 0.7, why: `starts with the magic number of Python ${header.python}` };
  }
  const walked = walk(head, size);
  if (walked === undefined) return undefined;
  const { values, complete, container } = walked;
  if (container && contains(head, MARK_TEXT))
    return { score: 0.8, why: 'holds a dict that FormatLab marks as an array or table' };
  if (!container) return { score: complete && head.length > 1 ? 0.3 : 0.1, why: 'one value fills the file' };
  if (complete && size !== undefined)
    return { score: values >= LEAST_VALUES ? 0.7 : 0.3, why: `one value of ${values} parts fills the file` };
  return { score: values >= LEAST_VALUES ? 0.5 : 0.2, why: `${values} values follow each other` };
}

interface Walked {
  readonly values: number;
  readonly complete: boolean;
  readonly container: boolean;
}

/** Undefined where the head can't be the start of one value that fills the file. */
function walk(head: Uint8Array, size: number | undefined): Walked | undefined {
  const end = size ?? Number.POSITIVE_INFINITY;
  const open: number[] = [1];
  let [at, values] = [0, 0];
  const container = isContainer(head[0]);
  while (open.length > 0) {
    const left = open[open.length - 1]!;
    if (left === 0) {
      open.pop();
      continue;
    }
    if (left === UNTIL_NULL && head[at] === type.NULL) {
      at++;
      open.pop();
      continue;
    }
    const part = partAt(head, at);
    if (part === 'cut')
      return at < end && head.length < end && values > 0 ? { values, complete: false, container } : undefined;
    if (part === undefined || at + part.bytes > end) return undefined;
    if (part.parts !== UNTIL_NULL && at + part.bytes + part.parts > end) return undefined;
    // The fields of code objects are not followed.
    if (part.code) return { values: values + 1, complete: false, container };
    if (left !== UNTIL_NULL) open[open.length - 1] = left - 1;
    if (part.parts > 0) open.push(part.parts);
    values++;
    at += part.bytes;
  }
  if (size !== undefined ? at !== size : at < head.length) return undefined;
  return { values, complete: at <= head.length, container };
}

interface Part {
  readonly bytes: number;
  readonly parts: number;
  readonly code: boolean;
}

function partAt(head: Uint8Array, at: number): Part | 'cut' | undefined {
  const first = head[at];
  if (first === undefined) return 'cut';
  const code = first & 0x7f;
  const leaf = (bytes: number, parts = 0): Part => ({ bytes, parts, code: false });
  const fixed = FIXED.get(code);
  if (fixed !== undefined) return leaf(1 + fixed);
  if (code === type.DICT) return leaf(1, UNTIL_NULL);
  if (code === type.SLICE) return leaf(1, 3);
  if (code === type.SHORT_ASCII || code === type.SHORT_ASCII_INTERNED || code === type.FLOAT) {
    const length = head[at + 1];
    return length === undefined ? 'cut' : leaf(2 + length);
  }
  if (code === type.SMALL_TUPLE) {
    const length = head[at + 1];
    return length === undefined ? 'cut' : leaf(2, length);
  }
  if (code === type.COMPLEX) {
    const real = head[at + 1];
    const imaginary = real === undefined ? undefined : head[at + 2 + real];
    return imaginary === undefined ? 'cut' : leaf(3 + real! + imaginary);
  }
  const text = TEXTS.has(code);
  if (!text && !GROUPS.has(code) && code !== type.LONG && code !== type.CODE) return undefined;
  if (at + 5 > head.length) return 'cut';
  const length = head[at + 1]! | (head[at + 2]! << 8) | (head[at + 3]! << 16) | (head[at + 4]! << 24);
  if (code === type.CODE) return length >= 0 && length < 256 ? { bytes: 5, parts: 0, code: true } : undefined;
  if (code === type.LONG) return leaf(5 + 2 * Math.abs(length));
  if (length < 0) return undefined;
  return text ? leaf(5 + length) : leaf(5, length);
}

function isContainer(first: number | undefined): boolean {
  const code = (first ?? 0) & 0x7f;
  return GROUPS.has(code) || code === type.SMALL_TUPLE || code === type.DICT || code === type.CODE;
}

function contains(head: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= head.length; at++) {
    let i = 0;
    while (i < part.length && head[at + i] === part[i]) i++;
    if (i === part.length) return true;
  }
  return false;
}
