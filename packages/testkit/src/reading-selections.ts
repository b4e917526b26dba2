import {
  concatTables,
  isNDArray,
  isTable,
  type Reader,
  sliceArray,
  sliceTable,
  type Table,
  type Value,
  valueAt,
} from '@formatlab/core';
import { expectCode, expectSame, expectTrue } from './expect.js';
import type { Subject } from './subject.js';

const SLICES = ['', '1', '-1', '0:2', '1:', '-2:', '::2', '1::3', '3:1', ':100', '-100:2', '0:0'] as const;
const PAIRS = ['1,2', ':,0', ':,-1', '1:3,::2', '-1,1:', '::2,::3', '0:0,:', ':,2:2'] as const;
const MISFITS = ['100', '-101', '0,0,0,0,0,0,0,0,0', '::0', '::-1', 'x', '1.5'] as const;
const ROW_SLICES = ['', '0:2', '-2:', '::2', '1', '-1', '2:1', ':100'] as const;

/** Slices of every array in the file. */
export async function checkSlices(reader: Reader, whole: Value): Promise<void> {
  for (const { path, kind } of await reader.entries()) {
    const value = kind === 'array' ? valueAt(whole, path) : undefined;
    if (!isNDArray(value)) continue;
    for (const slice of value.shape.length >= 2
      ? [...SLICES, ...PAIRS]
      : value.shape.length === 1
        ? SLICES
        : []) {
      if (value.shape[0] === 1 && slice === '1') continue;
      expectSame(sliceArray(value, slice), await reader.read(path, { slice }), `read '${path}' [${slice}]`);
    }
  }
}

/** What does not fit is refused, not clamped or wrapped. */
export async function checkMisfits(reader: Reader): Promise<void> {
  for (const { path, kind } of await reader.entries()) {
    if (kind !== 'array') continue;
    for (const slice of MISFITS)
      await expectCode(() => reader.read(path, { slice }), 'bad-selection', `read '${path}' [${slice}]`);
  }
}

/** Rows and columns of every table in the file. */
export async function checkTables(reader: Reader, whole: Value): Promise<void> {
  for (const { path, kind } of await reader.entries()) {
    const value = kind === 'table' ? valueAt(whole, path) : undefined;
    if (!isTable(value)) continue;
    const names = value.columns.map((column) => column.name).reverse();
    for (const slice of ROW_SLICES)
      expectSame(
        sliceTable(value, { slice }),
        await reader.read(path, { slice }),
        `read rows [${slice}] of '${path}'`,
      );
    for (const columns of [names, names.slice(0, 1)]) {
      expectSame(
        sliceTable(value, { columns, slice: '1:3' }),
        await reader.read(path, { columns, slice: '1:3' }),
        `read rows [1:3] of columns ${columns} of '${path}'`,
      );
    }
    for (const slice of ['100', '::0', '0,0,0'])
      await expectCode(
        () => reader.read(path, { slice }),
        'bad-selection',
        `read rows [${slice}] of '${path}'`,
      );
    await expectCode(
      () => reader.read(path, { columns: ['no such column'] }),
      ['not-found', 'bad-selection'],
      `read a column of '${path}' that is not there`,
    );
  }
}

/** Batches of every table in the file, put together again. */
export async function checkBatches(subject: Subject, reader: Reader, whole: Value): Promise<void> {
  for (const { path, kind } of await reader.entries()) {
    const value = kind === 'table' ? valueAt(whole, path) : undefined;
    if (!isTable(value)) continue;
    if (reader.batches === undefined) {
      expectTrue(
        !subject.can.batches.read,
        `read batches of '${path}': claimed, but the reader has no 'batches'`,
      );
      return;
    }
    const pieces: Table[] = [];
    for await (const piece of reader.batches(path, { rows: 3 })) {
      expectTrue(
        piece.rows <= 3 && piece.rows > 0,
        `read batches of 3 rows of '${path}': one has ${piece.rows}`,
      );
      pieces.push(piece);
    }
    expectSame(value, concatTables(pieces), `read batches of '${path}' together`);
  }
}
