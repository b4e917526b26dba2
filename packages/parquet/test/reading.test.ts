import {
  bytesSource,
  type CountedSource,
  countingSource,
  createLab,
  firstDifference,
  NDArray,
  ndarray,
  scalarType,
  sliceTable,
  Table,
} from '@formatlab/core';
import { expect, it } from 'vitest';
import { encodeParquet, parquet } from '../src/index.js';

const ROWS = 300_000;
const lab = createLab([parquet]);
const table = new Table(ROWS, [
  {
    name: 'id',
    type: scalarType('int64'),
    values: ndarray(BigInt64Array.from({ length: ROWS }, (_, i) => BigInt(i))),
  },
  {
    name: 'x',
    type: scalarType('float64', { nullable: true }),
    values: ndarray(Float64Array.from({ length: ROWS }, (_, i) => Math.sin(i))),
    valid: Uint8Array.from({ length: ROWS }, (_, i) => (i % 11 === 0 ? 0 : 1)),
  },
  {
    name: 'city',
    type: scalarType('string'),
    values: new NDArray({
      dtype: 'string',
      shape: [ROWS],
      data: Array.from({ length: ROWS }, (_, i) => `city ${i % 40}`),
    }),
  },
  {
    name: 'list',
    type: { kind: 'list', item: scalarType('int32'), nullable: false },
    values: Array.from({ length: ROWS }, (_, i) => [i].slice(i % 2)),
  },
]);
const bytes = await encodeParquet(table);

const counted = (): CountedSource => countingSource(bytesSource(bytes));

it('listing reads the footer', async () => {
  const { source, counts } = counted();
  const file = await lab.open(source);
  const [entry] = await file.entries();
  expect(entry).toMatchObject({
    kind: 'table',
    rows: ROWS,
    columns: table.columns.map(({ name, type }) => ({ name, type })),
  });
  expect(counts.bytesRead).toBeLessThan(64 * 1024);
});

it('a slice reads the pages that hold it, of the columns asked for', async () => {
  for (const slice of ['150000:150100', '131070:131075', '0:1', '299999:', '262140:262150:3']) {
    const { source, counts } = counted();
    const file = await lab.open(source);
    const selection = { slice, columns: ['x', 'city'] };
    expect(firstDifference(await file.read('', selection), sliceTable(table, selection))).toBeUndefined();
    expect(counts.bytesRead).toBeLessThan(600_000);
  }
});

it('one column of all rows reads its chunks alone', async () => {
  const { source, counts } = counted();
  const file = await lab.open(source);
  await file.read('', { columns: ['city'] });
  expect(counts.bytesRead).toBeLessThan(500_000);
});

it('batches cover all rows, without the whole at once', async () => {
  const { source, counts } = counted();
  const file = await lab.open(source);
  let rows = 0;
  for await (const batch of file.batches!('', { rows: 7000, columns: ['id', 'x'] })) {
    expect(
      firstDifference(
        batch,
        sliceTable(table, { slice: `${rows}:${rows + batch.rows}`, columns: ['id', 'x'] }),
      ),
    ).toBeUndefined();
    rows += batch.rows;
    if (rows === 7000) expect(counts.bytesRead).toBeLessThan(bytes.byteLength / 4);
  }
  expect(rows).toBe(ROWS);
});

it('nested columns are cut by rows too', async () => {
  const file = await lab.open(bytes);
  const selection = { slice: '131000:131200:7', columns: ['list', 'id'] };
  expect(firstDifference(await file.read('', selection), sliceTable(table, selection))).toBeUndefined();
});

it('slices of an array read the slabs they need', async () => {
  const array = ndarray(
    Float64Array.from({ length: 1_000_000 }, (_, i) => Math.sqrt(i)),
    [1000, 10, 100],
  );
  const file = await encodeParquet(array);
  const { source, counts } = countingSource(bytesSource(file));
  const open = await lab.open(source);
  const { sliceArray } = await import('@formatlab/core');
  for (const slice of ['5', '990:,::3,7', '10:20:4,0,0', '-1,-1,-1']) {
    expect(firstDifference(await open.read('', { slice }), sliceArray(array, slice))).toBeUndefined();
  }
  expect(counts.bytesRead).toBeLessThan(file.byteLength / 2);
});

it('what is not there is refused by name', async () => {
  const file = await lab.open(bytes);
  await expect(file.read('', { columns: ['none'] })).rejects.toMatchObject({
    code: 'not-found',
    supported: ['id', 'x', 'city', 'list'],
  });
  await expect(file.read('/id')).rejects.toMatchObject({ code: 'not-found' });
  await expect(file.read('', { slice: '1,2' })).rejects.toMatchObject({ code: 'bad-selection' });
});
