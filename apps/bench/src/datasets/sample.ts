import {
  concatTables,
  isNDArray,
  isRecord,
  isTable,
  type Lab,
  newRecord,
  sliceArray,
  sliceTable,
  type Table,
  type Value,
} from '@formatlab/core';
import { hashValue } from './hash-value.js';

/** A part of a value that stands for the whole. */
export interface Sample {
  readonly value: Value;
  /** How many times the sample the whole is; 1 for the whole itself. Reckoned from the file where it was not all read. */
  readonly factor: number;
  /** What was taken, in words: `the first 20,000 of 100,000 rows`. Undefined for the whole. */
  readonly taken: string | undefined;
}

/** Larger files are read in batches, and only their beginning. */
const READ_WHOLE_BYTES = 64e6;
const BATCH_ROWS = 1000;

/** Loads as much of a file as makes `most` bytes of values. @throws FormatError */
export async function loadSample(
  lab: Lab,
  input: string,
  format: string,
  fileBytes: number,
  most: number,
): Promise<Sample> {
  if (fileBytes <= READ_WHOLE_BYTES) return sampleOf(await lab.load(input, { format }), most);
  const file = await lab.open(input, { format });
  try {
    const entry = await file.entry(file.selector.path ?? '');
    if (entry.kind !== 'table') return sampleOf(await file.read(), most);
    return await firstBatches(file.batches(entry.path, { rows: BATCH_ROWS }), most, entry.rows, fileBytes);
  } finally {
    await file.close();
  }
}

async function firstBatches(
  batches: AsyncIterable<Table>,
  most: number,
  rows: number | undefined,
  fileBytes: number,
): Promise<Sample> {
  const taken: Table[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    taken.push(batch);
    bytes += hashValue(batch).bytes;
    if (bytes >= most) break;
  }
  const value = taken.length === 1 ? taken[0]! : concatTables(taken);
  const factor = rows === undefined ? Math.max(1, fileBytes / bytes) : Math.max(1, rows / value.rows);
  const of = rows === undefined ? 'rows' : `of ${count(rows)} rows`;
  return { value, factor, taken: `the first ${count(value.rows)} ${of}` };
}

/** As much of the value from its beginning as has `most` bytes: rows, or entries. */
export function sampleOf(value: Value, most: number): Sample {
  const { bytes } = hashValue(value);
  const share = most / bytes;
  if (share >= 1) return { value, factor: 1, taken: undefined };
  if (isTable(value)) {
    const rows = Math.max(1, Math.floor(value.rows * share));
    return part(sliceTable(value, { slice: `0:${rows}` }), rows, value.rows, 'rows');
  }
  if (isNDArray(value)) {
    const [all] = value.shape;
    if (all === undefined || all < 2) return { value, factor: 1, taken: undefined };
    const rows = Math.max(1, Math.floor(all * share));
    return part(sliceArray(value, `0:${rows}`), rows, all, 'rows');
  }
  if (Array.isArray(value)) {
    const items = Math.max(1, Math.floor(value.length * share));
    return part(value.slice(0, items), items, value.length, 'items');
  }
  if (!isRecord(value)) return { value, factor: 1, taken: undefined };
  const names = Object.keys(value);
  if (names.length < 2) return { value, factor: 1, taken: undefined };
  const record = newRecord();
  const kept = names.slice(0, Math.max(1, Math.floor(names.length * share)));
  for (const name of kept) record[name] = value[name]!;
  return part(record, kept.length, names.length, 'entries');
}

function part(value: Value, taken: number, all: number, what: string): Sample {
  return { value, factor: all / taken, taken: `the first ${count(taken)} of ${count(all)} ${what}` };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
