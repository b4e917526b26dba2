import { describe, expect, test } from 'vitest';
import {
  attributesOf,
  type DType,
  NDArray,
  type SliceItem,
  scalarType,
  sliceArray,
  sliceTable,
  Table,
  table,
  toCOrder,
  toNested,
  toRows,
  withAttributes,
} from '../src/index.js';
import { integer, seeded } from './random.js';

/** The same selection by plain loops over nested lists. */
function reference(nested: unknown, items: readonly SliceItem[]): unknown {
  if (!Array.isArray(nested)) return nested;
  const [item = {}, ...rest] = items;
  if (typeof item === 'number') return reference(nested.at(item), rest);
  const { start, stop, step = 1 } = item;
  const length = nested.length;
  const first = clamp(start ?? 0, length);
  const end = clamp(stop ?? length, length);
  const picked: unknown[] = [];
  for (let i = first; i < end; i += step) picked.push(reference(nested[i], rest));
  return picked;
}

function clamp(index: number, length: number): number {
  return Math.min(length, Math.max(0, index < 0 ? index + length : index));
}

function makeArray(dtype: DType, shape: readonly number[], order: 'C' | 'F'): NDArray {
  const size = shape.reduce((product, length) => product * length, 1);
  if (dtype === 'string')
    return new NDArray({ dtype, shape, order, data: Array.from({ length: size }, (_, i) => `s${i}`) });
  if (dtype === 'int64')
    return new NDArray({
      dtype,
      shape,
      order,
      data: BigInt64Array.from({ length: size }, (_, i) => BigInt(i)),
    });
  if (dtype === 'complex128')
    return new NDArray({ dtype, shape, order, data: Float64Array.from({ length: size * 2 }, (_, i) => i) });
  return new NDArray({ dtype: 'int16', shape, order, data: Int16Array.from({ length: size }, (_, i) => i) });
}

/** Nested lists read from the flat data by the definition of the two orders. */
function nestedByDefinition(array: NDArray): unknown {
  const { shape, order } = array;
  const build = (axis: number, index: readonly number[]): unknown => {
    if (axis < shape.length)
      return Array.from({ length: shape[axis]! }, (_, i) => build(axis + 1, [...index, i]));
    const axes = shape.map((_, i) => i);
    if (order === 'F') axes.reverse();
    const at = axes.reduce((place, i) => place * shape[i]! + index[i]!, 0);
    if (array.dtype !== 'complex128') return array.data[at];
    return `${array.data[2 * at]},${array.data[2 * at + 1]}`;
  };
  return build(0, []);
}

function plain(array: NDArray): unknown {
  return nestedByDefinition(array);
}

describe('sliceArray', () => {
  test('agrees with loops over nested lists for shapes, orders, dtypes and selections of all kinds', () => {
    const random = seeded(1);
    for (let round = 0; round < 1500; round++) {
      const rank = integer(random, 5);
      const shape = Array.from({ length: rank }, () => integer(random, 5));
      const dtype = (['int16', 'string', 'int64', 'complex128'] as const)[integer(random, 4)]!;
      const array = makeArray(dtype, shape, random() < 0.5 ? 'C' : 'F');
      const items: SliceItem[] = [];
      for (const length of shape.slice(0, integer(random, rank + 1))) {
        if (length > 0 && random() < 0.3) items.push(integer(random, 2 * length) - length);
        else {
          items.push({
            ...(random() < 0.6 ? { start: integer(random, 14) - 7 } : {}),
            ...(random() < 0.6 ? { stop: integer(random, 14) - 7 } : {}),
            ...(random() < 0.6 ? { step: 1 + integer(random, 3) } : {}),
          });
        }
      }
      const got = sliceArray(array, items);
      const wanted = reference(nestedByDefinition(array), items);
      if (got.size > 0)
        expect(plain(got), JSON.stringify({ shape, items, order: array.order, dtype })).toEqual(wanted);
      expect(got.order).toBe('C');
      expect(got.dtype).toBe(dtype);
    }
  });

  test('keeps unit and drops indexed dimensions', () => {
    const times = new NDArray({
      dtype: 'datetime64',
      shape: [2, 2],
      data: BigInt64Array.of(1n, 2n, 3n, 4n),
      unit: 'ns',
    });
    const row = sliceArray(times, '1');
    expect([row.shape, row.unit, [...row.data]]).toEqual([[2], 'ns', [3n, 4n]]);
    expect(sliceArray(times, '1,0').shape).toEqual([]);
  });

  test('is a copy: changing it leaves the array alone', () => {
    const array = makeArray('int16', [4], 'C');
    (sliceArray(array, '1:3').data as Int16Array)[0] = 99;
    expect(toNested(array)).toEqual([0, 1, 2, 3]);
  });
});

describe('toCOrder', () => {
  test('gives the same elements, and keeps attributes', () => {
    for (const shape of [[3, 4], [2, 3, 4], [5], [1, 6, 1], [0, 3], []]) {
      const array = withAttributes(makeArray('int16', shape, 'F'), { unit: 'K' });
      const turned = toCOrder(array);
      expect(turned.order).toBe('C');
      expect(plain(turned)).toEqual(plain(array));
      expect(attributesOf(turned)).toEqual({ unit: 'K' });
    }
  });

  test('does not copy what is in C order', () => {
    const array = makeArray('int16', [2, 2], 'C');
    expect(toCOrder(array)).toBe(array);
  });
});

describe('sliceTable', () => {
  const cities = table([
    { city: 'Bern', people: 134_000 },
    { city: 'Chur', people: null },
    { city: 'Thun', people: 44_000 },
  ]);

  test('picks rows and columns in the order asked for', () => {
    const part = sliceTable(cities, { slice: '1:', columns: ['people', 'city'] });
    expect(part.columns.map((column) => column.name)).toEqual(['people', 'city']);
    expect(toRows(part).map((row) => ({ ...row }))).toEqual([
      { people: null, city: 'Chur' },
      { people: 44_000, city: 'Thun' },
    ]);
  });

  test('gives a table of one row for an index', () => {
    expect(toRows(sliceTable(cities, { slice: '-1' })).map((row) => row.city)).toEqual(['Thun']);
  });

  test('slices nested and two-dimensional columns by rows', () => {
    const wide = new Table(2, [
      { name: 'pair', type: scalarType('int16'), values: makeArray('int16', [2, 3], 'F') },
      {
        name: 'list',
        type: { kind: 'list', item: scalarType('float64'), nullable: false },
        values: [[1], [2, 3]],
      },
    ]);
    const part = sliceTable(wide, { slice: '1:' });
    expect(toRows(part).map((row) => ({ ...row }))).toEqual([{ pair: [1, 3, 5], list: [2, 3] }]);
  });

  test('names the columns there are when one is missing', () => {
    expect(() => sliceTable(cities, { columns: ['country'] })).toThrow(
      expect.objectContaining({ code: 'not-found', supported: ['city', 'people'] }),
    );
    expect(() => sliceTable(cities, { slice: '0,1' })).toThrow(
      expect.objectContaining({ code: 'bad-selection' }),
    );
  });
});
