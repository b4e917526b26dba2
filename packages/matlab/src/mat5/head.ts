import { childPath, type DType, type Entry } from '@formatlab/core';
import { CLASS_DTYPE, FLAG, MI, MX } from './constants.js';
import { bytesOf, cut, type Element, type Input, readElement } from './element.js';
import { type Mark, markOfWord, PLAIN } from './mark.js';

/** What the head of an array tells of it. */
export interface MatrixFacts {
  readonly mxClass: number;
  readonly logical: boolean;
  readonly complex: boolean;
  readonly dims: readonly number[];
  readonly name: string;
  readonly mark: Mark;
}

/** Flags, dimensions and name: what stands before the data of every array. */
export interface MatrixHead extends MatrixFacts {
  /** Where the rest of the array begins. */
  readonly next: number;
}

/** @throws FormatError `corrupt` */
export function readHead(input: Input, at: number, end: number): MatrixHead {
  const flagsElement = readElement(input, at, end);
  if (flagsElement.type !== MI.uint32 || flagsElement.length !== 8)
    throw cut(input, at, 'array flags of 8 bytes are wanted first');
  const flags = input.view.getUint32(flagsElement.at, input.little);
  const mxClass = flags & 0xff;
  const bits = (flags >>> 8) & 0xff;
  // Opaque arrays have no dimensions: their name follows at once.
  const dimsElement = mxClass === MX.opaque ? undefined : readElement(input, flagsElement.next, end);
  const nameElement = readElement(input, dimsElement?.next ?? flagsElement.next, end);
  const word = input.view.getUint32(flagsElement.at + 4, input.little);
  return {
    mxClass,
    logical: (bits & FLAG.logical) !== 0,
    complex: (bits & FLAG.complex) !== 0,
    dims: dimsElement === undefined ? [1, 1] : readDims(input, dimsElement),
    name: readName(input, nameElement),
    mark: mxClass === MX.sparse ? PLAIN : markOfWord(word),
    next: nameElement.next,
  };
}

/** Text of one byte a character; some writers call it UTF-8. @throws FormatError `corrupt` beyond ASCII */
export function readName(input: Input, element: Element): string {
  if (element.type !== MI.int8 && element.type !== MI.utf8 && element.type !== MI.uint8)
    throw cut(input, element.at, `a name of data type ${element.type}, int8 is wanted`);
  const bytes = bytesOf(input, element);
  if (bytes.some((byte) => byte > 0x7f)) throw cut(input, element.at, 'a name beyond ASCII');
  return String.fromCharCode(...bytes.subarray(0, 4096));
}

/** MATLAB gives two or more dimensions; a scalar, row or column may stand for fewer. */
export function shapeOf(head: MatrixFacts, squeeze: boolean): readonly number[] {
  const { dims, mark } = head;
  const size = dims.reduce((product, length) => product * length, 1);
  if (mark.rank === 'scalar' && size === 1) return [];
  if ((mark.rank === 'row' || mark.rank === 'column') && dims.length === 2) {
    const [length, other] = mark.rank === 'row' ? [dims[1]!, dims[0]!] : [dims[0]!, dims[1]!];
    if (other === 1) return [length];
  }
  return squeeze ? dims.filter((length) => length !== 1) : dims;
}

/** The shape of the strings in a char matrix: its rows. One row, or nothing at all, is one string. */
export function shapeOfText(dims: readonly number[]): readonly number[] {
  const rows = dims.slice(0, -1);
  if (dims.length === 2 && (dims[0] === 1 || dims.every((length) => length === 0))) return [];
  return rows;
}

export function dtypeOfHead(head: MatrixFacts): DType | undefined {
  const dtype = CLASS_DTYPE[head.mxClass];
  if (dtype === undefined) return undefined;
  if (head.mark.kind === 'datetime64' || head.mark.kind === 'timedelta64') return head.mark.kind;
  if (head.logical) return 'bool';
  return head.complex ? (dtype === 'float32' ? 'complex64' : 'complex128') : dtype;
}

/** What the head tells of a variable. */
export function entryOfHead(head: MatrixFacts, path: string, squeeze: boolean, storedBytes: number): Entry {
  const shape = shapeOf(head, squeeze);
  const { kind, unit } = head.mark;
  const array = (dtype: DType, of: readonly number[] = shape): Entry => ({
    path,
    kind: 'array',
    dtype,
    shape: of,
    unit,
    storedBytes,
  });
  if (kind === 'table') return { path, kind: 'table', storedBytes };
  if (kind === 'strings') return array('string');
  if (kind === 'bytes-array') return array('bytes');
  if (kind === 'objects') return array('object');
  const plain = kind === 'plain' || kind === 'datetime64' || kind === 'timedelta64';
  if (!plain) return { path, kind: 'tree', storedBytes };
  const dtype = dtypeOfHead(head);
  if (dtype !== undefined) return array(dtype);
  if (head.mxClass === MX.char) return array('string', shapeOfText(head.dims));
  const one = head.dims.every((length) => length === 1);
  if (head.mxClass === MX.cell || (head.mxClass === MX.struct && !one)) return array('object');
  return { path, kind: 'tree', storedBytes };
}

export function pathOfName(name: string): string {
  return childPath('', name);
}

function readDims(input: Input, element: Element): number[] {
  // uint32 is not allowed, and met in files of other writers.
  if ((element.type !== MI.int32 && element.type !== MI.uint32) || element.length % 4 !== 0)
    throw cut(input, element.at, `dimensions of data type ${element.type}, int32 is wanted`);
  const dims: number[] = [];
  for (let at = element.at; at < element.at + element.length; at += 4) {
    const length = input.view.getInt32(at, input.little);
    if (length < 0) throw cut(input, at, `a dimension of length ${length}`);
    dims.push(length);
  }
  if (dims.length === 0) throw cut(input, element.at, 'an array without dimensions');
  while (dims.length < 2) dims.push(1);
  return dims;
}
