import {
  type Budget,
  type Column,
  NDArray,
  sizeOfShape,
  Table,
  type TablePart,
  type Value,
} from '@formatlab/core';
import { arrayOfBytes, readItems } from '../forms/read-array.js';
import { ValueReader } from '../forms/read-value.js';
import type { FieldScanner } from './field-scanner.js';
import type { ArrayPlace, ColumnPlace, ItemsPlace, TablePlace } from './layout.js';

/** Levels of nesting above what stands in a column of a table. */
const COLUMN_DEPTH = 2;

/**
 * Elements `start` to `start + count` of an array along its first dimension, or the element of one without dimensions.
 * Of the file only they are read, and the tags before them where they vary in size.
 */
export async function readArrayRows(
  scanner: FieldScanner,
  { dtype, shape, unit, data }: ArrayPlace,
  start: number,
  count: number,
  budget: Budget,
): Promise<NDArray> {
  const rows = shape.length === 0 ? shape : [count, ...shape.slice(1)];
  const perRow = sizeOfShape(shape.slice(1));
  if (data.kind === 'items') {
    const items = await readItemRows(scanner, data, start * perRow, count * perRow, budget);
    // Kept in plain arrays for these dtypes.
    return new NDArray({ dtype, shape: rows, data: items as unknown as NDArray['data'], unit });
  }
  const rowBytes = shape[0] === 0 ? 0 : (data.end - data.at) / (shape[0] ?? 1);
  const at = data.at + start * rowBytes;
  return arrayOfBytes(await scanner.read(at, at + count * rowBytes, budget), dtype, rows, unit);
}

/** A table in the file, whose rows are read alone. */
export function tablePart(scanner: FieldScanner, place: TablePlace): TablePart {
  return {
    rows: place.rows,
    columns: place.columns.map(({ name, type, valid }) => ({ name, type, masked: valid !== undefined })),
    async read(start, count, names) {
      const budget = scanner.budget();
      const columns: Column[] = [];
      for (const name of names) {
        const column = place.columns.find((candidate) => candidate.name === name)!;
        columns.push(await readColumn(scanner, column, start, count, budget));
      }
      return new Table(count, columns);
    },
  };
}

async function readColumn(
  scanner: FieldScanner,
  { name, type, values, valid }: ColumnPlace,
  start: number,
  count: number,
  budget: Budget,
): Promise<Column> {
  const read =
    values.kind === 'array'
      ? await readArrayRows(scanner, values, start, count, budget)
      : await readItemRows(scanner, values, start, count, budget);
  if (valid === undefined) return { name, type, values: read };
  const r = await scanner.read(valid.at + start, valid.at + start + count, budget);
  const flags = arrayOfBytes(r, 'bool', [count], undefined);
  return { name, type, values: read, valid: flags.data as Uint8Array };
}

async function readItemRows(
  scanner: FieldScanner,
  { at, end, number }: ItemsPlace,
  start: number,
  count: number,
  budget: Budget,
): Promise<Value[]> {
  const from = await scanner.item(at, end, start);
  const to = await scanner.item(at, end, start + count);
  const r = await scanner.read(from, to, budget);
  const reader = new ValueReader(r, budget);
  return readItems(r, reader, number, budget, COLUMN_DEPTH);
}
