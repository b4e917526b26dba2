import {
  columnOfValues,
  firstDifference,
  isTable,
  NDArray,
  ndarray,
  scalarType,
  Table,
  table,
  toRows,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { lines, read, write } from './reading.js';

function tableIn(text: string, options = {}): Table {
  const { value } = read(text, options);
  if (!isTable(value)) throw new Error(`${text} is read as ${JSON.stringify(value)}`);
  return value;
}

const typesOf = (of: Table): string[] =>
  of.columns.map(
    ({ name, type }) =>
      `${name}: ${type.kind === 'scalar' ? type.dtype : type.kind}${type.nullable ? '?' : ''}`,
  );

describe('reading', () => {
  it('makes typed columns of like records, their names in any order', () => {
    const found = tableIn('[{"id":1,"x":1.5,"name":"ä","ok":true},\n {"x":2,"id":2,"ok":false,"name":null}]');
    expect(typesOf(found)).toEqual(['id: int64', 'x: float64', 'name: string?', 'ok: bool']);
    expect(toRows(found)).toEqual([
      { id: 1n, x: 1.5, name: 'ä', ok: true },
      { id: 2n, x: 2, name: null, ok: false },
    ]);
  });

  it('keeps integers of 64 bits, and nulls before the first value', () => {
    const found = tableIn(
      '[{"a":null,"b":null,"c":null},{"a":9223372036854775807,"b":"x","c":true},{"a":-1,"b":null,"c":null}]',
    );
    expect(typesOf(found)).toEqual(['a: int64?', 'b: string?', 'c: bool?']);
    expect(toRows(found).map((row) => row['a'])).toEqual([null, 9223372036854775807n, -1n]);
    expect(toRows(found).map((row) => row['b'])).toEqual([null, 'x', null]);
  });

  it.each([
    ['rows that differ in their names', '[{"a":1},{"b":1}]'],
    ['rows that lack a name', '[{"a":1,"b":2},{"a":1}]'],
    ['rows with another name', '[{"a":1},{"a":1,"b":2}]'],
    ['columns of several types', '[{"a":1},{"a":"x"}]'],
    ['nested values', '[{"a":[1]},{"a":[2]}]'],
    ['records without members', '[{},{}]'],
    ['rows among other values', '[{"a":1},2]'],
    ['integers beyond int64', '[{"a":9223372036854775808}]'],
    ['integers beyond 2^53 among fractions', '[{"a":9007199254740993},{"a":0.5}]'],
  ])('leaves %s a list', (_what, text) => {
    const { value, losses } = read(text);
    expect(Array.isArray(value)).toBe(true);
    expect(losses).toEqual([]);
  });

  it('leaves a list of rows with a name twice a list, and reports it', () => {
    const { value, losses } = read('[{"a":1},{"a":1,"a":2}]');
    expect(value).toEqual([{ a: 1 }, { a: 2 }]);
    expect(lines(losses)).toEqual(["dropped at '/1/a': a member that stands twice -> the last one"]);
  });

  it('always makes a table on demand: missing names are nulls, mixed cells objects', () => {
    const found = tableIn('[{"a":1,"b":[1,2]},{"c":"x","a":"y"},{"b":null,"a":2.5}]', { tables: 'always' });
    expect(typesOf(found)).toEqual(['a: object', 'b: object?', 'c: string?']);
    expect(toRows(found)).toEqual([
      { a: 1, b: [1, 2], c: null },
      { a: 'y', b: null, c: 'x' },
      { a: 2.5, b: null, c: null },
    ]);
  });

  it('finds tables in depth on demand, and none where they are not wanted', () => {
    const text = '{"data":{"rows":[{"a":1},{"a":2}]},"n":1}';
    const nested = read(text, { tables: 'always' }).value as { data: { rows: Value } };
    expect(isTable(nested.data.rows)).toBe(true);
    expect(read('[{"a":1}]', { tables: 'never' }).value).toEqual([{ a: 1 }]);
  });

  it('takes names of every object for names like any other', () => {
    const found = tableIn('[{"__proto__":1,"constructor":2},{"__proto__":3,"constructor":4}]');
    expect(found.columns.map((column) => column.name)).toEqual(['__proto__', 'constructor']);
  });
});

describe('writing', () => {
  it('writes a record a row, numbers as in arrays', () => {
    const rows = table({
      x: Float64Array.of(1, Number.NaN),
      n: BigInt64Array.of(5n, -(2n ** 63n)),
      s: ['a"b', '\ud800'],
    });
    const { text, losses } = write(rows);
    expect(text).toBe('[{"x":1.0,"n":5,"s":"a\\"b"},{"x":NaN,"n":-9223372036854775808,"s":"\\ud800"}]');
    expect(losses).toEqual([]);
    expect(firstDifference(rows, read(text).value)).toBeUndefined();
    expect(write(rows, { indent: 1 }).text.split('\n')).toHaveLength(4);
  });

  it('keeps nulls', () => {
    const rows = new Table(3, [
      columnOfValues('a', [1.5, null, 2]),
      columnOfValues('b', [null, 'x', null]),
      columnOfValues('c', [true, null, false]),
    ]);
    const { text, losses } = write(rows);
    expect(losses).toEqual([]);
    expect(firstDifference(rows, read(text).value)).toBeUndefined();
  });

  it('reports column types that are not read back', () => {
    const int64 = (values: readonly bigint[]): NDArray => ndarray(BigInt64Array.from(values));
    const rows = new Table(1, [
      {
        name: 'decimal',
        type: scalarType('int64', { decimal: { precision: 5, scale: 2 } }),
        values: int64([-5n]),
      },
      { name: 'category', type: scalarType('string', { dictionary: true }), values: ndarray(['a']) },
      { name: 'maybe', type: scalarType('int64', { nullable: true }), values: int64([1n]) },
      {
        name: 'nothing',
        type: scalarType('int64', { nullable: true }),
        values: int64([0n]),
        valid: Uint8Array.of(0),
      },
    ]);
    const { text, losses } = write(rows);
    expect(text).toBe('[{"decimal":-0.05,"category":"a","maybe":1,"nothing":null}]');
    expect(lines(losses)).toEqual([
      "type at '/decimal': decimal(5, 2) -> number",
      "type at '/category': dictionary -> string",
      "type at '/maybe': nullable int64 without a null -> int64",
      "type at '/nothing': int64 without a value -> string",
    ]);
  });

  it('reports tables that come back as lists, and lists that come back as tables', () => {
    const rows = table({ x: Float64Array.of(1) });
    expect(write({ rows, more: rows }).losses).toEqual([]);
    expect(lines(write({ rows, title: 'x' }).losses)).toEqual(["type at '/rows': table -> list of records"]);
    expect(lines(write([{ a: 1 }, { a: 2 }]).losses)).toEqual(["type at '': list of records -> table"]);
    expect(write([{ a: 1 }, { b: 2 }]).losses).toEqual([]);
    expect(write([{ a: 1 }, { a: 'x' }]).losses).toEqual([]);
    expect(write([{ a: 1 }], { tables: 'never' }).losses).toEqual([]);
    expect(lines(write(new Table(0, [])).losses)).toEqual(["type at '': table -> empty list"]);
    expect(
      lines(
        write(
          new Table(1, [
            { name: 'm', type: scalarType('float64'), values: ndarray(Float64Array.of(1, 2), [1, 2]) },
          ]),
        ).losses,
      ),
    ).toEqual(["type at '': table -> list of records"]);
  });

  it.each([
    ['ns', 1_700_000_000_123_456_789n, 'UTC', '2023-11-14T22:13:20.123456789Z'],
    ['us', -1n, undefined, '1969-12-31T23:59:59.999999'],
    ['ms', 0n, undefined, '1970-01-01T00:00:00.000'],
    ['s', -62_167_219_200n, undefined, '0000-01-01T00:00:00'],
    ['s', 253_402_300_800n, undefined, '+010000-01-01T00:00:00'],
    ['m', 1n, undefined, '1970-01-01T00:01:00'],
    ['h', -1n, undefined, '1969-12-31T23:00:00'],
    ['D', 19_782n, undefined, '2024-02-29'],
    ['W', 1n, undefined, '1970-01-08'],
    ['M', -1n, undefined, '1969-12'],
    ['Y', -2000n, undefined, '-000030'],
    ['25s', 2n, undefined, '1970-01-01T00:00:50'],
  ])('writes ticks of %s as ISO 8601', (unit, ticks, zone, text) => {
    const type = scalarType('datetime64', { unit, ...(zone === undefined ? {} : { zone }) });
    const values = new NDArray({ dtype: 'datetime64', unit, shape: [1], data: BigInt64Array.of(ticks) });
    expect(write(new Table(1, [{ name: 't', type, values }])).text).toBe(`[{"t":"${text}"}]`);
  });
});
