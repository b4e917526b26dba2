import { describe, expect, test } from 'vitest';
import {
  firstDifference,
  NDArray,
  ndarray,
  Pairs,
  scalarType,
  Table,
  Tagged,
  table,
  type Value,
  withAttributes,
  zeros,
} from '../src/index.js';

const floats = (...values: number[]): NDArray => ndarray(Float64Array.from(values));

describe('firstDifference', () => {
  const same: readonly (readonly [string, Value, Value])[] = [
    ['NaN', Number.NaN, Number.NaN],
    ['a scalar and its 0-d array', 5, new NDArray({ dtype: 'float64', shape: [], data: Float64Array.of(5) })],
    [
      'a bigint and its 0-d array',
      5n,
      new NDArray({ dtype: 'int64', shape: [], data: BigInt64Array.of(5n) }),
    ],
    [
      'C and F order',
      ndarray(Int8Array.of(1, 2, 3, 4), [2, 2]),
      new NDArray({ dtype: 'int8', shape: [2, 2], data: Int8Array.of(1, 3, 2, 4), order: 'F' }),
    ],
    ['members in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['bytes and a Buffer', Uint8Array.of(1), Buffer.from([1])],
    ['invalid dates', new Date(Number.NaN), new Date(Number.NaN)],
    ['attributes, which are not asked for', withAttributes({ a: 1 }, { u: 1 }), { a: 1 }],
    ['validity that is all there and none', tableOf([1, 2], undefined), tableOf([1, 2], Uint8Array.of(1, 1))],
    ['fillers under nulls', tableOf([1, 2], Uint8Array.of(1, 0)), tableOf([1, 99], Uint8Array.of(1, 0))],
  ];
  test.each(same)('finds none in %s', (_, left, right) => {
    expect(firstDifference(left, right)).toBe(undefined);
    expect(firstDifference(right, left)).toBe(undefined);
  });

  const different: readonly (readonly [string, Value, Value, string])[] = [
    ['the sign of zero', 0, -0, ''],
    ['number and bigint', 1, 1n, ''],
    ['null and a missing member', { a: null }, {}, '/a'],
    ['dtypes', floats(1), ndarray(Float32Array.of(1)), ''],
    ['shapes', floats(1, 2), ndarray(Float64Array.of(1, 2), [2, 1]), ''],
    ['units', timeIn('s'), timeIn('ms'), ''],
    ['one element', floats(1, 2, 3), floats(1, 2, 4), '/2'],
    ['the bits of NaN', nanWithPayload(1), nanWithPayload(2), '/0'],
    ['the second part of a complex', complex(1, 2), complex(1, 3), '/1'],
    ['a list and an array', [1], floats(1), ''],
    ['lengths', [1], [1, 2], ''],
    ['names', { 'a/b': [{ c: 1 }] }, { 'a/b': [{ c: 2 }] }, '/a~1b/0/c'],
    ['tags', new Tagged('set', []), new Tagged('tuple', []), ''],
    ['attributes of tags', new Tagged('x', 1, { a: 1 }), new Tagged('x', 1, { a: 2 }), '/@/a'],
    ['keys of pairs', new Pairs([[1, 2]]), new Pairs([[2, 2]]), '/0'],
    ['column types', tableOf([1], undefined, true), tableOf([1], undefined), '/a'],
    ['nulls', tableOf([1, 2], Uint8Array.of(1, 0)), tableOf([1, 2], Uint8Array.of(0, 1)), '/a/0'],
    ['rows', table([{ a: 1 }]), table([{ a: 1 }, { a: 1 }]), ''],
    ['column names', table([{ a: 1 }]), table([{ b: 1 }]), ''],
    ['cells', table([{ a: 'x' }, { a: 'y' }]), table([{ a: 'x' }, { a: 'z' }]), '/a/1'],
    ['dates', new Date(1), new Date(Number.NaN), ''],
    ['a record and a table', {}, table([]), ''],
  ];
  test.each(different)('finds %s', (_, left, right, path) => {
    expect(firstDifference(left, right)?.path).toBe(path);
    expect(firstDifference(right, left)?.path).toBe(path);
  });

  test('compares attributes when asked to', () => {
    const left = { a: withAttributes(floats(1), { unit: 'K' }) };
    const right = { a: withAttributes(floats(1), { unit: 'C' }) };
    expect(firstDifference(left, right)).toBe(undefined);
    expect(firstDifference(left, right, { attributes: true })?.path).toBe('/a/@/unit');
  });

  test('ends on cycles: in lists, records, tagged values, pairs and object arrays', () => {
    const cycles = (end: number): Value[] => {
      const list: Value[] = [end];
      list.push(list);
      const record: { [name: string]: Value } = { z: end };
      record.a = record;
      const inside: Value[] = [null, end];
      const array = new NDArray({ dtype: 'object', shape: [2], data: inside });
      inside[0] = array;
      const members: Value[] = [];
      const tagged = new Tagged('set', members);
      members.push(tagged, end);
      const entries: [Value, Value][] = [];
      const pairs = new Pairs(entries);
      entries.push([1, pairs], [2, end]);
      return [list, record, tagged, pairs, array];
    };
    const [one, other, third] = [cycles(1), cycles(1), cycles(2)];
    one.forEach((value, i) => {
      expect(firstDifference(value, other[i]!)).toBe(undefined);
      expect(firstDifference(value, third[i]!)).not.toBe(undefined);
    });
  });
});

function tableOf(values: number[], valid: Uint8Array | undefined, dictionary?: true): Table {
  const type = scalarType('float64', { nullable: true, ...(dictionary === undefined ? {} : { dictionary }) });
  return new Table(values.length, [{ name: 'a', type, values: floats(...values), valid }]);
}

function timeIn(unit: string): NDArray {
  return new NDArray({ dtype: 'timedelta64', shape: [1], data: BigInt64Array.of(1n), unit });
}

function nanWithPayload(payload: number): NDArray {
  const data = new Float64Array(1);
  new Uint32Array(data.buffer).set([payload, 0x7ff80000]);
  return new NDArray({ dtype: 'float64', shape: [1], data });
}

function complex(real: number, imaginary: number): NDArray {
  const array = zeros('complex128', [1]);
  (array.data as Float64Array).set([real, imaginary]);
  return array;
}
