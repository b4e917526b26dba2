import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLab,
  elementAt,
  isNDArray,
  isRecord,
  isTagged,
  NDArray,
  toCOrder,
  type Value,
} from '@formatlab/core';
import { hdf5 } from '@formatlab/hdf5';
import { matlab } from '@formatlab/matlab';
import type { Corpus, CorpusCase } from '../corpus.js';

const ANSWERS = ['mat/scipy.expected.json', 'mat/matio-c.expected.json'];
/** Of version 7.3, which SciPy refuses; the answers of matio's files count for 7.3. */
const NOT_JUDGED = 'testhdf5_7.4_GLNX86.mat';
const MATIO_73 = ['mat/matio-c/share/test_file_hdf5.mat', 'mat/matio-c/share/test_le_hdf5.mat'];
/** The same variables in another version of the format: what SciPy, which does not read 7.3, says of them. */
const TWINS: Readonly<Record<string, string>> = {
  'mat/matio-c/share/test_file_hdf5.mat': 'mat/matio-c/share/test_file.mat',
  'mat/matio-c/share/test_le_hdf5.mat': 'mat/matio-c/share/test_le.mat',
};

/** What SciPy says of an array: shape, dtype, the first 16 elements in column order. */
interface Expected {
  readonly class: string;
  readonly shape: readonly number[];
  readonly dtype?: string;
  readonly first?: readonly unknown[];
  readonly fields?: readonly string[];
  readonly elems?: readonly (Expected | string | Readonly<Record<string, Expected>>)[];
  readonly nnz?: number;
}

interface Answer {
  readonly file: string;
  readonly ok?: boolean;
  readonly vars?: Readonly<Record<string, Expected>>;
}

const lab = createLab([matlab, hdf5]);

export const matlabCorpus: Corpus = { format: 'matlab', cases };

function* cases(folder: string): Iterable<CorpusCase> {
  const answers = ANSWERS.flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Answer[]);
  const byFile = new Map(answers.map((answer) => [answer.file, answer]));
  const files = [...new Set([...answers.map(({ file }) => file), ...MATIO_73])];
  for (const file of files) {
    if (file.endsWith(NOT_JUDGED)) continue;
    const answer = byFile.get(TWINS[file] ?? file)!;
    const bytes = new Uint8Array(readFileSync(join(folder, file)));
    const valid = answer.vars !== undefined;
    yield {
      file,
      kind: valid ? 'valid' : 'invalid',
      async ours() {
        const value = await lab.decode(bytes, { format: 'matlab' });
        return valid ? variablesDiffer(value, answer.vars ?? {}) : undefined;
      },
    };
  }
}

function variablesDiffer(value: Value, expected: Readonly<Record<string, Expected>>): string | undefined {
  if (!isRecord(value)) return 'no named variables';
  // SciPy has no name for objects of the newer kind.
  if (expected['None']?.class === 'opaque') {
    const opaque = Object.values(value).every((each) => isTagged(each) && each.tag === 'matlab.opaque');
    return opaque ? undefined : 'objects are wanted';
  }
  const names = Object.keys(expected).filter((name) => !name.startsWith('__'));
  const extra = Object.keys(value).find((name) => !Object.hasOwn(expected, name));
  if (extra !== undefined) return `'${extra}' is not among ${names.join(', ')}`;
  for (const name of names) {
    const found = Object.hasOwn(value, name) ? value[name]! : undefined;
    if (found === undefined) return `'${name}' is missing`;
    const problem = differ(found, expected[name]!);
    if (problem !== undefined) return `'${name}': ${problem}`;
  }
  return undefined;
}

function differ(value: Value, expected: Expected): string | undefined {
  switch (expected.class) {
    case 'numeric':
      return numbersDiffer(value, expected);
    case 'char':
      return textDiffers(value, expected);
    case 'cell':
      return cellsDiffer(value, expected);
    case 'struct':
    case 'object':
      return structDiffers(value, expected);
    case 'sparse':
      return sparseDiffers(value, expected);
    default:
      return isTagged(value) ? undefined : `a ${expected.class} is wanted`;
  }
}

/** SciPy gives the type that is stored, and uint8 for logical; we give the class. Values are the same. */
function numbersDiffer(value: Value, { shape, first = [], dtype = '' }: Expected): string | undefined {
  if (!isNDArray(value)) return 'no array';
  if (value.shape.join() !== shape.join()) return `shape [${value.shape}], wanted [${shape}]`;
  const complex = value.dtype.startsWith('complex');
  if (complex !== /c\d+$/.test(dtype)) return `${value.dtype}, wanted ${dtype}`;
  const flat = columnOrder(value);
  for (let i = 0; i < first.length; i++) {
    const wanted = first[i];
    const found = complex
      ? [flat.data[2 * i] as number, flat.data[2 * i + 1] as number]
      : [scalarOf(elementAt(flat, i))];
    const parts = Array.isArray(wanted) ? wanted : [wanted];
    const same = found.every((number, k) => Object.is(number, numberOf(parts[k])));
    if (!same) return `element ${i} is ${found}, wanted ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

/** Element `i` counted down the columns, as an array of one dimension. */
function columnOrder(value: NDArray): NDArray {
  const { shape, dtype } = value;
  return toCOrder(
    new NDArray({ dtype, shape: [...shape].reverse(), data: toCOrder(value).data, order: 'F' }),
  );
}

function scalarOf(value: Value): number {
  return Number(value);
}

function numberOf(value: unknown): number {
  if (typeof value === 'string') return Number(value.replace(/^(-?)inf.*$/i, '$1Infinity'));
  return value === null ? Number.NaN : Number(value);
}

/** NumPy's text has no blanks of zeros at the end, and no string in an empty array. */
function textDiffers(value: Value, { first = [] }: Expected): string | undefined {
  const found = isNDArray(value) ? [...(toCOrder(value).data as readonly string[])] : [value];
  if (first.length === 0) return found.every((text) => text === '') ? undefined : `${found}, wanted no text`;
  const wanted = first.map(String);
  const same = wanted.every((text, i) => text === found[i]);
  return same ? undefined : `${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
}

function cellsDiffer(value: Value, { shape, elems = [] }: Expected): string | undefined {
  // SciPy has None for a struct without fields.
  if (isRecord(value) && Object.keys(value).length === 0 && elems.every((item) => item === 'NoneType'))
    return undefined;
  if (!isNDArray(value) || value.dtype !== 'object') return 'no cell array';
  if (value.shape.join() !== shape.join()) return `shape [${value.shape}], wanted [${shape}]`;
  return itemsDiffer(columnOrder(value), elems);
}

function structDiffers(value: Value, { shape, fields = [], elems = [] }: Expected): string | undefined {
  const held = isTagged(value) ? value.value : value;
  const items = isNDArray(held) ? (columnOrder(held).data as readonly Value[]) : [held];
  const size = shape.reduce((product, length) => product * length, 1);
  if (items.length !== size) return `${items.length} structs, wanted ${size}`;
  for (const [i, wanted] of elems.entries()) {
    const item = items[i];
    if (!isRecord(item) || typeof wanted === 'string') continue;
    const names = Object.keys(item);
    if (names.join() !== fields.join()) return `fields ${names}, wanted ${fields}`;
    for (const name of fields) {
      const expected = (wanted as Readonly<Record<string, Expected | string>>)[name];
      if (expected === undefined || typeof expected === 'string') continue;
      const problem = differ(item[name]!, expected);
      if (problem !== undefined) return `${i}.${name}: ${problem}`;
    }
  }
  return undefined;
}

function itemsDiffer(array: NDArray, elems: NonNullable<Expected['elems']>): string | undefined {
  for (const [i, wanted] of elems.entries()) {
    if (typeof wanted === 'string') continue;
    const problem = differ(array.data[i] as Value, wanted as Expected);
    if (problem !== undefined) return `cell ${i}: ${problem}`;
  }
  return undefined;
}

function sparseDiffers(value: Value, { shape, nnz, first = [] }: Expected): string | undefined {
  if (!isTagged(value) || value.tag !== 'sparse' || !isRecord(value.value)) return 'no sparse matrix';
  const { indices, indptr, data } = value.value;
  if (!isNDArray(indices) || !isNDArray(indptr) || !isNDArray(data)) return 'no sparse matrix';
  if (JSON.stringify(value.value['shape']) !== JSON.stringify(shape)) return `shape ${value.value['shape']}`;
  if (nnz !== undefined && data.size !== nnz) return `${data.size} elements, wanted ${nnz}`;
  const [rows = 0, columns = 0] = shape;
  const dense = new Map<number, Value>();
  for (let column = 0; column < columns; column++)
    for (let at = Number(indptr.data[column]); at < Number(indptr.data[column + 1]); at++)
      dense.set(Number(indices.data[at]) + column * rows, elementAt(data, at));
  for (let i = 0; i < Math.min(first.length, rows * columns); i++) {
    const found = dense.get(i) ?? 0;
    const pair = isTagged(found) ? (found.value as readonly number[]) : [Number(found), 0];
    const wanted = Array.isArray(first[i]) ? (first[i] as readonly unknown[]) : [first[i], 0];
    if (!pair.every((number, k) => number === numberOf(wanted[k])))
      return `element ${i} is ${pair}, wanted ${wanted}`;
  }
  return undefined;
}
