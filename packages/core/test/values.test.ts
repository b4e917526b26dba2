import { describe, expect, test } from 'vitest';
import {
  allocateData,
  appendValue,
  attributesOf,
  childPath,
  columnOfValues,
  concatTables,
  DTYPES,
  elementAt,
  entriesOf,
  fromNested,
  isRecord,
  itemSize,
  joinPath,
  kindOfValue,
  NDArray,
  ndarray,
  newRecord,
  Pairs,
  scalarArray,
  scalarType,
  splitPath,
  Table,
  Tagged,
  table,
  toNested,
  toRows,
  type Value,
  valueAt,
  viewData,
  withAttributes,
  zeros,
} from '../src/index.js';

const unsupported = expect.objectContaining({ code: 'unsupported' });

describe('records', () => {
  test('take __proto__ as a name like any other', () => {
    const record = newRecord();
    const name = '__proto__';
    record[name] = 1;
    record.constructor = 2 as never;
    expect(Object.keys(record)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).constructor).toBe(Object);
    expect(Object.getPrototypeOf(Object.getPrototypeOf(record))).toBe(null);
    expect(isRecord(record)).toBe(true);
    expect('toString' in record).toBe(false);
  });

  test('are plain objects only', () => {
    const others = [
      [],
      new Date(),
      new Uint8Array(1),
      new Map(),
      zeros('int8', [1]),
      new Tagged('set', []),
      null,
      1,
    ];
    for (const other of others) expect(isRecord(other), kindOfValue(other)).toBe(false);
    for (const plain of [{}, Object.create(null), newRecord()]) expect(isRecord(plain)).toBe(true);
  });
});

describe('attributes', () => {
  test('ride along unseen', () => {
    const record = withAttributes({ a: 1 }, { unit: 'K' });
    expect(Object.keys(record)).toEqual(['a']);
    expect(attributesOf(record)).toEqual({ unit: 'K' });
    expect(attributesOf({ a: 1 })).toBe(undefined);
    expect(attributesOf(null)).toBe(undefined);
  });
});

describe('ndarray', () => {
  test('takes the dtype of the class, and holds the data itself', () => {
    const data = new Float32Array([1, 2, 3, 4]);
    const array = ndarray(data, [2, 2]);
    expect([array.dtype, array.shape, array.size]).toEqual(['float32', [2, 2], 4]);
    expect(array.data).toBe(data);
    expect(ndarray(Buffer.from([1])).dtype).toBe('uint8');
    expect(ndarray([1, 2]).dtype).toBe('float64');
    expect(ndarray(['a']).dtype).toBe('string');
    expect(ndarray(new Float64Array(4), undefined, 'complex128').shape).toEqual([2]);
  });

  test('refuses data that does not fill the shape', () => {
    expect(() => ndarray(new Float64Array(3), [2, 2])).toThrow(
      'make array of shape [2,2]: 3 of 4 slots of float64 data',
    );
  });

  test.each(DTYPES)('allocates %s', (dtype) => {
    const array = zeros(dtype, [2, 3]);
    expect(array.size).toBe(6);
    if (itemSize(dtype) > 0) expect((array.data as Uint8Array).byteLength).toBe(6 * itemSize(dtype));
    expect(toNested(array)).toHaveLength(2);
  });

  test('views aligned bytes and copies others', () => {
    const buffer = new Uint8Array(new Float64Array([1, 2]).buffer);
    expect(viewData('float64', buffer, 2).buffer).toBe(buffer.buffer);
    const shifted = new Uint8Array(17);
    shifted.set(buffer, 1);
    expect([...viewData('float64', shifted.subarray(1), 2)]).toEqual([1, 2]);
    expect(() => viewData('float64', buffer, 3)).toThrow(RangeError);
    // A Buffer's own slice would be a view, and as little aligned.
    const node = Buffer.from(shifted.buffer);
    expect([...viewData('float64', node.subarray(1), 2)]).toEqual([1, 2]);
    expect(allocateData('string', 2)).toEqual(['', '']);
  });
});

describe('nested lists', () => {
  test('come from arrays in C order', () => {
    const array = new NDArray({
      dtype: 'int8',
      shape: [2, 3],
      data: Int8Array.of(0, 3, 1, 4, 2, 5),
      order: 'F',
    });
    expect(toNested(array)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(toNested(zeros('bool', []))).toBe(false);
    expect(toNested(zeros('float16', [1]))).toEqual([0]);
    expect(elementAt(zeros('complex64', [1]), 0)).toEqual(new Tagged('complex', [0, 0]));
  });

  test('become arrays of the kind that their elements share', () => {
    expect(
      fromNested([
        [1, 2],
        [3, 4],
      ]),
    ).toMatchObject({ dtype: 'float64', shape: [2, 2] });
    expect(fromNested([1n, -1n]).dtype).toBe('int64');
    expect(fromNested([true]).dtype).toBe('bool');
    expect(fromNested([['a']]).dtype).toBe('string');
    expect(fromNested([[], []])).toMatchObject({ dtype: 'float64', shape: [2, 0] });
    expect(fromNested([])).toMatchObject({ shape: [0] });
  });

  test('are refused where they are ragged, mixed or hold what no array does', () => {
    for (const lists of [[[1], [1, 2]], [1, [2]], [[1], 2], [1, 'a'], [2n ** 63n], [null], [[], [1]]]) {
      expect(() => fromNested(lists as Value[])).toThrow(unsupported);
    }
  });

  test('a scalar is its 0-d array', () => {
    expect(scalarArray(1)).toMatchObject({ dtype: 'float64', shape: [] });
    expect(scalarArray(2n ** 63n)).toBe(undefined);
    expect(scalarArray(null)).toBe(undefined);
  });
});

describe('tables', () => {
  test('infer types from all values of a column', () => {
    const from = table([
      { n: 1, i: 1n, b: true, s: 'x', d: new Date(5), y: Uint8Array.of(1), m: 1 },
      { n: null, i: 2n, b: false, s: 'y', d: new Date(6), y: Uint8Array.of(), m: 'a' },
    ]);
    const types = from.columns.map(({ name, type }) => [
      name,
      (type as { dtype: string }).dtype,
      type.nullable,
    ]);
    expect(types).toEqual([
      ['n', 'float64', true],
      ['i', 'int64', false],
      ['b', 'bool', false],
      ['s', 'string', false],
      ['d', 'datetime64', false],
      ['y', 'bytes', false],
      ['m', 'object', false],
    ]);
    expect({ ...toRows(from)[1] }).toEqual({
      n: null,
      i: 2n,
      b: false,
      s: 'y',
      d: 6n,
      y: Uint8Array.of(),
      m: 'a',
    });
  });

  test('take columns by name, also bytes, and fill missing members with nulls', () => {
    const from = table({ x: new Float64Array([1, 2]), u: Uint8Array.of(1, 2), s: ['a', null] });
    expect(from.columns.map((column) => (column.type as { dtype: string }).dtype)).toEqual([
      'float64',
      'uint8',
      'string',
    ]);
    expect(toRows(table([{ a: 1 }, { b: 2 }])).map((row) => ({ ...row }))).toEqual([
      { a: 1, b: null },
      { a: null, b: 2 },
    ]);
    expect(table([]).rows).toBe(0);
  });

  test('name a column __proto__ as any other', () => {
    const rows = toRows(table({ ['__proto__']: [1] }));
    expect(Object.keys(rows[0]!)).toEqual(['__proto__']);
  });

  test('refuse columns of other lengths and names that stand twice', () => {
    const column = columnOfValues('a', [1, 2]);
    expect(() => new Table(3, [column])).toThrow(RangeError);
    expect(() => new Table(2, [column, column])).toThrow('stands twice');
  });
});

describe('appendValue', () => {
  test('adds slabs along the first dimension, and single elements', () => {
    const base = ndarray(Int32Array.of(1, 2, 3, 4), [2, 2]);
    expect(toNested(appendValue(base, ndarray(Int32Array.of(5, 6)), '') as NDArray)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(toNested(appendValue(ndarray([1]), 2, '') as NDArray)).toEqual([1, 2]);
    const columnMajor = new NDArray({
      dtype: 'int32',
      shape: [2, 2],
      data: Int32Array.of(5, 7, 6, 8),
      order: 'F',
    });
    expect(toNested(appendValue(base, columnMajor, '') as NDArray)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    const lists = new NDArray({ dtype: 'object', shape: [1], data: [[1, 2]] });
    expect(toNested(appendValue(lists, lists, '') as NDArray)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('adds rows, and makes the column nullable when a null comes', () => {
    const base = table([{ a: 1 }]);
    const more = concatTables([base, table([{ a: null }, { a: 2 }] as never), base].map((part) => part));
    expect(toRows(more).map((row) => row.a)).toEqual([1, null, 2, 1]);
    expect(more.columns[0]!.type.nullable).toBe(true);
  });

  test('adds elements to lists', () => {
    expect(appendValue([1], [2, 3], '')).toEqual([1, 2, 3]);
    expect(appendValue([1], 'a', '')).toEqual([1, 'a']);
  });

  test('refuses what does not fit, naming both', () => {
    const base = ndarray(Int32Array.of(1, 2), [2]);
    const days = new NDArray({ dtype: 'datetime64', shape: [1], data: BigInt64Array.of(1n), unit: 'D' });
    const seconds = new NDArray({ dtype: 'datetime64', shape: [1], data: BigInt64Array.of(1n), unit: 's' });
    expect(() => appendValue(base, ndarray([1]), '/x')).toThrow(
      "append float64 of shape [1] to '/x': the array is int32 of shape [2]",
    );
    expect(() => appendValue(base, ndarray(new Int32Array(4), [2, 2]), '/x')).toThrow(unsupported);
    expect(() => appendValue(days, seconds, '')).toThrow(unsupported);
    expect(() => appendValue(zeros('int8', []), zeros('int8', []), '')).toThrow(unsupported);
    expect(() => appendValue(table([{ a: 1 }]), table([{ b: 1 }]), '')).toThrow(unsupported);
    expect(() => appendValue(table([{ a: 1 }]), table([{ a: 1, b: 1 }]), '')).toThrow(unsupported);
    expect(() => appendValue(table([{ a: 1 }]), table([{ a: 'x' }]), '')).toThrow(unsupported);
    expect(() => appendValue({ a: 1 }, 1, '')).toThrow(unsupported);
    const lists = new Table(1, [
      { name: 'a', type: { kind: 'list', item: scalarType('int8'), nullable: false }, values: [[1]] },
    ]);
    expect(() => appendValue(table([{ a: 1 }]), lists, '')).toThrow(unsupported);
  });
});

describe('paths', () => {
  test('escape and come back', () => {
    for (const names of [[], ['a'], ['a/b', '~', '~1', ''], ['', '']])
      expect(splitPath(joinPath(names))).toEqual(names);
    expect(childPath('/a', 'b/c')).toBe('/a/b~1c');
    expect(childPath('', 3)).toBe('/3');
  });

  test('lead to members and elements, never to inherited ones', () => {
    const root = { a: [{ b: 1 }] };
    expect(valueAt(root, '/a/0/b')).toBe(1);
    for (const path of ['/a/1', '/a/00', '/a/length', '/toString', '/__proto__', '/a/0/b/c']) {
      expect(() => valueAt(root, path), path).toThrow(expect.objectContaining({ code: 'not-found', path }));
    }
  });

  test('entriesOf lists groups before what they hold', () => {
    const value = { g: { x: zeros('int8', [2]) }, 't/t': table([{ a: 1 }]), l: [1], p: new Pairs([]) };
    expect([...entriesOf(value, '')].map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      '/g group',
      '/g/x array',
      '/t~1t table',
      '/l tree',
      '/p tree',
    ]);
  });

  test('entriesOf lists a record that stands in itself once, and a shared one at each place', () => {
    const inner = newRecord();
    const root = newRecord();
    Object.assign(inner, { x: zeros('int8', [2]), again: inner, up: root });
    Object.assign(root, { a: inner, b: inner });
    expect([...entriesOf(root, '')].map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      ...['/a group', '/a/x array', '/a/again tree', '/a/up tree'],
      ...['/b group', '/b/x array', '/b/again tree', '/b/up tree'],
    ]);
  });
});
