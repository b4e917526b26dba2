/// <reference path="../src/engines/parquetjs-lite/parquetjs-lite.d.ts" />
import { readFileSync } from 'node:fs';
import {
  type Column,
  createLab,
  type DType,
  firstDifference,
  isFormatError,
  NDArray,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { parquet } from '../src/index.js';

const lab = createLab([parquet]);
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`./fixtures/${name}.parquet`, import.meta.url));

function column(
  name: string,
  dtype: DType,
  data: NDArray['data'],
  rest: { unit?: string; zone?: string } = {},
): Column {
  return {
    name,
    type: scalarType(dtype, rest),
    values: new NDArray({ dtype, shape: [data.length], data, unit: rest.unit }),
  };
}

const one = (...columns: Column[]): Table =>
  new Table(columns[0]?.values instanceof NDArray ? columns[0].values.shape[0]! : 0, columns);
const write = (engine: string, value: Value, options = {}): Promise<Uint8Array> =>
  lab.encode(value, 'parquet', { options: { engine, ...options } });
const read = (engine: string, bytes: Uint8Array): Promise<Value> =>
  lab.decode(bytes, { format: 'parquet', options: { engine } });

async function refusal(
  work: Promise<unknown>,
): Promise<{ code: string; feature: string | undefined; supported: readonly string[] | undefined }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFormatError(error)) throw new Error('expected a FormatError', { cause: error });
  const { code, feature, supported } = error;
  return { code, feature, supported };
}

describe('parquetjs-lite', () => {
  const engine = 'parquetjs-lite';

  it.each([
    ['files of format version 2', 'numbers-v2-snappy-dictionary', 'format version 2'],
    ['zstd', 'texts-zstd', 'format version 2'],
    ['DECIMAL', 'decimals', 'format version 2'],
  ])('refuses %s by name, which the default engine reads', async (_what, name, feature) => {
    expect(await refusal(read(engine, fixture(name)))).toEqual({
      code: 'unsupported',
      feature,
      supported: ['formatlab'],
    });
    expect((await lab.decode(fixture(name), { format: 'parquet' })) instanceof Table).toBe(true);
  });

  it.each(['zstd', 'brotli'])('refuses pages in %s of a file of version 1', async (compression) => {
    const bytes = await write('formatlab', one(column('x', 'int32', Int32Array.of(1, 2, 3))), {
      compression,
    });
    expect(await refusal(read(engine, bytes))).toMatchObject({
      code: 'unsupported',
      feature: `codec ${compression.toUpperCase()}`,
    });
    expect(
      await refusal(write(engine, one(column('x', 'int32', Int32Array.of(1))), { compression })),
    ).toMatchObject({ code: 'unsupported' });
  });

  it('refuses decimals of a file of version 1', async () => {
    const type = scalarType('int64', { decimal: { precision: 9, scale: 2 } });
    const table = new Table(1, [
      { name: 'd', type, values: new NDArray({ dtype: 'int64', shape: [1], data: BigInt64Array.of(123n) }) },
    ]);
    expect(await refusal(read(engine, await write('formatlab', table)))).toMatchObject({
      code: 'unsupported',
      feature: 'DECIMAL',
    });
  });

  it('refuses dictionaries whose values it would turn into text', async () => {
    const repeated = column(
      'x',
      'int32',
      Int32Array.from({ length: 1000 }, (_, i) => i % 3),
    );
    expect(await refusal(read(engine, await write('formatlab', one(repeated))))).toMatchObject({
      code: 'unsupported',
    });
  });

  it.each([
    ['NaN', column('x', 'float64', Float64Array.of(1, Number.NaN))],
    ['-0', column('x', 'float64', Float64Array.of(0, -0))],
    ['integers beyond 2^53', column('x', 'datetime64', BigInt64Array.of(2n ** 53n + 1n), { unit: 'us' })],
    ['names that are numbers', column('1', 'int8', Int8Array.of(1))],
  ])('refuses to write %s, which it would change', async (_what, changed) => {
    expect(await refusal(write(engine, one(changed)))).toMatchObject({
      code: 'unsupported',
      supported: ['formatlab'],
    });
  });

  it('reports int64, of which it keeps 53 bits, as float64', async () => {
    const losses: string[] = [];
    await lab.encode(one(column('x', 'int64', BigInt64Array.of(2n ** 53n + 1n))), 'parquet', {
      options: { engine },
      onLoss: ({ kind }) => losses.push(kind),
    });
    expect(losses).toEqual(['dtype', 'precision']);
  });

  it('reopens times that it wrote, microseconds and all', async () => {
    const table = one(
      column('t', 'datetime64', BigInt64Array.of(1_700_000_000_123_456n, -1n), { unit: 'us' }),
      column('m', 'datetime64', BigInt64Array.of(1_700_000_000_123n, 5n), { unit: 'ms', zone: 'UTC' }),
    );
    expect(firstDifference(await read(engine, await write(engine, table)), table)).toBeUndefined();
  });

  it('takes its row count for the Int64 object that it is', async () => {
    const { default: library } = await import('parquetjs-lite');
    const reader = await library.ParquetReader.openBuffer(
      Buffer.from(await write(engine, one(column('x', 'int8', Int8Array.of(1, 2))))),
    );
    expect(typeof reader.getRowCount()).toBe('object');
    expect(reader.getRowCount().toNumber()).toBe(2);
  });
});

describe('hyparquet', () => {
  const engine = 'hyparquet';

  it('keeps microseconds and nanoseconds, which its Dates would drop', async () => {
    const table = one(
      column('us', 'datetime64', BigInt64Array.of(1_700_000_000_123_456n), { unit: 'us' }),
      column('ns', 'datetime64', BigInt64Array.of(1_700_000_000_123_456_789n), { unit: 'ns', zone: 'UTC' }),
      column('D', 'datetime64', BigInt64Array.of(-5n), { unit: 'D' }),
    );
    expect(firstDifference(await read(engine, await write(engine, table)), table)).toBeUndefined();
  });

  it('keeps bytes bytes, though they are text', async () => {
    const table = one(column('b', 'bytes', [Uint8Array.of(0x41), Uint8Array.of(0xff)]));
    expect(firstDifference(await read(engine, await write(engine, table)), table)).toBeUndefined();
  });

  it('is given a schema, so that large numbers are not taken for INT32', async () => {
    const table = one(column('x', 'float64', Float64Array.of(1, 2 ** 40)));
    expect(firstDifference(await read(engine, await write(engine, table)), table)).toBeUndefined();
  });

  it('keeps -0 apart from 0, which its dictionaries would not', async () => {
    const table = one(
      column(
        'x',
        'float64',
        Float64Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 0 : -0)),
      ),
    );
    expect(firstDifference(await read(engine, await write(engine, table)), table)).toBeUndefined();
  });

  it('gives required columns as typed arrays and nullable ones with their nulls', async () => {
    const values = new NDArray({ dtype: 'int32', shape: [3], data: Int32Array.of(1, 0, 3) });
    const table = new Table(3, [
      { name: 'x', type: scalarType('int32', { nullable: true }), values, valid: Uint8Array.of(1, 0, 1) },
    ]);
    expect(firstDifference(await read(engine, await write(engine, table)), table)).toBeUndefined();
  });

  it('refuses nested columns by name', async () => {
    expect(await refusal(read(engine, fixture('nested')))).toMatchObject({
      code: 'unsupported',
      feature: 'nested columns',
    });
  });

  it.each([
    'numbers-v1',
    'numbers-v2-snappy-dictionary',
    'texts-zstd',
    'texts-lz4',
    'nulls-page-v2-dictionary',
    'times',
    'decimals',
    'deltas',
    'int96',
  ])('reads %s as the default engine does', async (name) => {
    expect(
      firstDifference(
        await read(engine, fixture(name)),
        await lab.decode(fixture(name), { format: 'parquet' }),
      ),
    ).toBeUndefined();
  });
});

describe('files of each engine', () => {
  const table = one(
    column('i', 'int32', Int32Array.of(1, -2, 3)),
    column('f', 'float64', Float64Array.of(0.5, 1e300, -1)),
    column('s', 'string', ['', 'Zürich', '😀']),
    column('b', 'bool', Uint8Array.of(1, 0, 1)),
  );
  const engines = ['formatlab', 'hyparquet', 'parquetjs-lite'];

  // hyparquet-writer writes format version 2, which parquetjs-lite does not read.
  const pairs = engines.flatMap((writer) => engines.map((reader) => [writer, reader] as const));
  it.each(pairs.filter(([writer, reader]) => writer !== 'hyparquet' || reader !== 'parquetjs-lite'))(
    'of %s are read by %s',
    async (writer, reader) => {
      expect(firstDifference(await read(reader, await write(writer, table)), table)).toBeUndefined();
    },
  );
});
