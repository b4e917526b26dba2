import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLab,
  firstDifference,
  lossLine,
  NDArray,
  ndarray,
  type SaveReport,
  scalarType,
  sliceTable,
  Table,
  withAttributes,
} from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { hdf5 } from '@formatlab/hdf5';
import { ndjson } from '@formatlab/json';
import { parquet } from '@formatlab/parquet';
import { sqlite } from '@formatlab/sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const FORMATS = [csv, ndjson, parquet, sqlite, hdf5];
const lab = createLab(FORMATS);
const folder = mkdtempSync(join(tmpdir(), 'pairs-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const ROWS = 1000;
const BATCH_ROWS = 300;
const NAT = -(2n ** 63n);

/** What is special stands in the last batch only. */
function sample(): Table {
  const rows = Array.from({ length: ROWS }, (_, i) => i);
  const last = ROWS - 5;
  const column = (name: string, values: NDArray, more: object = {}, valid?: Uint8Array) => ({
    name,
    type: scalarType(values.dtype, {
      ...(values.unit === undefined ? {} : { unit: values.unit }),
      ...more,
    }),
    values,
    ...(valid === undefined ? {} : { valid }),
  });
  const late = Uint8Array.from(rows, (i) => (i === last ? 0 : 1));
  const times = (unit: 's' | 'D', nat: boolean): NDArray =>
    new NDArray({
      dtype: 'datetime64',
      unit,
      shape: [ROWS],
      data: BigInt64Array.from(rows, (i) => (nat && i === last ? NAT : BigInt(18_000 + i))),
    });
  const floats = Float64Array.from(rows, (i) => i / 8);
  floats[last] = Number.NaN;
  floats[last + 1] = -0;
  const texts = rows.map((i) => (i === last ? 'a, "b"\né' : `t${i % 7}`));
  return new Table(ROWS, [
    column('id', ndarray(BigInt64Array.from(rows, (i) => 2n ** 60n + BigInt(i)))),
    column(
      'count',
      ndarray(BigInt64Array.from(rows, (i) => (i === last ? 0n : BigInt(i)))),
      { nullable: true },
      late,
    ),
    column('x', ndarray(floats)),
    column('y', ndarray(Float64Array.from(rows, (i) => i + 0.5)), { nullable: true }),
    column('text', ndarray(texts, [ROWS], 'string')),
    column(
      'flag',
      ndarray(
        Uint8Array.from(rows, (i) => i & 1),
        [ROWS],
        'bool',
      ),
    ),
    column('day', times('D', false)),
    column('at', times('s', true)),
    column('small', ndarray(Int16Array.from(rows, (i) => -i))),
  ]);
}

const lossesOf = ({ losses }: SaveReport): string[] => losses.map(lossLine).sort();

describe('what passes in batches is what passes as a whole', () => {
  beforeAll(async () => {
    for (const { id } of FORMATS) {
      const value = id === 'parquet' || id === 'hdf5' ? withAttributes(sample(), { made: 'here' }) : sample();
      await lab.save(at(`source.${id}`), value, { format: id });
    }
  });

  const pairs = FORMATS.flatMap((from) => FORMATS.map((to) => [from.id, to.id] as const));
  test.each(pairs)('%s to %s', async (from, to) => {
    const options = { format: to };
    const streamed = at(`streamed.${to}`);
    const whole = at(`whole.${to}`);
    const source = at(`source.${from}`);
    const report = await lab.convert(source, streamed, { to: options, rows: BATCH_ROWS });
    const wholeLosses: string[] = [];
    const value = await lab.load(source, { onLoss: (loss) => wholeLosses.push(lossLine(loss)) });
    const wholeReport = await lab.save(whole, value, options);
    expect(firstDifference(await lab.load(whole), await lab.load(streamed))).toBe(undefined);
    expect(lossesOf(report)).toEqual([...wholeLosses, ...lossesOf(wholeReport)].sort());
  });
});

describe('types hold for whole columns', () => {
  const lines = (last: string): string =>
    `a,b,c,d\n${Array.from({ length: ROWS }, (_, i) => `${i},2024-01-0${1 + (i % 9)},true,${i}`).join('\n')}\n${last}\n`;

  test.each([
    ['1.5,2024-01-01,true,1'],
    ['x,2024-01-01T10:00:00,false,NaN'],
    [',,,'],
    ['9007199254740993,x,1,"1"'],
  ])('CSV whose last row is %s', async (last) => {
    writeFileSync(at('late.csv'), lines(last));
    await sameInBatches(at('late.csv'));
  });

  const records = (last: string): string =>
    `${Array.from({ length: 60_000 }, (_, i) => `{"a": ${i}, "b": "t", "c": null, "d": true}`).join('\n')}\n${last}\n`;

  test.each([['{"a": 1.5, "b": null, "c": "late", "d": false}'], ['{"b": "u", "a": 7, "d": null, "c": 12}']])(
    'NDJSON whose last line is %s',
    async (last) => {
      writeFileSync(at('late.ndjson'), records(last));
      await sameInBatches(at('late.ndjson'));
    },
  );

  test('NDJSON with lines of many kinds, read as a table', async () => {
    writeFileSync(at('mixed.ndjson'), records('{"e": 1, "a": "x", "c": [1, {"k": 2}]}'));
    await sameInBatches(at('mixed.ndjson'), { tables: 'always' });
    await expect(lab.batches(at('mixed.ndjson'))[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  test('a damaged line far behind the first one says where', async () => {
    const text = records('{"a": 1, "b": }');
    writeFileSync(at('bad.ndjson'), text);
    await expect(lab.batches(at('bad.ndjson'))[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'corrupt',
      offset: text.length - 2,
    });
  });

  async function sameInBatches(path: string, options: Record<string, unknown> = {}): Promise<void> {
    const whole = (await lab.load(path, { options })) as Table;
    let row = 0;
    for await (const batch of lab.batches(path, { rows: BATCH_ROWS, options })) {
      expect(batch.columns.map(({ name, type }) => ({ name, type }))).toEqual(
        whole.columns.map(({ name, type }) => ({ name, type })),
      );
      const slice = [{ start: row, stop: row + batch.rows }];
      expect(firstDifference(sliceTable(whole, { slice }), batch)).toBe(undefined);
      row += batch.rows;
    }
    expect(row).toBe(whole.rows);
  }
});
