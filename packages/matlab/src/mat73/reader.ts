import {
  type Context,
  childPath,
  type DType,
  type Entry,
  FormatError,
  joinPath,
  newRecord,
  openFormat,
  parseSelection,
  type Reader,
  type ReadSelection,
  type SliceItem,
  type Source,
  selectFrom,
  splitPath,
  type Value,
  valueAt,
} from '@formatlab/core';
import type { MatlabOptions } from '../options.js';
import { Mat73Values, REFERENCES, SUBSYSTEM } from './decode.js';

/** Classes whose numbers are a dataset of that type, and nothing else. */
const NUMBERS: Readonly<Record<string, DType>> = {
  double: 'float64',
  single: 'float32',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  uint64: 'uint64',
};

/**
 * The variables of a file of version 7.3, one at a time: HDF5's own reader finds them, and reads of an array of numbers
 * only what is selected.
 *
 * @throws FormatError `unsupported` without a format `hdf5`; what it throws
 */
export async function openMat73(source: Source, context: Context<MatlabOptions>): Promise<Reader> {
  const hdf5 = context.formats.get('hdf5');
  // The options are those of this format; the other has its own.
  const file = await openFormat(hdf5, source, { ...context, options: {} });

  const values = async (name: string): Promise<Value> => {
    const value = await file.read(childPath('', name));
    try {
      return new Mat73Values(newRecord(), context).variable(value, name);
    } catch (error) {
      if (!(error instanceof FormatError) || error.code !== 'corrupt') throw error;
    }
    // It refers to others: those stand together in one group.
    const root = newRecord();
    root[REFERENCES] = await file.read(childPath('', REFERENCES));
    return new Mat73Values(root, context).variable(value, name);
  };

  const whole = async (): Promise<Value> => {
    const root = await file.read('');
    if (typeof root !== 'object' || root === null)
      throw new FormatError('corrupt', 'read MAT 7.3: its root is no group', { format: 'matlab' });
    return new Mat73Values(root as Record<string, Value>, context).variables(); // a group is a record
  };

  return {
    async entries() {
      const listed = await file.entries();
      const found: Entry[] = [];
      for (const entry of listed) {
        const [name, ...below] = splitPath(entry.path);
        if (name === undefined || below.length > 0 || name === REFERENCES || name === SUBSYSTEM) continue;
        found.push(entryOf(entry, await mxClassOf(file, entry.path), context.options));
      }
      return found;
    },
    async entry(path) {
      const [name, ...below] = splitPath(path);
      if (name === undefined || below.length > 0 || name === REFERENCES || name === SUBSYSTEM)
        throw notFound(path);
      const entry = await file.entry?.(path);
      if (entry === undefined) throw notFound(path);
      return entryOf(entry, await mxClassOf(file, path), context.options);
    },
    async read(path, selection) {
      const [name, ...rest] = splitPath(path);
      if (name === undefined) return selectFrom(await whole(), path, selection);
      if (name === REFERENCES || name === SUBSYSTEM) throw notFound(path);
      const part = rest.length === 0 ? await numbers(file, name, selection, context) : undefined;
      if (part !== undefined) return part;
      return selectFrom(valueAt(await values(name), joinPath(rest)), path, selection);
    },
    close: () => file.close(),
  };
}

/** A selection of an array of numbers, read alone; undefined where the variable is something else. */
async function numbers(
  file: Reader,
  name: string,
  selection: ReadSelection | undefined,
  context: Context<MatlabOptions>,
): Promise<Value | undefined> {
  if (selection?.slice === undefined || context.options.squeeze === true) return undefined;
  const path = childPath('', name);
  const attributes = (await file.attributes?.(path)) ?? newRecord();
  const mxClass = attributes['MATLAB_class'];
  if (typeof mxClass !== 'string' || !Object.hasOwn(NUMBERS, mxClass)) return undefined;
  if (attributes['MATLAB_empty'] !== undefined || attributes['MATLAB_sparse'] !== undefined) return undefined;
  const entry = await (file.entry?.(path) ?? (await file.entries()).find((one) => one.path === path));
  // Complex numbers are a compound.
  if (entry?.kind !== 'array' || entry.shape === undefined) return undefined;
  const items = typeof selection.slice === 'string' ? parseSelection(selection.slice) : selection.slice;
  if (items.length > entry.shape.length) return undefined;
  const value = await file.read(path, { slice: reversed(items, entry.shape.length) });
  return new Mat73Values(newRecord(), context).variable(value, name);
}

/** HDF5's dimensions are MATLAB's backwards. */
function reversed(items: readonly SliceItem[], rank: number): SliceItem[] {
  return Array.from({ length: rank }, (_, axis) => items[rank - 1 - axis] ?? {});
}

async function mxClassOf(file: Reader, path: string): Promise<string | undefined> {
  const mxClass = (await file.attributes?.(path))?.['MATLAB_class'];
  return typeof mxClass === 'string' ? mxClass : undefined;
}

function entryOf(entry: Entry, mxClass: string | undefined, options: MatlabOptions): Entry {
  const { path, storedBytes, shape } = entry;
  if (entry.kind !== 'array' || shape === undefined || mxClass === undefined)
    return { path, kind: 'tree', storedBytes };
  const dtype = mxClass === 'logical' ? 'bool' : NUMBERS[mxClass];
  if (dtype === undefined) return { path, kind: 'tree', storedBytes };
  const full = [...shape].reverse();
  return {
    path,
    kind: 'array',
    dtype,
    shape: options.squeeze === true ? full.filter((length) => length !== 1) : full,
    storedBytes,
  };
}

function notFound(path: string): FormatError {
  return new FormatError('not-found', `read '${path}': the file has no such variable`, {
    format: 'matlab',
    path,
  });
}
