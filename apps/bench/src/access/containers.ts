/** A file of many arrays, in one format. */
export interface Container {
  readonly id: string;
  readonly title: string;
  /** Id of the format that reads it. */
  readonly format: string;
  readonly extension: string;
  /** Options of the format, when the file is made. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * `entries`: arrays by name. `rows`: one table, an array as rows of it that follow each other; `stacked`: the same as one
   * array. `mat73`: HDF5 as MATLAB writes it. `h5py`: made by Python.
   */
  /** Read with an index beside the file, which is made after it, and made anew where it was appended to. */
  readonly indexed?: true;
  readonly layout: 'entries' | 'rows' | 'stacked' | 'mat73' | 'h5py';
  /** Fewer arrays than the others hold, where those would not be read in bearable time, and why. */
  readonly fewer?: { readonly count: number; readonly why: string };
}

const WHOLE_TEXT = 'the whole text is parsed for every read';

export const CONTAINERS: readonly Container[] = [
  { id: 'npz', title: 'npz', format: 'numpy', extension: '.npz', layout: 'entries' },
  { id: 'hdf5', title: 'HDF5', format: 'hdf5', extension: '.h5', layout: 'entries' },
  { id: 'hdf5-h5py', title: 'HDF5, written by h5py', format: 'hdf5', extension: '.h5', layout: 'h5py' },
  { id: 'mat', title: 'MAT 5', format: 'matlab', extension: '.mat', layout: 'entries' },
  { id: 'mat73', title: 'MAT 7.3', format: 'matlab', extension: '.mat', layout: 'mat73' },
  { id: 'sqlite', title: 'SQLite', format: 'sqlite', extension: '.sqlite', layout: 'entries' },
  {
    id: 'parquet',
    title: 'Parquet, as rows of one table',
    format: 'parquet',
    extension: '.parquet',
    layout: 'rows',
  },
  { id: 'msgpack', title: 'MessagePack', format: 'msgpack', extension: '.msgpack', layout: 'entries' },
  {
    id: 'msgpack-indexed',
    title: 'MessagePack, indexed',
    format: 'msgpack',
    extension: '.msgpack',
    indexed: true,
    layout: 'entries',
  },
  { id: 'pickle', title: 'pickle', format: 'pickle', extension: '.pkl', layout: 'entries' },
  { id: 'marshal', title: 'marshal', format: 'marshal', extension: '.marshal', layout: 'entries' },
  { id: 'protobuf', title: 'Protobuf', format: 'protobuf', extension: '.pb', layout: 'entries' },
  {
    id: 'csv',
    title: 'CSV, as rows of one table',
    format: 'csv',
    extension: '.csv',
    layout: 'rows',
    fewer: { count: 500, why: 'rows are found by parsing all before them' },
  },
  {
    id: 'ndjson',
    title: 'NDJSON, as rows of one table',
    format: 'ndjson',
    extension: '.ndjson',
    layout: 'rows',
    fewer: { count: 200, why: 'rows are found by parsing all before them' },
  },
  {
    id: 'text',
    title: 'text, as rows of one array',
    format: 'text',
    extension: '.txt',
    layout: 'stacked',
    fewer: { count: 500, why: 'rows are found by parsing all before them' },
  },
  {
    id: 'json',
    title: 'JSON',
    format: 'json',
    extension: '.json',
    layout: 'entries',
    fewer: { count: 500, why: WHOLE_TEXT },
  },
  {
    id: 'json-indexed',
    title: 'JSON, indexed',
    format: 'json',
    extension: '.json',
    indexed: true,
    layout: 'entries',
    fewer: { count: 500, why: 'as in JSON without an index' },
  },
  {
    id: 'xml',
    title: 'XML',
    format: 'xml',
    extension: '.xml',
    layout: 'entries',
    fewer: { count: 200, why: WHOLE_TEXT },
  },
  {
    id: 'yaml',
    title: 'YAML',
    format: 'yaml',
    extension: '.yaml',
    layout: 'entries',
    fewer: { count: 100, why: WHOLE_TEXT },
  },
];

/** The arrays that the file of a container holds. */
export function arraysOf({ fewer }: Container, arrays: Arrays): Arrays {
  return fewer === undefined ? arrays : { ...arrays, count: Math.min(arrays.count, fewer.count) };
}

/** How many arrays of what size. */
export interface Arrays {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
}

export type AccessOperation = 'list' | 'one' | 'rows' | 'append';
export const READS: readonly Exclude<AccessOperation, 'append'>[] = ['list', 'one', 'rows'];

/** Rows of one array that are read alone. */
export const SOME_ROWS = { start: 10, stop: 20 } as const;

export function nameOf(index: number): string {
  return `array${String(index).padStart(5, '0')}`;
}

/** Another array for every read: each is found, none is still at hand. */
export function indexOf(turn: number, count: number): number {
  return (turn * 733 + Math.floor(count / 2)) % count;
}
