import {
  childPath,
  type DataOf,
  type DType,
  NDArray,
  newRecord,
  Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { turned } from '../turn.js';
import { CLASS_DTYPE, MI, MX, TAG_BYTES } from './constants.js';
import { bytesOf, cut, type Element, type Input, readElement } from './element.js';
import { dtypeOfHead, type MatrixHead, readHead, readName, shapeOf, shapeOfText } from './head.js';
import { interleaved, readNumbers, truths, type Work } from './numbers.js';
import { readSparse } from './sparse.js';
import { readText, rowsOfText } from './text.js';
import { unmarked } from './unmark.js';

/** A damaged length is more likely than this many blanks that were not stored. */
const MOST_BLANKS = 65536;

export interface MatrixWork extends Work {
  readonly order: 'C' | 'keep';
  readonly squeeze: boolean;
}

/** Reads arrays (elements of type miMATRIX), those in cells and structs among them. */
export class MatrixReader {
  readonly #input: Input;
  readonly #work: MatrixWork;

  constructor(input: Input, work: MatrixWork) {
    this.#input = input;
    this.#work = work;
  }

  /** What stands behind the head. @throws FormatError `corrupt`, `limit` */
  value(head: MatrixHead, end: number, path: string, depth = 0): Value {
    this.#work.budget.checkDepth(depth, `matlab '${path}'`);
    const raw = this.#raw(head, end, path, depth);
    return unmarked(raw, head.mark, (state) => cut(this.#input, head.next, state), this.#work);
  }

  #raw(head: MatrixHead, end: number, path: string, depth: number): Value {
    switch (head.mxClass) {
      case MX.cell:
        return this.#cell(head, end, path, depth);
      case MX.struct:
        return this.#struct(head, head.next, end, path, depth);
      case MX.object: {
        const name = readElement(this.#input, head.next, end);
        const value = this.#struct(head, name.next, end, path, depth);
        return new Tagged('matlab.object', value, { class: readName(this.#input, name) });
      }
      case MX.char:
        return this.#char(head, end, path);
      case MX.sparse:
        return readSparse(this.#input, head, end, this.#work, path);
      case MX.function:
        return new Tagged('matlab.function', this.#inner(head.next, end, path, depth).value);
      case MX.opaque:
        return this.#opaque(head, end, path, depth);
      default:
        return this.#numeric(head, end, path);
    }
  }

  /** An array inside another; of no bytes at all it is `[]`. */
  #inner(
    at: number,
    end: number,
    path: string,
    depth: number,
  ): { readonly value: Value; readonly next: number } {
    const element = readElement(this.#input, at, end);
    if (element.type !== MI.matrix)
      throw cut(this.#input, at, `data type ${element.type}, an array (${MI.matrix}) is wanted`);
    if (element.length === 0)
      return {
        value: new NDArray({ dtype: 'float64', shape: [0, 0], data: new Float64Array(0) }),
        next: element.next,
      };
    const inner = element.at + element.length;
    const head = readHead(this.#input, element.at, inner);
    return { value: this.value(head, inner, path, depth + 1), next: element.next };
  }

  #numeric(head: MatrixHead, end: number, path: string): Value {
    const base = CLASS_DTYPE[head.mxClass];
    const dtype = dtypeOfHead(head);
    if (base === undefined || dtype === undefined)
      throw cut(this.#input, head.next, `an array of unknown class ${head.mxClass}`);
    const count = sizeOf(head.dims);
    const real = readElement(this.#input, head.next, end);
    if (head.complex) return this.#complex(head, real, end, path);
    // Logical arrays are uint8 by their class, and once were double.
    const stored = readNumbers(this.#input, real, dtype === 'bool' ? 'uint8' : base, count, this.#work, path);
    const data = dtype === 'bool' ? truths(stored as Uint8Array) : stored;
    return this.#array(dtype, head, data);
  }

  #complex(head: MatrixHead, real: Element, end: number, path: string): Value {
    const count = sizeOf(head.dims);
    const dtype = dtypeOfHead(head) === 'complex64' ? 'complex64' : 'complex128';
    const part = dtype === 'complex64' ? 'float32' : 'float64';
    const re = readNumbers(this.#input, real, part, count, this.#work, path);
    const imaginary = readElement(this.#input, real.next, end);
    const im = readNumbers(this.#input, imaginary, part, count, this.#work, path);
    this.#work.budget.takeBytes(count * 16, `array '${path}' of ${count} ${dtype}`);
    return this.#array(dtype, head, interleaved(dtype, re, im));
  }

  #array<D extends DType>(dtype: D, head: MatrixHead, data: DataOf<D>): NDArray<D> {
    const shape = shapeOf(head, this.#work.squeeze);
    const { unit } = head.mark;
    const flat = head.dims.filter((length) => length !== 1).length < 2;
    if (this.#work.order === 'keep' && !flat) return new NDArray({ dtype, shape, data, order: 'F', unit });
    if (!flat) this.#work.budget.takeBytes(data.length * 8, `array of ${data.length} elements`);
    return new NDArray({ dtype, shape, data: turned(dtype, data, head.dims), unit });
  }

  #char(head: MatrixHead, end: number, path: string): Value {
    const element = readElement(this.#input, head.next, end);
    this.#work.budget.takeBytes(2 * element.length, `text '${path}'`);
    const text = this.#textOf(element, head, path);
    const shape = shapeOfText(head.dims);
    if (shape.length === 0) {
      const count = sizeOf(head.dims);
      if (text.length < count && [...text].length > count)
        throw cut(
          this.#input,
          element.at,
          `${text.length} characters for dimensions ${head.dims.join(' × ')}`,
        );
      return text;
    }
    if (sizeOf(shape) > text.length + 1)
      this.#work.budget.takeBytes(16 * sizeOf(shape), `text '${path}' of ${sizeOf(shape)} rows`);
    const rows = rowsOfText(text, head.dims);
    if (rows === undefined)
      throw cut(this.#input, element.at, `${text.length} characters for dimensions ${head.dims.join(' × ')}`);
    return new NDArray({ dtype: 'string', shape, data: turned('string', rows, shape) });
  }

  /** Text without data is blank, as SciPy has it. */
  #textOf(element: Element, head: MatrixHead, path: string): string {
    if (element.length > 0) return readText(this.#input, element, this.#work);
    const count = sizeOf(head.dims);
    this.#work.budget.takeBytes(2 * count, `text '${path}'`);
    if (count > MOST_BLANKS) throw cut(this.#input, element.at, `no data for ${count} characters`);
    return ' '.repeat(count);
  }

  #cell(head: MatrixHead, end: number, path: string, depth: number): Value {
    const count = this.#countOf(head, 1, head.next, end, path);
    const values: Value[] = [];
    let at = head.next;
    for (let i = 0; i < count; i++) {
      const { value, next } = this.#inner(at, end, childPath(path, i), depth);
      values.push(value);
      at = next;
    }
    return this.#objects(head, values);
  }

  #struct(head: MatrixHead, start: number, end: number, path: string, depth: number): Value {
    const { names, next } = this.#fieldNames(start, end, path);
    const count = this.#countOf(head, names.length, next, end, path);
    const records: ValueRecord[] = [];
    let at = next;
    for (let i = 0; i < count; i++) {
      const record = newRecord();
      const place = count === 1 ? path : childPath(path, i);
      for (const name of names) {
        const inner = this.#inner(at, end, childPath(place, name), depth);
        record[name] = inner.value;
        at = inner.next;
      }
      records.push(record);
    }
    return count === 1 && head.dims.every((length) => length === 1)
      ? records[0]!
      : this.#objects(head, records);
  }

  #objects(head: MatrixHead, values: readonly Value[]): NDArray {
    const shape = shapeOf(head, this.#work.squeeze);
    return new NDArray({ dtype: 'object', shape, data: turned('object', values, head.dims) });
  }

  /** A name that stands twice is counted, as SciPy does it: no field is lost. */
  #fieldNames(start: number, end: number, path: string): { readonly names: string[]; readonly next: number } {
    const widthElement = readElement(this.#input, start, end);
    if (widthElement.type !== MI.int32 || widthElement.length !== 4)
      throw cut(this.#input, start, 'the length of field names is wanted as one int32');
    const width = this.#input.view.getInt32(widthElement.at, this.#input.little);
    const element = readElement(this.#input, widthElement.next, end);
    const bytes = bytesOf(this.#input, element);
    if (bytes.byteLength > 0 && (width <= 0 || bytes.byteLength % width !== 0))
      throw cut(this.#input, element.at, `${bytes.byteLength} bytes of field names of ${width} bytes each`);
    const names: string[] = [];
    const seen = new Map<string, number>();
    for (let at = 0; at < bytes.byteLength; at += width) {
      const field = bytes.subarray(at, at + width);
      const zero = field.indexOf(0);
      const name = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        zero < 0 ? field : field.subarray(0, zero),
      );
      const times = seen.get(name) ?? 0;
      seen.set(name, times + 1);
      if (times > 0)
        this.#work.loss({ path, kind: 'name', from: `second field '${name}'`, to: `_${times}_${name}` });
      names.push(times === 0 ? name : `_${times}_${name}`);
    }
    if (new Set(names).size !== names.length)
      throw cut(this.#input, element.at, 'field names that stand twice');
    return { names, next: element.next };
  }

  #opaque(head: MatrixHead, end: number, path: string, depth: number): Value {
    const system = readElement(this.#input, head.next, end);
    const type = readElement(this.#input, system.next, end);
    const { value } = this.#inner(type.next, end, path, depth);
    return new Tagged('matlab.opaque', value, {
      system: readName(this.#input, system),
      class: readName(this.#input, type),
    });
  }

  /** Each array takes a tag at least: a count that cannot be is found before anything is made. */
  #countOf(head: MatrixHead, perItem: number, at: number, end: number, path: string): number {
    const count = sizeOf(head.dims);
    if (count * perItem * TAG_BYTES > end - at)
      throw cut(this.#input, at, `${count * perItem} arrays do not fit in ${end - at} bytes`);
    this.#work.budget.takeItems(count * Math.max(1, perItem), `array '${path}'`);
    this.#work.budget.takeBytes(count * Math.max(1, perItem) * 64, `array '${path}' of ${count} values`);
    return count;
  }
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, length) => product * length, 1);
}
