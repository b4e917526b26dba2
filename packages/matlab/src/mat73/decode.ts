import {
  allocateData,
  attributesOf,
  type Context,
  isNDArray,
  isRecord,
  isTable,
  isTagged,
  NDArray,
  newRecord,
  splitPath,
  Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { corrupt } from '../fault.js';
import { shapeOfText } from '../mat5/head.js';
import { interleaved, truths } from '../mat5/numbers.js';
import { sparseValue } from '../mat5/sparse.js';
import { rowsOfText, textOfUnits } from '../mat5/text.js';
import type { MatlabOptions } from '../options.js';
import { turned } from '../turn.js';

/** Groups of the file that are no variables. */
export const REFERENCES = '#refs#';
export const SUBSYSTEM = '#subsystem#';

/**
 * The variables of a file of version 7.3, which is HDF5 behind a user block: the caller's list of formats needs one
 * for it.
 *
 * @throws FormatError `unsupported` without a format `hdf5`; what it throws
 */
export async function decodeMat73(bytes: Uint8Array, context: Context<MatlabOptions>): Promise<Value> {
  const hdf5 = context.formats.get('hdf5');
  const root = await hdf5.decode(bytes, { ...context, options: {} });
  if (!isRecord(root)) throw corrupt('MAT 7.3', 'its root is no group');
  return new Mat73Values(root, context).variables();
}

/** Values of a file of version 7.3, from what HDF5 holds of them. */
export class Mat73Values {
  readonly #root: ValueRecord;
  readonly #context: Context<MatlabOptions>;
  readonly #open = new Set<Value>();

  constructor(root: ValueRecord, context: Context<MatlabOptions>) {
    this.#root = root;
    this.#context = context;
  }

  variables(): Value {
    const record = newRecord();
    for (const [name, value] of Object.entries(this.#root)) {
      if (name === REFERENCES) continue;
      if (name === SUBSYSTEM) {
        this.#context.loss({ path: `/${name}`, kind: 'dropped', from: 'subsystem data', to: 'nothing' });
        continue;
      }
      record[name] = this.#value(value, `/${name}`, 0);
    }
    return record;
  }

  /** One variable. References lead into what the root holds. */
  variable(value: Value, name: string): Value {
    return this.#value(value, `/${name}`, 0);
  }

  #value(value: Value, path: string, depth: number): Value {
    this.#context.budget.checkDepth(depth, `matlab '${path}'`);
    if (isTagged(value) && value.tag === 'reference') return this.#follow(value, path, depth);
    const attributes = attributesOf(value) ?? {};
    const mxClass = attributes['MATLAB_class'];
    if (isNonZero(attributes['MATLAB_empty'])) return this.#empty(value, mxClass, attributes, path);
    if (attributes['MATLAB_sparse'] !== undefined && isRecord(value))
      return this.#sparse(value, attributes, path);
    if (mxClass === 'function_handle') return new Tagged('matlab.function', this.#plain(value, path, depth));
    if (typeof mxClass === 'string' && attributes['MATLAB_object_decode'] !== undefined)
      return new Tagged('matlab.opaque', this.#plain(value, path, depth), { class: mxClass });
    if (mxClass === 'char' && isNDArray(value)) return this.#text(value, path);
    if (mxClass === 'cell' && isNDArray(value)) return this.#cell(value, path, depth);
    if (mxClass === 'struct' && isRecord(value)) return this.#struct(value, path, depth);
    if (mxClass === 'logical' && isNDArray(value) && value.data instanceof Uint8Array)
      return this.#array(new NDArray({ dtype: 'bool', shape: value.shape, data: truths(value.data) }));
    return this.#plain(value, path, depth);
  }

  #plain(value: Value, path: string, depth: number): Value {
    if (isNDArray(value))
      return value.dtype === 'object' ? this.#cell(value, path, depth) : this.#array(value);
    const complex = complexOf(value);
    if (complex !== undefined) return this.#array(complex);
    return isRecord(value) ? this.#struct(value, path, depth) : value;
  }

  /** HDF5's dimensions are MATLAB's backwards: what lies there in C order is our array in column order. */
  #array(array: NDArray): NDArray {
    const { dtype, unit, data } = array;
    const full = [...array.shape].reverse();
    const { order, squeeze } = this.#context.options;
    const shape = squeeze === true ? full.filter((length) => length !== 1) : full;
    if (order === 'keep' && full.filter((length) => length !== 1).length > 1)
      return new NDArray({ dtype, shape, data, unit, order: 'F' });
    this.#context.budget.takeBytes(data.length * 8, 'MAT 7.3 array');
    return new NDArray({ dtype, shape, data: turned(dtype, data, full), unit });
  }

  #text(value: NDArray, path: string): Value {
    const dims = [...value.shape].reverse();
    const { data } = value;
    if (Array.isArray(data)) return value;
    const text = textOfUnits(Uint16Array.from(data as Iterable<number>));
    const shape = shapeOfText(dims);
    if (shape.length === 0) return text;
    const rows = rowsOfText(text, dims);
    if (rows === undefined)
      throw corrupt(`MAT 7.3 text '${path}'`, `${text.length} characters for ${dims.join(' × ')}`);
    return new NDArray({ dtype: 'string', shape, data: turned('string', rows, shape) });
  }

  #cell(value: NDArray, path: string, depth: number): Value {
    if (value.dtype !== 'object') return this.#array(value);
    const items = (value.data as readonly Value[]).map((item, i) =>
      this.#value(item, `${path}/${i}`, depth + 1),
    );
    return this.#array(new NDArray({ dtype: 'object', shape: value.shape, data: items }));
  }

  /** A struct array has a dataset of references a field, which has no class of its own. */
  #struct(value: ValueRecord, path: string, depth: number): Value {
    const members = inFieldOrder(value);
    const isArray = members.length > 0 && members.every(([, member]) => isFieldOfMany(member));
    const record = newRecord();
    if (!isArray) {
      for (const [name, member] of members) record[name] = this.#value(member, `${path}/${name}`, depth + 1);
      return record;
    }
    const first = members[0]![1] as NDArray;
    const shape = [...first.shape];
    const records = Array.from({ length: first.size }, (_, i) => {
      const one = newRecord();
      for (const [name, member] of members) {
        const field = member as NDArray;
        if (field.size !== first.size)
          throw corrupt(`MAT 7.3 struct array '${path}'`, `field '${name}' is not as long`);
        one[name] = this.#value(field.data[i] as Value, `${path}/${i}/${name}`, depth + 1);
      }
      return one;
    });
    return this.#array(new NDArray({ dtype: 'object', shape, data: records }));
  }

  #follow(reference: Tagged, path: string, depth: number): Value {
    const target = reference.value;
    if (typeof target !== 'string') throw corrupt(`MAT 7.3 reference '${path}'`, 'it leads nowhere');
    let found: Value | undefined = this.#root;
    for (const name of splitPath(target))
      found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    if (found === undefined) throw corrupt(`MAT 7.3 reference '${path}'`, `there is nothing at '${target}'`);
    if (this.#open.has(found)) throw corrupt(`MAT 7.3 reference '${path}'`, `'${target}' contains itself`);
    this.#open.add(found);
    const value = this.#value(found, path, depth + 1);
    this.#open.delete(found);
    return value;
  }

  /** The dimensions are the data. */
  #empty(value: Value, mxClass: Value | undefined, attributes: ValueRecord, path: string): Value {
    const dims = isNDArray(value) ? Array.from(value.data as Iterable<number | bigint>, Number) : [0, 0];
    if (!dims.every((length) => Number.isInteger(length) && length >= 0) || !dims.includes(0)) {
      const fields = attributes['MATLAB_fields'];
      // A struct without fields has elements, and nothing in them.
      if (mxClass === 'struct' && fields === undefined && dims.every((length) => length === 1))
        return newRecord();
      throw corrupt(`MAT 7.3 empty array '${path}'`, `dimensions ${dims.join(' × ')}`);
    }
    const names: Readonly<Record<string, NDArray['dtype']>> = {
      double: 'float64',
      single: 'float32',
      logical: 'bool',
      cell: 'object',
      struct: 'object',
      char: 'string',
    };
    const name = typeof mxClass === 'string' ? mxClass : 'double';
    if (name === 'char' && shapeOfText(dims).length === 0) return '';
    const dtype = names[name] ?? (/^u?int(8|16|32|64)$/.test(name) ? (name as NDArray['dtype']) : 'float64');
    return emptyArray(dtype, name === 'char' ? shapeOfText(dims) : dims);
  }

  #sparse(value: ValueRecord, attributes: ValueRecord, path: string): Value {
    const rows = numberOf(attributes['MATLAB_sparse']);
    const starts = indicesOf(value['jc']);
    const indices = value['ir'] === undefined ? new Int32Array(0) : indicesOf(value['ir']);
    if (rows === undefined || starts === undefined || starts.length === 0 || indices === undefined)
      throw corrupt(`MAT 7.3 sparse matrix '${path}'`, 'no rows or columns');
    const given = value['data'];
    const logical = attributes['MATLAB_class'] === 'logical';
    const data =
      given === undefined ? emptyArray(logical ? 'bool' : 'float64', [0]) : (complexOf(given) ?? given);
    if (!isNDArray(data) || data.size !== indices.length)
      throw corrupt(`MAT 7.3 sparse matrix '${path}'`, 'numbers that do not fit its rows');
    const held =
      logical && data.data instanceof Uint8Array
        ? new NDArray({ dtype: 'bool', shape: data.shape, data: truths(data.data) })
        : data;
    return sparseValue([rows, starts.length - 1], indices, starts, held);
  }
}

/** HDF5 lists names by the alphabet; MATLAB keeps their order aside, each name as a list of letters. */
function inFieldOrder(value: ValueRecord): [string, Value][] {
  const fields = attributesOf(value)?.['MATLAB_fields'];
  const members = Object.entries(value);
  if (!isNDArray(fields) || !Array.isArray(fields.data)) return members;
  const names = (fields.data as readonly Value[]).map((name) =>
    isNDArray(name) ? Array.from(name.data as Iterable<unknown>, String).join('') : String(name),
  );
  const place = (name: string): number => {
    const index = names.indexOf(name);
    return index < 0 ? names.length : index;
  };
  return members.sort(([a], [b]) => place(a) - place(b));
}

function isFieldOfMany(member: Value): boolean {
  if (!isNDArray(member) || member.dtype !== 'object') return false;
  const references = (member.data as readonly Value[]).every(
    (item) => isTagged(item) && item.tag === 'reference',
  );
  return references && attributesOf(member)?.['MATLAB_class'] === undefined;
}

/** Compound numbers of `real` and `imag`, as tables or structured arrays; undefined for anything else. */
function complexOf(value: Value): NDArray | undefined {
  const shape = isTagged(value) ? value.attributes?.['shape'] : undefined;
  const table = isTagged(value) ? value.value : value;
  if (!isTable(table) || table.columns.length !== 2) return undefined;
  const [real, imaginary] = ['real', 'imag'].map(
    (name) => table.columns.find((column) => column.name === name)?.values,
  );
  if (!isNDArray(real) || !isNDArray(imaginary)) return undefined;
  const single = real.dtype === 'float32';
  const dtype = single ? 'complex64' : 'complex128';
  const data = interleaved(dtype, floats(real), floats(imaginary));
  const dims = isNDArray(shape) ? Array.from(shape.data as Iterable<number>, Number) : shape;
  return new NDArray({ dtype, shape: Array.isArray(dims) ? dims.map(Number) : [table.rows], data });
}

function floats(array: NDArray): Float32Array | Float64Array {
  const { data } = array;
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return Float64Array.from(data as Iterable<number | bigint>, Number);
}

function emptyArray(dtype: NDArray['dtype'], shape: readonly number[]): NDArray {
  return new NDArray({ dtype, shape, data: allocateData(dtype, 0) });
}

function isNonZero(value: Value | undefined): boolean {
  return (numberOf(value) ?? 0) !== 0;
}

function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return Number(value);
  return isNDArray(value) && value.size === 1 && !Array.isArray(value.data)
    ? Number(value.data[0])
    : undefined;
}

function indicesOf(value: Value | undefined): Int32Array | undefined {
  if (!isNDArray(value) || Array.isArray(value.data)) return undefined;
  return Int32Array.from(value.data as Iterable<number | bigint>, Number);
}
