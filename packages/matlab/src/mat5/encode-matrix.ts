import {
  type Context,
  childPath,
  type DType,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type NDArray,
  type Table,
  type Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { unsupported } from '../fault.js';
import { turned } from '../turn.js';
import { FLAG, LONGEST_NAME, MI, MX } from './constants.js';
import { type Mark, type MarkKind, markWord, PLAIN, type Rank, splitUnit } from './mark.js';
import { columnArray } from './table-column.js';
import { PieceWriter } from './writer.js';

export type WriteWork = Pick<Context<object>, 'loss'> & { readonly maxDepth: number };

interface Home {
  readonly mxClass: number;
  readonly mi: number;
  readonly flags: number;
}

const HOMES: Partial<Readonly<Record<DType, Home>>> = {
  bool: { mxClass: MX.uint8, mi: MI.uint8, flags: FLAG.logical },
  int8: { mxClass: MX.int8, mi: MI.int8, flags: 0 },
  uint8: { mxClass: MX.uint8, mi: MI.uint8, flags: 0 },
  int16: { mxClass: MX.int16, mi: MI.int16, flags: 0 },
  uint16: { mxClass: MX.uint16, mi: MI.uint16, flags: 0 },
  int32: { mxClass: MX.int32, mi: MI.int32, flags: 0 },
  uint32: { mxClass: MX.uint32, mi: MI.uint32, flags: 0 },
  int64: { mxClass: MX.int64, mi: MI.int64, flags: 0 },
  uint64: { mxClass: MX.uint64, mi: MI.uint64, flags: 0 },
  float32: { mxClass: MX.single, mi: MI.single, flags: 0 },
  float64: { mxClass: MX.double, mi: MI.double, flags: 0 },
  complex64: { mxClass: MX.single, mi: MI.single, flags: FLAG.complex },
  complex128: { mxClass: MX.double, mi: MI.double, flags: FLAG.complex },
  datetime64: { mxClass: MX.int64, mi: MI.int64, flags: 0 },
  timedelta64: { mxClass: MX.int64, mi: MI.int64, flags: 0 },
};

const FITTING = /^[\x20-\x7e]{1,63}$/;
const NAT = -(2n ** 63n);

/** One variable as an element of type miMATRIX. @throws FormatError `unsupported`, `limit` */
export function matrixPieces(
  name: string,
  value: Value,
  path: string,
  root: boolean,
  work: WriteWork,
): readonly Uint8Array[] {
  const writer = new MatrixWriter(work);
  writer.variable(checkName(name, 'variable', path), value, path, root);
  return writer.finish();
}

/** MATLAB reads ASCII only, and 63 characters. @throws FormatError `unsupported` */
export function checkName(name: string, what: string, path: string): string {
  if (FITTING.test(name)) return name;
  throw unsupported(
    `write ${what} name ${JSON.stringify(name)} as matlab`,
    `a name has 1 to ${LONGEST_NAME} characters of ASCII`,
    path,
    'names',
  );
}

/**
 * The names as MATLAB can read them: what is not ASCII becomes `_`, reported as a loss; names stay apart.
 *
 * @throws FormatError `unsupported` for an empty name
 */
export function matlabNames(
  names: readonly string[],
  path: string,
  work: Pick<WriteWork, 'loss'>,
): readonly string[] {
  const taken = new Set(names);
  return names.map((name) => {
    if (FITTING.test(name)) return name;
    const place = childPath(path, name);
    if (name === '')
      throw unsupported(`write an empty name in '${path}' as matlab`, 'a name has a character', place);
    const plain = name.replace(/[^\x20-\x7e]/gu, '_').slice(0, LONGEST_NAME);
    let given = plain;
    for (let i = 2; taken.has(given); i++) given = `${plain.slice(0, LONGEST_NAME - 8)}_${i}`;
    taken.add(given);
    work.loss({ path: place, kind: 'name', from: name, to: given });
    return given;
  });
}

class MatrixWriter {
  readonly #out = new PieceWriter();
  readonly #work: WriteWork;
  #root = false;

  constructor(work: WriteWork) {
    this.#work = work;
  }

  variable(name: string, value: Value, path: string, root: boolean): void {
    this.#root = root;
    this.#value(name, value, path, 0);
  }

  finish(): readonly Uint8Array[] {
    return this.#out.finish();
  }

  #value(name: string, value: Value, path: string, depth: number): void {
    if (depth > this.#work.maxDepth)
      throw new FormatError(
        'limit',
        `write matlab: nested deeper than ${this.#work.maxDepth} levels; set 'budget.depth' to allow more`,
        { format: 'matlab', path },
      );
    switch (typeof value) {
      case 'number':
        return this.#numbers(name, 'float64', [1, 1], Float64Array.of(value), mark('plain', 'scalar'), path);
      case 'boolean':
        return this.#numbers(
          name,
          'bool',
          [1, 1],
          Uint8Array.of(value ? 1 : 0),
          mark('plain', 'scalar'),
          path,
        );
      case 'bigint':
        if (BigInt.asIntN(64, value) !== value) return this.#text(name, String(value), mark('bigint'), path);
        return this.#numbers(name, 'int64', [1, 1], BigInt64Array.of(value), mark('plain', 'scalar'), path);
      case 'string':
        return this.#text(name, value, PLAIN, path);
      default:
        return this.#object(name, value, path, depth);
    }
  }

  #object(
    name: string,
    value: Exclude<Value, string | number | bigint | boolean>,
    path: string,
    depth: number,
  ): void {
    if (value === null)
      return this.#numbers(name, 'float64', [0, 0], new Float64Array(0), mark('null'), path);
    if (value instanceof Date)
      return this.#numbers(
        name,
        'float64',
        [1, 1],
        Float64Array.of(value.getTime()),
        mark('date', 'scalar'),
        path,
      );
    if (value instanceof Uint8Array)
      return this.#numbers(name, 'uint8', [1, value.byteLength], value, mark('bytes', 'row'), path);
    if (isNDArray(value)) return this.#array(name, value, path, depth);
    if (isTable(value)) return this.#table(name, value, path, depth);
    if (Array.isArray(value))
      return this.#cells(name, [1, value.length], value, mark('list', 'row'), path, depth);
    if (isTagged(value)) return this.#tagged(name, value, path, depth);
    if (isPairs(value)) {
      const { entries } = value;
      // Column by column: keys, then values.
      const cells = [...entries.map(([key]) => key), ...entries.map(([, item]) => item)];
      return this.#cells(name, [entries.length, 2], cells, mark('pairs'), path, depth);
    }
    if (isRecord(value)) return this.#struct(name, value, PLAIN, path, depth);
    throw unsupported(
      `write ${kindOfValue(value)} '${path}' as matlab`,
      'it is not a value of this model',
      path,
    );
  }

  #array(name: string, array: NDArray, path: string, depth: number, column = false): void {
    const { dtype, shape } = array;
    if (dtype === 'string' || dtype === 'bytes' || dtype === 'object') {
      if (dtype === 'string' && shape.length === 0)
        return this.#text(name, array.data[0] as string, PLAIN, path);
      const kind: MarkKind = dtype === 'string' ? 'strings' : dtype === 'bytes' ? 'bytes-array' : 'objects';
      const { dims, rank } = dimsOf(shape, column);
      const data = array.order === 'F' ? array.data : turned(dtype, array.data, [...shape].reverse());
      return this.#cells(name, dims, data as readonly Value[], mark(kind, rank), path, depth);
    }
    const { dims, rank } = dimsOf(shape, column);
    const timed = dtype === 'datetime64' || dtype === 'timedelta64';
    const ticks = timed ? this.#ticks(array, path) : undefined;
    const stored = ticks?.data ?? array.data;
    const data = array.order === 'F' ? stored : turned(dtype, stored, [...shape].reverse());
    const marked = timed ? { ...mark(dtype, rank), unit: ticks?.unit } : mark('plain', rank);
    this.#numbers(name, dtype, dims, data as NumberData, marked, path);
  }

  /** Ticks of a plain unit: `25s` becomes 25 times as many `s`. */
  #ticks(array: NDArray, path: string): { readonly data: BigInt64Array; readonly unit: string } {
    const data = array.data as BigInt64Array;
    const unit = array.unit ?? 'generic';
    const split = splitUnit(unit);
    if (split === undefined)
      throw unsupported(
        `write ${array.dtype}[${unit}] '${path}' as matlab`,
        'an unknown unit',
        path,
        'units',
      );
    if (array.unit === undefined || split.factor !== 1n)
      this.#work.loss({ path, kind: 'unit', from: array.unit ?? 'no unit', to: split.unit });
    if (split.factor === 1n) return { data, unit: split.unit };
    return { data: data.map((tick) => (tick === NAT ? NAT : tick * split.factor)), unit: split.unit };
  }

  #numbers(
    name: string,
    dtype: DType,
    dims: readonly number[],
    data: NumberData,
    marked: Mark,
    path: string,
  ): void {
    const home = HOMES[dtype];
    if (home === undefined)
      throw unsupported(`write ${dtype} '${path}' as matlab`, 'it has no such class', path);
    const place = this.#head(name, home.mxClass, home.flags, dims, marked);
    if ((home.flags & FLAG.complex) !== 0) {
      for (const part of partsOf(data as Float64Array)) this.#data(home.mi, part);
    } else this.#data(home.mi, data);
    this.#out.close(place, path);
  }

  #data(type: number, data: NumberData): void {
    this.#out.u32(type, data.byteLength);
    this.#out.padded(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  /** ASCII in one byte a character; the rest as UTF-16, whose units MATLAB counts. */
  #text(name: string, text: string, marked: Mark, path: string): void {
    const place = this.#head(name, MX.char, 0, text.length === 0 ? [0, 0] : [1, text.length], marked);
    if (isAscii(text)) {
      this.#out.u32(MI.utf8, text.length);
      this.#out.ascii(text);
    } else {
      const units = new Uint16Array(text.length);
      for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
      this.#data(MI.utf16, units);
    }
    this.#out.close(place, path);
  }

  #cells(
    name: string,
    dims: readonly number[],
    cells: readonly Value[],
    marked: Mark,
    path: string,
    depth: number,
  ): void {
    const place = this.#head(name, MX.cell, 0, dims, marked);
    for (let i = 0; i < cells.length; i++) this.#value('', cells[i]!, childPath(path, i), depth + 1);
    this.#out.close(place, path);
  }

  #struct(name: string, record: ValueRecord, marked: Mark, path: string, depth: number): void {
    const members = Object.entries(record).filter(([, member]) => member !== undefined);
    const place = this.#head(name, MX.struct, 0, [1, 1], marked);
    this.#fieldNames(
      members.map(([field]) => field),
      path,
    );
    for (const [field, member] of members) this.#value('', member, childPath(path, field), depth + 1);
    this.#out.close(place, path);
  }

  #fieldNames(given: readonly string[], path: string): void {
    const names = matlabNames(given, path, this.#work);
    // Names are stored in boxes of one width, with a zero behind each.
    const width = names.reduce((most, name) => Math.max(most, name.length + 1), 1);
    this.#out.u32((4 << 16) | MI.int32, width, MI.int8, width * names.length);
    this.#out.ascii(names.map((name) => name.padEnd(width, '\0')).join(''));
  }

  #table(name: string, table: Table, path: string, depth: number): void {
    const place = this.#head(name, MX.struct, 0, [1, 1], mark('table'));
    this.#fieldNames(
      table.columns.map((column) => column.name),
      path,
    );
    if (table.columns.length === 0 && table.rows > 0)
      throw unsupported(`write table '${path}' as matlab`, 'it has rows and no columns', path);
    for (const column of table.columns) {
      const inner = childPath(path, column.name);
      this.#array('', columnArray(column, inner, this.#work), inner, depth + 1, true);
    }
    this.#out.close(place, path);
  }

  #tagged(name: string, tagged: Tagged, path: string, depth: number): void {
    if (tagged.tag === 'sparse' && this.#sparse(name, tagged, path)) return;
    if (tagged.tag.startsWith('matlab.'))
      this.#work.loss({
        path,
        kind: 'type',
        from: tagged.tag.replace('.', ' '),
        to: 'struct with its parts',
      });
    const { tag, value, attributes } = tagged;
    const record: ValueRecord = attributes === undefined ? { tag, value } : { tag, value, attributes };
    this.#struct(name, record, mark('tagged'), path, depth);
  }

  /** False for parts that are not those of a sparse matrix: they are written as any tagged value. */
  #sparse(name: string, { value }: Tagged, path: string): boolean {
    if (!isRecord(value)) return false;
    const { shape, indices, indptr, data } = value;
    if (!isNDArray(indices) || !isNDArray(indptr) || !isNDArray(data) || !Array.isArray(shape)) return false;
    const { dtype } = data;
    const held = dtype === 'float64' || dtype === 'bool' || dtype === 'complex128';
    if (!held || indices.dtype !== 'int32' || indptr.dtype !== 'int32') return false;
    const [rows, columns] = shape as readonly number[];
    if (indptr.size !== Number(columns) + 1 || data.size !== indices.size) return false;
    const flags = dtype === 'bool' ? FLAG.logical : dtype === 'complex128' ? FLAG.complex : 0;
    // nzmax of no elements is 1, as MATLAB has it.
    const place = this.#head(
      name,
      MX.sparse,
      flags,
      [Number(rows), Number(columns)],
      PLAIN,
      Math.max(1, data.size),
    );
    this.#data(MI.int32, indices.data as Int32Array);
    this.#data(MI.int32, indptr.data as Int32Array);
    if (dtype === 'complex128')
      for (const part of partsOf(data.data as Float64Array)) this.#data(MI.double, part);
    else if (dtype === 'bool') this.#data(MI.uint8, data.data as Uint8Array);
    else this.#data(MI.double, data.data as Float64Array);
    this.#out.close(place, path);
    return true;
  }

  #head(name: string, mxClass: number, flags: number, dims: readonly number[], marked: Mark, nzmax?: number) {
    const place = this.#out.open(MI.matrix);
    const word = nzmax ?? markWord(this.#root ? { ...marked, root: true } : marked);
    this.#root = false;
    this.#out.u32(MI.uint32, 8, mxClass | (flags << 8), word);
    this.#out.u32(MI.int32, 4 * dims.length, ...dims);
    if (dims.length % 2 === 1) this.#out.u32(0);
    this.#out.u32(MI.int8, name.length);
    this.#out.ascii(name);
    return place;
  }
}

type NumberData = Exclude<NDArray['data'], readonly unknown[]>;

export function mark(kind: MarkKind, rank: Rank = 'as-stored'): Mark {
  return { kind, rank, root: false, unit: undefined };
}

/** MATLAB's dimensions, two at least, and what they stand for. */
function dimsOf(
  shape: readonly number[],
  column: boolean,
): { readonly dims: readonly number[]; readonly rank: Rank } {
  const [length] = shape;
  if (length === undefined) return { dims: [1, 1], rank: 'scalar' };
  if (shape.length > 1) return { dims: shape, rank: 'as-stored' };
  return column ? { dims: [length, 1], rank: 'column' } : { dims: [1, length], rank: 'row' };
}

function partsOf<T extends Float32Array | Float64Array>(pairs: T): readonly T[] {
  const make = pairs.constructor as new (length: number) => T;
  const re = new make(pairs.length / 2);
  const im = new make(pairs.length / 2);
  for (let i = 0; i < re.length; i++) {
    re[i] = pairs[2 * i]!;
    im[i] = pairs[2 * i + 1]!;
  }
  return [re, im];
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
