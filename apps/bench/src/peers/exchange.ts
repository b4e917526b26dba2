import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Column,
  type DType,
  FormatError,
  isNDArray,
  NDArray,
  ndarray,
  newRecord,
  scalarType,
  sizeOfShape,
  Table,
  type Value,
  viewData,
} from '@formatlab/core';
import { namedArrays } from './arrays.js';
import { type ColumnOutline, dtypeOf, isFloat64, isPlainTable, outlineOf } from './outline.js';

/** How the data lie in a folder for Python: raw little-endian numbers, texts and trees as JSON. */
interface Meta {
  readonly kind: 'array' | 'arrays' | 'table' | 'tree';
  readonly arrays?: readonly MetaArray[];
  readonly columns?: readonly MetaColumn[];
}

interface MetaArray {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly file: string;
  /** For `numpy.fromfile`. */
  readonly numpy?: string;
}

interface MetaColumn extends Omit<MetaArray, 'shape'> {
  readonly shape?: readonly number[];
  readonly unit?: string;
}

/** The name of the array that is read alone, and what is added. */
export interface SingleEntries {
  readonly one?: string;
  readonly append?: { readonly name: string; readonly value: Value };
}

/** Puts a value into a folder for Python. @throws FormatError `unsupported` where it has no form there */
export function giveToPython(folder: string, value: Value, { one, append }: SingleEntries = {}): void {
  const meta = putValue(folder, value);
  const added =
    append === undefined
      ? {}
      : { append: { name: append.name, data: putValue(join(folder, 'append'), append.value) } };
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ ...meta, one, ...added }));
}

/** What Python read, as a value. */
export function takeFromPython(folder: string): Value {
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  if (meta.kind === 'array') return readArray(folder, meta.arrays![0]!);
  if (meta.kind === 'arrays') {
    const record = newRecord();
    for (const array of meta.arrays!) record[array.name] = readArray(folder, array);
    return record;
  }
  if (meta.kind === 'table') return readTable(folder, meta.columns!);
  return JSON.parse(readFileSync(join(folder, 'tree.json'), 'utf8')) as Value;
}

function putValue(folder: string, value: Value): Meta {
  mkdirSync(folder, { recursive: true });
  const outline = outlineOf(value);
  if (isFloat64(outline)) {
    const arrays = namedArrays(value).map(({ name, shape, data }, i): MetaArray => {
      const file = putRaw(folder, i, data);
      return { name, dtype: 'float64', numpy: '<f8', shape, file };
    });
    return { kind: outline.kind, arrays };
  }
  if (isPlainTable(outline)) {
    const { columns } = value as Table; // by the outline
    return {
      kind: 'table',
      columns: columns.map(({ values }, i) => putColumn(folder, i, outline.columns[i]!, values)),
    };
  }
  if (outline.kind !== 'tree')
    throw new FormatError(
      'unsupported',
      'give the value to Python: it has types or nulls that this bench has no way for',
    );
  writeFileSync(join(folder, 'tree.json'), JSON.stringify(value));
  return { kind: 'tree' };
}

function putColumn(
  folder: string,
  index: number,
  column: ColumnOutline,
  values: Column['values'],
): MetaColumn {
  const dtype = dtypeOf(column);
  if (!isNDArray(values)) throw new TypeError(`give column '${column.name}' to Python: it is not flat`);
  if (dtype === 'string') {
    const file = `${index}.json`;
    writeFileSync(join(folder, file), JSON.stringify(values.data));
    return { name: column.name, dtype, file };
  }
  const { unit } = values;
  // Flat columns of other dtypes have typed arrays.
  const file = putRaw(folder, index, values.data as unknown as ArrayBufferView);
  const { shape } = values;
  return {
    name: column.name,
    dtype,
    shape,
    file,
    numpy: numpyType(dtype, unit),
    ...(unit === undefined ? {} : { unit }),
  };
}

function putRaw(folder: string, index: number, data: ArrayBufferView): string {
  const file = `${index}.raw`;
  writeFileSync(join(folder, file), data as Uint8Array); // any view is written by its bytes
  return file;
}

const NUMPY_TYPES: Readonly<Partial<Record<DType, string>>> = {
  bool: '|b1',
  int32: '<i4',
  int64: '<i8',
  float64: '<f8',
};

function numpyType(dtype: DType, unit: string | undefined): string {
  return dtype === 'datetime64' ? `<M8[${unit ?? 'us'}]` : NUMPY_TYPES[dtype]!;
}

function readArray(folder: string, { dtype, shape, file }: MetaArray): NDArray {
  return new NDArray({
    dtype: dtype as DType,
    shape: [...shape],
    data: readRaw(folder, file, dtype as DType, sizeOfShape(shape)),
  });
}

function readTable(folder: string, columns: readonly MetaColumn[]): Table {
  const made = columns.map((column): Column => {
    const values = readColumn(folder, column);
    const { dtype, unit } = values;
    const type = scalarType(dtype, unit === undefined ? {} : { unit, zone: 'UTC' });
    return { name: column.name, type, values };
  });
  const [first] = made;
  return new Table(first === undefined ? 0 : (first.values as NDArray).shape[0]!, made);
}

function readColumn(folder: string, { dtype, file, shape, unit }: MetaColumn): NDArray {
  if (dtype === 'string') {
    const texts = JSON.parse(readFileSync(join(folder, file), 'utf8')) as (string | null)[];
    return ndarray(
      texts.map((text) => text ?? ''),
      [texts.length],
      'string',
    );
  }
  const [rows = 0] = shape ?? [];
  const data = readRaw(folder, file, dtype as DType, rows);
  return new NDArray({ dtype: dtype as DType, shape: [rows], data, unit });
}

/** NumPy's names of dtypes are ours. */
function readRaw(folder: string, file: string, dtype: DType, count: number): NDArray['data'] {
  return viewData(dtype, readFileSync(join(folder, file)), count);
}
