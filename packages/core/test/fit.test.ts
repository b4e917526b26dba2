import { describe, expect, test } from 'vitest';
import {
  attributesOf,
  type Capabilities,
  type DType,
  type FitTarget,
  firstDifference,
  fitValue,
  type Loss,
  NDArray,
  ndarray,
  Pairs,
  type RootKind,
  scalarType,
  Table,
  Tagged,
  table,
  type Value,
  withAttributes,
  zeros,
} from '../src/index.js';

interface TargetParts {
  readonly roots?: readonly RootKind[];
  readonly write?: readonly DType[];
  readonly references?: boolean;
  readonly attributes?: boolean;
}

function target({
  roots = ['array', 'table', 'tree'],
  write = ['float64'],
  references = false,
  attributes = true,
}: TargetParts = {}): FitTarget {
  // What fitting does not look at is left out.
  const can = {
    roots,
    dtypes: { read: write, write },
    maxRank: 2,
    references,
    attributes,
  } as unknown as Capabilities;
  return { id: 'toy', can };
}

function fit(value: Value, parts?: TargetParts): { readonly fitted: Value; readonly losses: Loss[] } {
  const losses: Loss[] = [];
  return { fitted: fitValue(value, target(parts), (loss) => losses.push(loss)), losses };
}

const shorts = (...values: number[]): NDArray => ndarray(Int16Array.from(values));
const unsupported = expect.objectContaining({ code: 'unsupported', format: 'toy' });

describe('fitValue', () => {
  test('returns what needs no change as it is', () => {
    for (const references of [false, true]) {
      const value = {
        a: ndarray([1]),
        b: [{ c: table([{ x: 1 }]) }],
        d: new Tagged('set', [new Pairs([[1, ndarray([2])]])]),
        e: new Date(1),
      };
      expect(fit(value, { references }).fitted).toBe(value);
    }
  });

  test('copies only on the way, and leaves the given value alone', () => {
    const value = { a: [shorts(1)], 'b/c': table({ x: Int16Array.of(1, 2) }) };
    const { fitted, losses } = fit(value);
    expect(losses.map(({ path, kind }) => `${path} ${kind}`)).toEqual(['/a/0 dtype', '/b~1c/x dtype']);
    expect(firstDifference(fitted, { a: [ndarray([1])], 'b/c': table({ x: Float64Array.of(1, 2) }) })).toBe(
      undefined,
    );
    expect(value.a[0]!.dtype).toBe('int16');
  });

  test('reaches into tagged values, their attributes, and keys and values of pairs', () => {
    const value = new Tagged('x', new Pairs([[shorts(1), shorts(2)]]), { n: shorts(3) });
    const { fitted, losses } = fit(value);
    expect(losses).toHaveLength(3);
    expect(
      firstDifference(
        fitted,
        new Tagged('x', new Pairs([[ndarray([1]), ndarray([2])]]), { n: ndarray([3]) }),
      ),
    ).toBe(undefined);
  });

  test('takes __proto__ as a name', () => {
    const value = JSON.parse('{"__proto__": null, "b": null}') as { [name: string]: Value };
    const name = '__proto__';
    Object.defineProperty(value, name, { value: shorts(1), enumerable: true });
    const { fitted } = fit(value);
    expect(Object.keys(fitted as object)).toEqual(['__proto__', 'b']);
  });

  test('keeps shared parts and cycles in a format with references, converting each once', () => {
    const array = shorts(1);
    const shared = { array };
    const list: Value[] = [shared, shared, array];
    const root: { [name: string]: Value } = { list };
    root.self = root;
    const members: Value[] = [];
    root.tagged = new Tagged('set', members);
    members.push(root.tagged);
    const entries: [Value, Value][] = [];
    root.pairs = new Pairs(entries);
    entries.push(['me', root.pairs]);
    const { fitted, losses } = fit(root, { references: true });
    expect(losses).toHaveLength(1);
    const got = fitted as {
      list: [{ array: NDArray }, { array: NDArray }, NDArray];
      self: Value;
      tagged: Tagged;
      pairs: Pairs;
    };
    expect(got.self).toBe(got);
    expect(got.list[0]).toBe(got.list[1]);
    expect(got.list[0].array).toBe(got.list[2]);
    expect(got.list[2].dtype).toBe('float64');
    expect((got.tagged.value as Value[])[0]).toBe(got.tagged);
    expect(got.pairs.entries[0]![1]).toBe(got.pairs);
  });

  test('refuses cycles in a format without references, and allows what is shared', () => {
    const shared = { x: 1 };
    expect(fit([shared, shared]).fitted).toEqual([shared, shared]);
    const list: Value[] = [];
    list.push(list);
    const record: { [name: string]: Value } = {};
    record.r = [record];
    const members: Value[] = [];
    members.push(new Tagged('set', members));
    for (const cycle of [list, record, members]) {
      expect(() => fit(cycle)).toThrow(expect.objectContaining({ code: 'unsupported', feature: 'cycles' }));
    }
  });

  test('allows deep values without cycles', () => {
    let deep: Value = 1;
    for (let i = 0; i < 1000; i++) deep = [deep];
    expect(fit(deep).fitted).toBe(deep);
  });

  test('refuses what is no value', () => {
    for (const wrong of [new Map(), new (class Point {})(), new Float64Array(1)]) {
      expect(() => fit([wrong as never])).toThrow(unsupported);
    }
  });

  test('reports attributes that do not survive: of arrays, tables and records', () => {
    const value = withAttributes(
      { a: withAttributes(ndarray([1]), { u: 1, v: 2 }), g: withAttributes({}, { w: 1 }) },
      { t: 1 },
    );
    expect(fit(value).losses).toEqual([]);
    const { losses } = fit(value, { attributes: false });
    expect(losses.map(({ path, kind, count }) => [path, kind, count])).toEqual([
      ['', 'attributes', 1],
      ['/a', 'attributes', 2],
      ['/g', 'attributes', 1],
    ]);
    const converted = fit(withAttributes(shorts(1), { u: 1 })).fitted;
    expect(attributesOf(converted)).toEqual({ u: 1 });
  });

  test('makes arrays of the entries of a format that holds only arrays', () => {
    const { fitted, losses } = fit({ n: 1, s: ndarray([1]), l: [[1, 2]] }, { roots: ['entries'] });
    const entries = fitted as { [name: string]: NDArray };
    expect([entries.n!.shape, entries.l!.shape]).toEqual([[], [1, 2]]);
    expect(losses).toEqual([{ path: '/l', kind: 'type', from: 'nested lists', to: 'float64 array' }]);
    expect(() => fit({ t: table([{ a: 1 }]) }, { roots: ['entries'] })).toThrow(unsupported);
    expect(fit({ t: table([{ a: 1 }]) }, { roots: ['entries', 'table'] }).losses).toEqual([]);
    expect(() => fit({ g: { a: 1 } }, { roots: ['entries'] })).toThrow(unsupported);
  });

  test('refuses roots and ranks that the format does not have', () => {
    expect(() => fit(ndarray([1]), { roots: ['table'] })).toThrow(unsupported);
    expect(() => fit({ a: 1 }, { roots: ['array'] })).toThrow(unsupported);
    expect(() => fit(zeros('float64', [1, 1, 1]))).toThrow(expect.objectContaining({ feature: 'rank' }));
    expect((fit(5, { roots: ['array'] }).fitted as NDArray).shape).toEqual([]);
  });
});

describe('casting', () => {
  const cast = (array: NDArray, write: readonly DType[]): string => {
    const { fitted, losses } = fit(array, { write });
    const changed = losses.find((loss) => loss.kind === 'precision')?.count ?? 0;
    return `${(fitted as NDArray).dtype} ${changed}`;
  };
  const big = BigInt64Array.of(1n, 2n ** 53n + 1n, -(2n ** 63n));
  const unsigned = BigUint64Array.of(1n, 2n ** 64n - 1n);

  test.each([
    ['the nearest that is exact', shorts(1, -1), ['float64', 'int64', 'int32'], 'int32 0'],
    ['unsigned to signed with room', ndarray(Uint32Array.of(2 ** 32 - 1)), ['int32', 'int64'], 'int64 0'],
    ['float32 to float64', ndarray(Float32Array.of(0.1, Number.NaN)), ['float64'], 'float64 0'],
    ['float64 cut to float32, counted', ndarray([0.1, 0.5, Number.NaN, 1e300]), ['float32'], 'float32 2'],
    ['int64 to float64, counted', ndarray(big), ['float64'], 'float64 1'],
    ['small uint64 to int64', ndarray(BigUint64Array.of(1n)), ['int64', 'float64'], 'int64 0'],
    ['large uint64 rather rounded than wrapped', ndarray(unsigned), ['int64', 'float64'], 'float64 1'],
    ['bool to uint8', zeros('bool', [2]), ['float64', 'uint8'], 'uint8 0'],
    ['float16 to float32', zeros('float16', [2]), ['float64', 'float32'], 'float32 0'],
    ['times to ticks', zeros('datetime64', [1], 'ns'), ['int64'], 'int64 0'],
    ['complex64 to complex128', zeros('complex64', [1]), ['complex128'], 'complex128 0'],
  ] as const)('%s', (_, array, write, wanted) => {
    expect(cast(array, write)).toBe(wanted);
  });

  test('refuses where no dtype holds it', () => {
    expect(() => cast(ndarray(unsigned), ['int64'])).toThrow(unsupported);
    expect(() => cast(ndarray(['a']), ['float64'])).toThrow(unsupported);
    expect(() => cast(zeros('complex64', [1]), ['float64'])).toThrow(unsupported);
    expect(() => cast(ndarray([1]), [])).toThrow(unsupported);
  });

  test('keeps shape and order, and drops the unit of a column with its type', () => {
    const array = new NDArray({ dtype: 'int8', shape: [2, 1], data: Int8Array.of(1, 2), order: 'F' });
    expect(fit(array).fitted).toMatchObject({ shape: [2, 1], order: 'F', dtype: 'float64' });
    const times = table({
      t: new NDArray({ dtype: 'datetime64', shape: [1], data: BigInt64Array.of(5n), unit: 's' }),
    });
    const { fitted } = fit(times, { write: ['int64'] });
    expect(firstDifference(fitted, table({ t: BigInt64Array.of(5n) }))).toBe(undefined);
  });
});

test('a decimal column that becomes float64 holds the numbers, not their unscaled integers', () => {
  const values = new NDArray({ dtype: 'int64', shape: [2], data: BigInt64Array.of(12345n, -5n) });
  const type = { ...scalarType('int64'), decimal: { precision: 10, scale: 2 } };
  const fitted = fitValue(new Table(2, [{ name: 'price', type, values }]), target(), () => {}) as Table;
  expect(fitted.columns[0]!.type).toEqual(scalarType('float64'));
  expect([...((fitted.columns[0]!.values as NDArray).data as Float64Array)]).toEqual([123.45, -0.05]);
});
