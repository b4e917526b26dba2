import {
  allocateData,
  type DType,
  type Format,
  isNDArray,
  isRecord,
  isTable,
  NAT,
  NDArray,
  numberToFloat16,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';

/** One value of ours, and the name of its file. */
export interface Sample {
  readonly file: string;
  readonly value: Value;
}

/** What a format is given to write: what its capabilities claim, with the extremes of every dtype. */
export function samplesFor(format: Format): Sample[] {
  const { roots, dtypes } = format.can;
  const extension = format.extensions[0]!;
  const arrays = Object.fromEntries(
    dtypes.write.filter((dtype) => dtype !== 'object').map((dtype) => [dtype, extremes(dtype)]),
  );
  const samples: Sample[] = [];
  if (roots.includes('array')) {
    for (const [name, array] of Object.entries(arrays))
      samples.push({
        file: `${name}${extension}`,
        value: format.id === 'text' ? withoutLineEnds(array) : array,
      });
    if (format.can.maxRank >= 3) samples.push({ file: `cube${extension}`, value: cube() });
    samples.push({
      file: `columns-first${extension}`,
      value: new NDArray({
        dtype: 'float64',
        shape: [3, 2],
        data: Float64Array.of(1, 2, 3, 4, 5, 6.5),
        order: 'F',
      }),
    });
  }
  if (roots.includes('table')) samples.push({ file: `table${extension}`, value: table(dtypes.write) });
  if (roots.includes('entries') || roots.includes('tree')) {
    const entries = Object.fromEntries(
      Object.entries(arrays).filter(([name]) => name !== 'bytes' || dtypes.read.includes('bytes')),
    );
    samples.push({ file: `named${extension === '.npy' ? '.npz' : extension}`, value: entries });
  }
  if (roots.includes('tree') && format.id !== 'hdf5')
    samples.push({ file: `tree${extension}`, value: tree() });
  if (format.id === 'hdf5') samples.push({ file: `groups${extension}`, value: groups() });
  // SciPy opens no MAT file, MATLAB's own among them, with a character of two UTF-16 units.
  if (format.id === 'matlab') return samples.map(({ file, value }) => ({ file, value: withoutPairs(value) }));
  return samples;
}

/** Lines of a text have no line ends of their own. */
function withoutLineEnds(array: NDArray): NDArray {
  if (array.dtype !== 'string') return array;
  const data = (array.data as readonly string[]).map((item) => item.replace('\n', ' '));
  return new NDArray({ dtype: 'string', shape: array.shape, data });
}

function extremes(dtype: DType): NDArray {
  const wrap = (data: NDArray['data'], unit?: string): NDArray =>
    new NDArray({ dtype, shape: [data.length / (dtype.startsWith('complex') ? 2 : 1)], data, unit });
  switch (dtype) {
    case 'string':
      return wrap(['', 'a', 'héllo', '😀 中', 'quote " and , comma', 'two\nlines']);
    case 'bytes':
      return wrap([Uint8Array.of(1), Uint8Array.of(255, 0, 7)]);
    case 'bool':
      return wrap(Uint8Array.of(1, 0, 1));
    case 'float16':
      return wrap(
        Uint16Array.from([0, -0, 1 / 3, 65504, 6e-8, Number.POSITIVE_INFINITY, Number.NaN], numberToFloat16),
      );
    case 'float32':
    case 'complex64':
      return wrap(
        Float32Array.of(
          0,
          -0,
          1 / 3,
          1e-45,
          3.4028235e38,
          Number.POSITIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          Number.NaN,
        ),
      );
    case 'float64':
    case 'complex128':
      return wrap(
        Float64Array.of(
          0,
          -0,
          1 / 3,
          5e-324,
          Number.MAX_VALUE,
          Number.POSITIVE_INFINITY,
          Number.NEGATIVE_INFINITY,
          Number.NaN,
        ),
      );
    case 'datetime64':
    case 'timedelta64':
      return wrap(BigInt64Array.of(0n, 1_700_000_000_123_456_789n, -1n, NAT), 'ns');
    default:
      return wrap(integers(dtype));
  }
}

function withoutPairs(value: Value): Value {
  if (typeof value === 'string') return value.replace(/[\ud800-\udfff]/g, '');
  if (Array.isArray(value)) return value.map(withoutPairs);
  if (isTable(value)) {
    const columns = value.columns.map((column) => ({
      ...column,
      values: withoutPairs(column.values as Value) as NDArray,
    }));
    return new Table(value.rows, columns);
  }
  if (isNDArray(value)) {
    if (value.dtype !== 'string') return value;
    return new NDArray({
      dtype: 'string',
      shape: value.shape,
      data: withoutPairs(value.data as readonly string[]) as string[],
    });
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutPairs(member)]));
}

function integers(dtype: DType): NDArray['data'] {
  const data = allocateData(dtype, 4) as Int32Array | BigInt64Array;
  if (data instanceof BigInt64Array) data.set([-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, 0n]);
  // Setting wraps around: −1 is the largest value of an unsigned dtype.
  else if ((data as unknown) instanceof BigUint64Array)
    (data as unknown as BigUint64Array).set([2n ** 64n - 1n, 2n ** 53n + 1n, 1n]);
  else data.set([-1, 2 ** (data.BYTES_PER_ELEMENT * 8 - 1), 2 ** (data.BYTES_PER_ELEMENT * 8 - 1) - 1, 7]);
  return data;
}

function cube(): NDArray {
  return new NDArray({
    dtype: 'float64',
    shape: [2, 3, 4],
    data: Float64Array.from({ length: 24 }, (_, i) => i / 7),
  });
}

/** Columns of the dtypes that a table is mostly made of; nulls where the format claims they can be. */
function table(claimed: readonly DType[]): Table {
  const wanted: readonly DType[] = ['int64', 'float64', 'string', 'bool', 'int32', 'float32'];
  const rows = 4;
  const columns = wanted
    .filter((dtype) => claimed.includes(dtype))
    .map((dtype) => {
      const values = extremes(dtype);
      const data = Array.isArray(values.data)
        ? values.data.slice(0, rows)
        : (values.data as Float64Array).slice(0, rows);
      const filled = data.length === rows ? data : Uint8Array.of(1, 0, 1, 1);
      return {
        name: dtype === 'string' ? 'tëxt' : dtype,
        type: scalarType(dtype),
        values: new NDArray({ dtype, shape: [rows], data: filled as NDArray['data'] }),
      };
    });
  return new Table(rows, columns);
}

function tree(): Value {
  return {
    name: 'café 😀',
    count: 3,
    ratio: 0.1,
    big: 2n ** 60n + 1n,
    yes: true,
    none: null,
    tags: ['a', '', 'quote " and \\'],
    inner: { list: ['x', [2.5, null], { deep: false }], empty: {}, nothing: [] },
  };
}

function groups(): Value {
  return { run: { temps: cube(), inner: { n: extremes('int64') } }, name: 'café', ratio: 0.1 };
}
