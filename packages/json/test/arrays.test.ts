import { isNDArray, NDArray, ndarray, newRecord, table, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { lines, read, write } from './reading.js';

function arrayIn(text: string, options = {}): NDArray {
  const { value } = read(text, options);
  if (!isNDArray(value)) throw new Error(`${text} is read as ${JSON.stringify(value)}`);
  return value;
}

describe('reading', () => {
  it('tells floats and integers apart as Python does', () => {
    expect(arrayIn('[1,2,3]')).toMatchObject({
      dtype: 'int64',
      shape: [3],
      data: BigInt64Array.of(1n, 2n, 3n),
    });
    expect(arrayIn('[1,2.0,3]')).toMatchObject({ dtype: 'float64', data: Float64Array.of(1, 2, 3) });
    expect(arrayIn('[1,2e0]')).toMatchObject({ dtype: 'float64' });
    expect(arrayIn('[NaN,-Infinity]')).toMatchObject({
      dtype: 'float64',
      data: Float64Array.of(Number.NaN, Number.NEGATIVE_INFINITY),
    });
    expect(arrayIn('[-0,1]')).toMatchObject({ dtype: 'float64', data: Float64Array.of(-0, 1) });
  });

  it('reads every rank, with any blanks', () => {
    expect(arrayIn(' [ [ [ 1 , 2 ] , [ 3 , 4 ] ] ,\n[[5,6],\t[7,8]] ] ').shape).toEqual([2, 2, 2]);
    const deep = `${'['.repeat(32)}1.5${']'.repeat(32)}`;
    expect(arrayIn(deep).shape).toHaveLength(32);
    expect(isNDArray(read(`[${deep}]`).value)).toBe(false);
  });

  it('keeps int64 to the last digit', () => {
    expect(arrayIn('[9223372036854775807,-9223372036854775808,-9007199254740993]').data).toEqual(
      BigInt64Array.of(9223372036854775807n, -9223372036854775808n, -9007199254740993n),
    );
  });

  it.each([
    ['ragged lists', '[[1,2],[3]]'],
    ['lists of several depths', '[1,[2]]'],
    ['lists of several depths, the other way', '[[1],2]'],
    ['no numbers', '[]'],
    ['no numbers in a list', '[[],[]]'],
    ['nulls', '[1,null]'],
    ['text', '[1,"2"]'],
    ['integers beyond int64', '[9223372036854775808]'],
    ['integers beyond 2^53 among fractions', '[9007199254740993,0.5]'],
  ])('leaves %s a list', (_what, text) => {
    const { value, losses } = read(text);
    expect(Array.isArray(value)).toBe(true);
    expect(losses).toEqual([]);
  });

  it('sees arrays and tables among the members of the root, if all are such', () => {
    const { value } = read('{"a":[1.5,2],"b":[[1],[2]],"rows":[{"x":1},{"x":2}]}');
    expect(value).toEqual({
      a: ndarray(Float64Array.of(1.5, 2)),
      b: ndarray(BigInt64Array.of(1n, 2n), [2, 1]),
      rows: table({ x: BigInt64Array.of(1n, 2n) }),
    });
    expect(read('{"a":[1.5,2],"title":"x"}').value).toEqual({ a: [1.5, 2], title: 'x' });
    expect(read('{"a":{"b":[1.5,2]}}').value).toEqual({ a: { b: [1.5, 2] } });
  });

  it('sees them everywhere, or nowhere, on demand', () => {
    const text = '{"title":"x","deep":{"a":[[1.5],[2]],"ragged":[[1,2],[3]]}}';
    expect(read(text, { arrays: 'always' }).value).toEqual({
      title: 'x',
      deep: {
        a: ndarray(Float64Array.of(1.5, 2), [2, 1]),
        ragged: [ndarray(BigInt64Array.of(1n, 2n)), ndarray(BigInt64Array.of(3n))],
      },
    });
    expect(read('[1,2]', { arrays: 'never' }).value).toEqual([1, 2]);
  });

  it('does not take quadratic time for lists that turn out to be no arrays', () => {
    const text = `${'[[1,2],'.repeat(400)}"x"${']'.repeat(400)}`;
    expect(Array.isArray(read(text, { arrays: 'always' }).value)).toBe(true);
    const wide = `[${'[[1,2,3],[4,5,6]],'.repeat(20_000)}"x"]`;
    expect((read(wide, { arrays: 'always' }).value as Value[]).length).toBe(20_001);
  });

  it('grows with arrays that are larger than their first row promises', () => {
    const rows = Array.from({ length: 300 }, (_, i) => [i + 0.5, (i + 0.5) * 1e-7]);
    expect(arrayIn(JSON.stringify(rows)).data).toEqual(Float64Array.from(rows.flat()));
    const shrinking = `[${'100000000000000000000.5,'.repeat(64)}${'0.5,'.repeat(5000)}1.5]`;
    expect(arrayIn(shrinking).shape).toEqual([5065]);
  });
});

describe('writing', () => {
  it("writes what Python's json.dumps(a.tolist()) does", () => {
    const array = ndarray(
      Float64Array.of(1, -0, 0.1, 1e-5, 123456789.125, 1e15, Number.NaN, Number.NEGATIVE_INFINITY),
      [2, 4],
    );
    expect(write(array).text).toBe('[[1.0,-0.0,0.1,1e-05],[123456789.125,1000000000000000.0,NaN,-Infinity]]');
    expect(write(ndarray(Float64Array.of(1e16, -1.5e300))).text).toBe('[1e16,-1.5e300]');
    const integers = BigInt64Array.of(
      0n,
      -1n,
      999999999999999n,
      1000000000000000n,
      -(2n ** 63n),
      2n ** 63n - 1n,
      -(2n ** 32n),
      2n ** 31n,
    );
    expect(write(ndarray(integers)).text).toBe(`[${[...integers].join(',')}]`);
  });

  it('turns column-major arrays into rows', () => {
    const array = new NDArray({
      dtype: 'float64',
      shape: [2, 3],
      order: 'F',
      data: Float64Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(write(array).text).toBe('[[1.0,3.0,5.0],[2.0,4.0,6.0]]');
  });

  it('breaks lines between rows, not between numbers', () => {
    const value = { a: ndarray(Float64Array.of(1, 2, 3, 4), [2, 2]), b: [] };
    expect(write(value, { indent: 2 }).text).toBe(
      '{\n  "a": [\n    [1.0, 2.0],\n    [3.0, 4.0]\n  ],\n  "b": []\n}',
    );
  });

  it('reports arrays that come back as lists, and lists that come back as arrays', () => {
    const array = ndarray(Float64Array.of(1, 2));
    expect(write(array).losses).toEqual([]);
    expect(write({ a: array, b: array }).losses).toEqual([]);
    expect(lines(write({ a: array, b: 'text' }).losses)).toEqual([
      "type at '/a': float64 array of shape [2] -> list",
    ]);
    expect(lines(write([1, 2]).losses)).toEqual(["type at '': list of numbers -> array"]);
    expect(lines(write({ a: [[1], [2n ** 60n]] }).losses)).toEqual([
      "type at '/a': list of numbers -> array",
    ]);
    expect(write([[1, 2], [3]]).losses).toEqual([]);
    expect(write([1, null]).losses).toEqual([]);
    expect(write([1, 2], { arrays: 'never' }).losses).toEqual([]);
    expect(lines(write(array, { arrays: 'never' }).losses)).toEqual([
      "type at '': float64 array of shape [2] -> list",
    ]);
    expect(write({ x: { a: array } }, { arrays: 'always' }).losses).toEqual([]);
    expect(lines(write({ x: { a: [1] } }, { arrays: 'always' }).losses)).toEqual([
      "type at '/x/a': list of numbers -> array",
    ]);
    expect(lines(write(ndarray(new Float64Array(0), [0, 3])).losses)).toEqual([
      "type at '': float64 array of shape [0,3] -> list",
    ]);
  });

  it('writes dtypes without a home in JSON as text, reported', () => {
    const times = new NDArray({
      dtype: 'datetime64',
      unit: 'D',
      shape: [2],
      data: BigInt64Array.of(0n, -(2n ** 63n)),
    });
    expect(write({ t: times, x: 1 })).toMatchObject({ text: '{"t":["1970-01-01",null],"x":1}' });
    expect(lines(write(times).losses)).toContain("dtype at '': datetime64[D] -> ISO string");
    expect(write(new NDArray({ dtype: 'bytes', shape: [1], data: [Uint8Array.of(1, 2)] })).text).toBe(
      '["AQI="]',
    );
    expect(write(new NDArray({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) })).text).toBe(
      '[true,false]',
    );
  });

  it('writes NaN and infinities as the option says', () => {
    const array = ndarray(Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY));
    const asNull = write(array, { nan: 'null' });
    expect(asNull.text).toBe('[1.0,null,null]');
    expect(asNull.losses).toContainEqual({
      path: '',
      kind: 'nan',
      from: 'NaN or infinity',
      to: 'null',
      count: 2,
    });
    expect(() => write(array, { nan: 'refuse' })).toThrow(/JSON has no such number/);
    expect(write(array).losses).toEqual([]);
  });

  it('reports arrays beside one that null keeps from being an array', () => {
    const good = ndarray(Float64Array.of(1));
    const { losses } = write({ good, bad: ndarray(Float64Array.of(Number.NaN)) }, { nan: 'null' });
    expect(lines(losses)).toContain("type at '/good': float64 array of shape [1] -> list");
  });

  it('reports NaN with a payload', () => {
    const payload = new NDArray({
      dtype: 'float64',
      shape: [1],
      data: new Float64Array(BigUint64Array.of(0x7ff8000000000001n).buffer),
    });
    expect(lines(write(payload).losses)).toEqual(["nan at '': NaN with a payload -> NaN"]);
  });

  it('has no loss for records without members', () => {
    expect(write(newRecord())).toEqual({ text: '{}', losses: [] });
  });
});
