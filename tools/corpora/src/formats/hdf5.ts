import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLab,
  isFormatError,
  isNDArray,
  isRecord,
  isTable,
  isTagged,
  itemSize,
  type OpenFile,
  scalarArray,
  toNested,
  toRows,
  type Value,
} from '@formatlab/core';
import { hdf5 } from '@formatlab/hdf5';
import type { Corpus, CorpusCase } from '../corpus.js';
import { h5wasmDifference } from './hdf5-peer.js';

/** What h5py tells of an object. */
export interface ExpectedObject {
  readonly path: string;
  /** `dataset`, `group`, `Datatype`, `link:SoftLink`, `link:ExternalLink`; `?` for links of unknown classes. */
  readonly kind: string;
  readonly nattrs?: number;
  readonly shape?: readonly number[] | null;
  readonly dtype?: string;
  readonly class?: string;
  readonly readable?: boolean | null;
  /** The first values. */
  readonly first?: readonly unknown[];
  /** 24 digits of SHA-256 over the little-endian bytes of numbers. */
  readonly sha?: string;
}

interface ExpectedFile {
  readonly file: string;
  readonly opens: boolean;
  readonly objects?: readonly ExpectedObject[];
}

const CORPORA = ['h5py', 'hdf5-json', 'pyfive'] as const;
/** Types that HDF5 has and h5py cannot read: we can. */
const READ_BY_US_ALONE: ReadonlySet<string> = new Set(['uint', 'opaque']);
const NUMPY_NAMES: Readonly<Record<string, string>> = {
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
};

const lab = createLab([hdf5]);

export const hdf5Corpus: Corpus = { format: 'hdf5', peer: 'h5wasm', cases };

function* cases(folder: string): Iterable<CorpusCase> {
  for (const corpus of CORPORA) {
    // Written by the script that made the corpora; a file of another form fails its cases.
    const files = JSON.parse(
      readFileSync(join(folder, 'hdf5', `${corpus}.expected.json`), 'utf8'),
    ) as readonly ExpectedFile[];
    for (const { file, opens, objects = [] } of files) {
      const bytes = readFileSync(join(folder, file));
      if (!opens) yield { file, kind: 'invalid', ours: () => lab.decode(bytes, { format: 'hdf5' }) };
      else
        yield {
          file,
          kind: 'valid',
          ours: () => difference(bytes, objects),
          peer: () => h5wasmDifference(bytes, objects),
        };
    }
  }
}

async function difference(
  bytes: Uint8Array,
  objects: readonly ExpectedObject[],
): Promise<string | undefined> {
  const file = await lab.open(bytes, { format: 'hdf5' });
  try {
    const listed = new Map((await file.entries()).map((entry) => [entry.path, entry]));
    for (const object of objects) {
      if (object.path !== '/' && !listed.has(pointerOf(object.path))) return `${object.path}: not listed`;
      const problem = await objectDifference(file, object);
      if (problem !== undefined) return `${object.path}: ${problem}`;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/** h5py's paths have `~` as it is. */
function pointerOf(path: string): string {
  return path.replaceAll('~', '~0');
}

async function objectDifference(file: OpenFile, object: ExpectedObject): Promise<string | undefined> {
  const path = pointerOf(object.path);
  if (object.nattrs !== undefined && object.kind !== 'Datatype') {
    const found = Object.keys((await file.attributes?.(path)) ?? {}).length;
    if (found !== object.nattrs) return `${object.nattrs} attributes came back as ${found}`;
  }
  if (object.kind === 'group') return undefined;
  let value: Value;
  try {
    value = await file.read(path === '/' ? '' : path);
  } catch (error) {
    // Named datatypes, links out of the file and data in other files have to be refused as what they are.
    const refused = isFormatError(error) && (error.code === 'unsupported' || error.code === 'not-found');
    if (refused && (object.kind !== 'dataset' || object.readable === false)) return undefined;
    throw error;
  }
  if (object.kind.startsWith('link:External') || object.kind === '?') return 'read, and not refused';
  return object.kind === 'dataset' ? datasetDifference(value, object) : undefined;
}

function datasetDifference(value: Value, object: ExpectedObject): string | undefined {
  const { shape, first, sha, class: kind } = object;
  if (shape === null || shape === undefined)
    return value === null ? undefined : 'a null dataspace has a value';
  if (object.readable === false && !READ_BY_US_ALONE.has(kind ?? '')) return 'read, and not refused';
  const array = scalarArray(value) ?? (isNDArray(value) ? value : undefined);
  if (array !== undefined) {
    const found = array.shape.slice(0, shape.length);
    if (String(found) !== String(shape)) return `shape [${shape}] came back as [${found}]`;
    const wanted = dtypeOf(object);
    if (wanted !== undefined && wanted !== array.dtype) return `${wanted} came back as ${array.dtype}`;
    if (sha !== undefined && itemSize(array.dtype) > 0) {
      // Dtypes with a size have a typed array.
      const data = array.data as Uint8Array;
      const found = hashOf(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      if (found !== sha) return `hash ${sha} came back as ${found}`;
    }
  }
  if (first === undefined || kind === 'M') return undefined;
  const expected = leavesOf(first as Value, kind);
  const leaves = leavesOf(rowsOf(value), kind).slice(0, expected.length);
  // A null reference is one of either kind.
  const at = expected.findIndex((leaf, i) => leaf !== leaves[i] && leaves[i] !== 'null');
  return at < 0 ? undefined : `value ${at}, ${expected[at]}, came back as ${leaves[at]}`;
}

/** The dtype that h5py's name means; undefined where it says nothing of a number. */
function dtypeOf({ dtype, class: kind }: ExpectedObject): string | undefined {
  if (dtype === undefined || kind === 'ref') return undefined;
  if (kind === 'M') return 'datetime64';
  if (/^(u?int|float|complex)\d+$|^bool$/.test(dtype)) return dtype === 'float128' ? 'float64' : dtype;
  return NUMPY_NAMES[dtype.replace(/^[<>|=]/, '')];
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 24);
}

function rowsOf(value: Value): Value {
  if (isTable(value)) return toRows(value).map((row) => Object.values(row).map(firstOf));
  if (isTagged(value) && value.tag === 'structured-array' && isTable(value.value)) return rowsOf(value.value);
  return value;
}

/** The answers have the first eight values of an array in a row. */
function firstOf(value: Value): Value {
  if (isNDArray(value)) return firstOf(toNested(value));
  if (!Array.isArray(value)) return value;
  const flat = flatten(value);
  return flat.some(isRecord) ? value : flat.slice(0, MOST_FIRST);
}

function flatten(list: readonly Value[]): readonly Value[] {
  return list.flatMap((item) => (Array.isArray(item) ? flatten(item) : [item]));
}

const MOST_FIRST = 8;

/** All scalars of a value in order, as text. */
export function leavesOf(value: Value, kind: string | undefined): string[] {
  if (value === null || isTagged(value)) {
    if (value === null || kind !== 'ref') return ['null'];
    return [value.tag === 'region-reference' ? 'RegionReference' : 'Reference'];
  }
  if (isNDArray(value)) {
    if (itemSize(value.dtype) > 0 && value.dtype.startsWith('complex'))
      return Array.from(value.data as ArrayLike<number>, String);
    return leavesOf(toNested(value), kind);
  }
  if (value instanceof Uint8Array)
    return kind === 'vlen' ? Array.from(value, String) : [Buffer.from(value).toString('hex')];
  if (Array.isArray(value)) return value.flatMap((item: Value) => leavesOf(item, kind));
  if (isRecord(value)) {
    const { hex } = value as { readonly hex?: Value };
    return typeof hex === 'string' ? [hex] : Object.values(value).flatMap((item) => leavesOf(item, kind));
  }
  return [typeof value === 'bigint' ? String(Number(value)) : String(value)];
}
