import {
  attributesOf,
  type Column,
  type ColumnType,
  createLab,
  type DType,
  firstDifference,
  NAT,
  NDArray,
  ndarray,
  Pairs,
  scalarType,
  Table,
  type Value,
  withAttributes,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeParquet, encodeParquet, parquet } from '../src/index.js';

const lab = createLab([parquet]);

async function back(value: Table | NDArray, options = {}): Promise<Value> {
  const losses: unknown[] = [];
  const bytes = await encodeParquet(value, { ...options, onLoss: (loss) => losses.push(loss) });
  expect(losses).toEqual([]);
  return decodeParquet(bytes);
}

async function survives(value: Table | NDArray, options = {}): Promise<void> {
  expect(firstDifference(await back(value, options), value, { attributes: true })).toBeUndefined();
}

function ticks(
  unit: string,
  data: readonly bigint[],
  rest: { dtype?: DType; zone?: string; valid?: readonly number[] } = {},
): Table {
  const { dtype = 'datetime64', zone, valid } = rest;
  const values = new NDArray({ dtype, shape: [data.length], data: BigInt64Array.from(data), unit });
  const type = scalarType(dtype, {
    unit,
    nullable: valid !== undefined,
    ...(zone === undefined ? {} : { zone }),
  });
  return new Table(data.length, [
    { name: 't', type, values, ...(valid === undefined ? {} : { valid: Uint8Array.from(valid) }) },
  ]);
}

describe('times', () => {
  it.each(['ns', 'us', 'ms', 's', 'm', 'h', 'D', 'W', 'M', 'Y', '25s', 'ps'])(
    'keep their ticks in %s',
    async (unit) => {
      await survives(ticks(unit, [0n, -1n, 20_000n]));
      await survives(ticks(unit, [0n, NAT, 1n]));
      await survives(ticks(unit, [0n, NAT, 5n], { valid: [1, 1, 0] }));
      await survives(ticks(unit, [2n ** 62n, -(2n ** 62n)]));
      await survives(ticks(unit, [1n, -1n], { dtype: 'timedelta64' }));
      await survives(ticks(unit, [1n, NAT], { dtype: 'timedelta64' }));
    },
  );

  it.each(['UTC', 'Europe/Berlin'])('keep the zone %s', async (zone) => {
    for (const unit of ['us', 's', 'D', 'Y']) await survives(ticks(unit, [0n, 1n], { zone }));
  });

  it('of empty columns keep their unit', async () => {
    for (const unit of ['us', 's', 'D', '25s']) await survives(ticks(unit, [], { valid: [] }));
  });
});

describe('decimals', () => {
  const decimal = (dtype: 'int64' | 'string', precision: number, data: NDArray['data']): Table => {
    const type = scalarType(dtype, { decimal: { precision, scale: 2 } });
    return new Table(data.length, [
      { name: 'd', type, values: new NDArray({ dtype, shape: [data.length], data }) },
    ]);
  };

  it.each([3, 9, 10, 18])('of %i digits are kept', (precision) => {
    const most = 10n ** BigInt(precision) - 1n;
    return survives(decimal('int64', precision, BigInt64Array.of(0n, 1n, -1n, most, -most)));
  });

  it.each([19, 38, 76])('of %i digits are kept as text', (precision) => {
    const most = '9'.repeat(precision);
    return survives(decimal('string', precision, ['0', '1', '-1', most, `-${most}`]));
  });

  it('with more digits than their type says are refused', async () => {
    await expect(lab.encode(decimal('int64', 3, BigInt64Array.of(1000n)), 'parquet')).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(lab.encode(decimal('string', 19, ['12.5']), 'parquet')).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('columns', () => {
  const of = (type: ColumnType, values: readonly Value[], valid?: readonly number[]): Table =>
    new Table(values.length, [
      { name: 'x', type, values, ...(valid === undefined ? {} : { valid: Uint8Array.from(valid) }) },
    ]);
  const list = (item: ColumnType, nullable = false): ColumnType => ({ kind: 'list', item, nullable });

  it('that are categories stay so', () =>
    survives(
      new Table(3, [
        {
          name: 'c',
          type: scalarType('string', { dictionary: true }),
          values: new NDArray({ dtype: 'string', shape: [3], data: ['a', 'b', 'c'] }),
        },
      ]),
    ));

  it('of arrays of one shape come back as one array, empty ones too', async () => {
    for (const shape of [
      [3, 2],
      [3, 2, 4],
      [3, 0],
      [3, 2, 0],
      [0, 5],
      [1, 1, 1, 1],
    ]) {
      const count = shape.reduce((product, length) => product * length, 1);
      await survives(
        new Table(shape[0]!, [
          {
            name: 'v',
            type: scalarType('float32'),
            values: ndarray(
              Float32Array.from({ length: count }, (_, i) => i / 3),
              shape,
            ),
          },
        ]),
      );
    }
  });

  it('of lists keep nulls and emptiness apart on every level', () =>
    survives(
      of(
        list(list(scalarType('int8', { nullable: true }), true), true),
        [[[1, null], null, []], [], null, [[null]]],
        [1, 1, 0, 1],
      ),
    ));

  it('of maps are records where keys are different strings, else pairs', () =>
    survives(
      of({ kind: 'map', key: scalarType('string'), value: scalarType('float64'), nullable: false }, [
        { a: 1, __proto__x: 2 },
        new Pairs([
          ['a', 1],
          ['a', 2],
        ]),
        {},
      ]),
    ));

  it('of structs name the member that does not fit', async () => {
    const struct: ColumnType = {
      kind: 'struct',
      fields: [{ name: 'n', type: scalarType('int8') }],
      nullable: false,
    };
    await expect(lab.encode(of(struct, [{ n: 300 }]), 'parquet')).rejects.toMatchObject({
      code: 'unsupported',
      path: '/x',
    });
    await expect(lab.encode(of(struct, [{ n: 1, other: 2 }]), 'parquet')).rejects.toMatchObject({
      code: 'unsupported',
      path: '/x/other',
    });
    await expect(lab.encode(of(struct, [null]), 'parquet')).rejects.toMatchObject({
      code: 'unsupported',
      path: '/x',
    });
  });

  it('of repeated floats keep the signs of zero and the bits of NaN in their dictionary', async () => {
    const bits = BigUint64Array.from(
      { length: 3000 },
      (_, i) => [0n, 1n << 63n, 0x7ff8000000000001n, 0x7ff8000000000000n][i % 4]!,
    );
    await survives(ndarray(new Float64Array(bits.buffer)));
  });

  it('of every size of dictionary are found again', async () => {
    for (const distinct of [1, 2, 3, 255, 256, 257, 5000]) {
      const rows = distinct * 8;
      const columns: Column[] = [
        {
          name: 's',
          type: scalarType('string'),
          values: new NDArray({
            dtype: 'string',
            shape: [rows],
            data: Array.from({ length: rows }, (_, i) => `value ${i % distinct}`),
          }),
        },
        {
          name: 'i',
          type: scalarType('int64'),
          values: new NDArray({
            dtype: 'int64',
            shape: [rows],
            data: BigInt64Array.from({ length: rows }, (_, i) => BigInt((i * 7) % distinct) << 33n),
          }),
        },
        {
          name: 'b',
          type: scalarType('bytes'),
          values: new NDArray({
            dtype: 'bytes',
            shape: [rows],
            data: Array.from({ length: rows }, (_, i) => Uint8Array.of(i % Math.min(distinct, 256))),
          }),
        },
      ];
      await survives(new Table(rows, columns));
      await survives(new Table(rows, columns), { dictionary: false });
    }
  });
});

it('attributes of any kind that JSON can say are kept; the others are reported', async () => {
  const table = withAttributes(ticks('s', [1n]), {
    text: 'größe',
    number: 1.5,
    zero: -0,
    nan: Number.NaN,
    big: 2n ** 70n,
    list: [1, 'a', null],
    record: { a: [true] },
    array: ndarray(Float64Array.of(0.5, Number.NaN)),
  });
  await survives(table);
  const losses: unknown[] = [];
  await encodeParquet(withAttributes(ticks('s', [1n]), { when: new Date(0), 'ARROW:schema': 'x' }), {
    onLoss: ({ kind, path }) => losses.push([kind, path]),
  });
  expect(losses).toEqual([
    ['attributes', '/when'],
    ['attributes', '/ARROW:schema'],
  ]);
});

it.each(['none', 'snappy', 'gzip', 'zstd', 'brotli'] as const)(
  'pages in %s come back',
  async (compression) => {
    const rows = 50_000;
    const table = new Table(rows, [
      {
        name: 'x',
        type: scalarType('float64'),
        values: ndarray(Float64Array.from({ length: rows }, (_, i) => Math.sin(i))),
      },
      {
        name: 's',
        type: scalarType('string', { nullable: true }),
        values: new NDArray({
          dtype: 'string',
          shape: [rows],
          data: Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? '' : `name ${i} ${'é'.repeat(i % 3)}`)),
        }),
        valid: Uint8Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? 0 : 1)),
      },
      {
        name: 'l',
        type: { kind: 'list', item: scalarType('int32'), nullable: false },
        values: Array.from({ length: rows }, (_, i) => [i, i * 2].slice(0, i % 3)),
      },
    ]);
    await survives(table, { compression, rowGroupSize: 30_000 });
  },
);

it('attributes of an array ride along', async () => {
  const array = withAttributes(ndarray(Int16Array.of(1, 2), [1, 2]), { units: 'K' });
  expect(attributesOf(await back(array))).toEqual({ units: 'K' });
});
