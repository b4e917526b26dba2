import {
  type Column,
  type ColumnType,
  type DType,
  type NDArray,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';
import { arrayOf, isTimed, record } from './elements.js';

/** One column of the dtype; every third value is null where `nullable`. */
export function columnOfDType(
  dtype: DType,
  rows: number,
  options: { name?: string; nullable?: boolean; elements?: readonly unknown[] } = {},
): Column {
  const values = arrayOf(dtype, [rows], options.elements === undefined ? {} : { elements: options.elements });
  const unit = isTimed(dtype) && values.unit !== undefined ? { unit: values.unit } : {};
  const type = scalarType(dtype, { nullable: options.nullable ?? false, ...unit });
  const valid =
    options.nullable === true
      ? Uint8Array.from({ length: rows }, (_, row) => (row % 3 === 1 ? 0 : 1))
      : undefined;
  return { name: options.name ?? 'x', type, values, ...(valid === undefined ? {} : { valid }) };
}

/** Names that programs trip over: members of every object, quotes, separators, nothing. */
export const ODD_NAMES: readonly string[] = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'größe',
  '日本',
  '😀',
  'a b',
  'a"b',
  "a'b",
  'a,b',
  'a;b',
  'a/b',
  'a~b',
  'a~1b',
  'a.b',
  'a:b',
  'a[0]',
  '#a',
  '1',
  '0',
  ' ',
  'a\nb',
  '<a>',
  'a'.repeat(80),
];

/** Column types beyond scalars, each with values. */
export function nestedTables(dtype: DType): readonly { readonly what: string; readonly table: Table }[] {
  const item = scalarType(dtype, isTimed(dtype) ? { unit: 'us' } : {});
  const of = (type: ColumnType, values: readonly Value[]): Table =>
    new Table(values.length, [{ name: 'x', type, values }]);
  const [a, b] = [arrayOf(dtype, []), arrayOf(dtype, [])].map((array) => plain(array));
  return [
    { what: 'a list column', table: of({ kind: 'list', item, nullable: false }, [[a!, b!], [], [a!]]) },
    {
      what: 'a struct column',
      table: of(
        {
          kind: 'struct',
          fields: [
            { name: 'p', type: item },
            { name: 'q', type: item },
          ],
          nullable: false,
        },
        [record({ p: a!, q: b! }), record({ p: b!, q: a! })],
      ),
    },
    {
      what: 'a map column',
      table: of({ kind: 'map', key: scalarType('string'), value: item, nullable: false }, [
        record({ k: a! }),
        record({}),
      ]),
    },
    {
      what: 'a column of two dimensions',
      table: new Table(2, [{ name: 'x', type: item, values: arrayOf(dtype, [2, 3]) }]),
    },
  ];
}

/** Scalar types with more than a dtype: zones, decimals, dictionaries. */
export function typedTables(
  dtypes: readonly DType[],
): readonly { readonly what: string; readonly table: Table }[] {
  const tables: { what: string; table: Table }[] = [];
  const add = (what: string, type: ColumnType, values: NDArray): void =>
    void tables.push({ what, table: new Table(values.shape[0]!, [{ name: 'x', type, values }]) });
  if (dtypes.includes('datetime64')) {
    for (const zone of ['UTC', 'Europe/Berlin'])
      add(`a zone ${zone}`, scalarType('datetime64', { unit: 'us', zone }), arrayOf('datetime64', [3]));
  }
  if (dtypes.includes('int64'))
    add(
      'a decimal',
      scalarType('int64', { decimal: { precision: 9, scale: 2 } }),
      arrayOf('int64', [3], { elements: [12345n, -1n, 0n] }),
    );
  if (dtypes.includes('string'))
    add(
      'a dictionary',
      scalarType('string', { dictionary: true }),
      arrayOf('string', [4], { elements: ['a', 'b', 'a', 'a'] }),
    );
  return tables;
}

function plain(array: NDArray): Value {
  return Array.isArray(array.data) || ['int64', 'float64'].includes(array.dtype)
    ? (array.data[0] as Value)
    : array;
}

/** A column of every dtype, each with nulls and without. */
export function allColumns(dtypes: readonly DType[], rows = 7): Table {
  const columns = dtypes.flatMap((dtype) => [
    columnOfDType(dtype, rows, { name: dtype }),
    columnOfDType(dtype, rows, { name: `${dtype}?`, nullable: true }),
  ]);
  return new Table(rows, columns);
}
