/** One small value of every kind, by the name it has in the tables. */
export function sampleValues(core) {
  const { NDArray, Table, Tagged, scalarType, ndarray, withAttributes } = core;
  const column = (name, dtype, data, rest = {}, valid) => ({
    name,
    type: scalarType(dtype, rest),
    values: new NDArray({ dtype, shape: [data.length], data, unit: rest.unit }),
    ...(valid === undefined ? {} : { valid }),
  });
  const oneColumn = (...args) => new Table(args[2].length, [column(...args)]);
  return [
    ...arrays(core),
    ['0-d array', new NDArray({ dtype: 'float64', shape: [], data: Float64Array.of(1.5) })],
    [
      '3-d array',
      ndarray(
        Float64Array.from({ length: 8 }, (_, i) => i + 0.5),
        [2, 2, 2],
      ),
    ],
    ['empty array', new NDArray({ dtype: 'float64', shape: [0, 3], data: new Float64Array(0) })],
    [
      'NaN, infinities and −0',
      ndarray(Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0)),
    ],
    ['attributes of an array', withAttributes(ndarray(Float64Array.of(1.5)), { unit: 'K' })],
    ['named arrays', { a: ndarray(Float64Array.of(1.5, 2)), b: ndarray(BigInt64Array.of(3n)) }],
    [
      'table of numbers and text',
      new Table(2, [
        column('x', 'float64', Float64Array.of(1.5, 2)),
        column('n', 'int64', BigInt64Array.of(1n, 2n)),
        column('name', 'string', ['a', 'é']),
      ]),
    ],
    [
      'column with nulls',
      oneColumn('x', 'float64', Float64Array.of(1.5, 0), { nullable: true }, Uint8Array.of(1, 0)),
    ],
    ['column of categories', oneColumn('c', 'string', ['a', 'a'], { dictionary: true })],
    [
      'column of timestamps, UTC, µs',
      oneColumn('t', 'datetime64', BigInt64Array.of(0n, 1_700_000_000_123_456n), { unit: 'us', zone: 'UTC' }),
    ],
    ['column of text like 007', oneColumn('id', 'string', ['007', '010'])],
    ['nested records and lists', { name: 'x', tags: ['a', 'b'], inner: { yes: true, none: null } }],
    ['integer beyond 2⁵³ in a record', { big: 2n ** 60n + 1n }],
    ['bytes in a record', { raw: Uint8Array.of(1, 2, 255), name: 'x' }],
    ['date in a record', { when: new Date(1_700_000_000_123), name: 'x' }],
    ['tuple', { t: new Tagged('tuple', [1, 'a']), name: 'x' }],
  ];
}

function arrays({ FIXED_DTYPES, NDArray, allocateData }) {
  const fixed = FIXED_DTYPES.map((dtype) => {
    const timed = dtype === 'datetime64' || dtype === 'timedelta64';
    const data = allocateData(dtype, 4);
    for (let i = 0; i < data.length; i++) data[i] = typeof data[0] === 'bigint' ? BigInt(i % 2) : i % 2;
    return [`${dtype} array`, new NDArray({ dtype, shape: [2, 2], data, unit: timed ? 'ns' : undefined })];
  });
  return [
    ...fixed,
    ['string array', new NDArray({ dtype: 'string', shape: [2], data: ['a', 'é'] })],
    [
      'bytes array',
      new NDArray({ dtype: 'bytes', shape: [2], data: [Uint8Array.of(1), Uint8Array.of(2, 3)] }),
    ],
  ];
}
