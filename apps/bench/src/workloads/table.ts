import {
  type Column,
  NDArray,
  ndarray,
  scalarType,
  sliceTable,
  Table,
  toRows,
  type Value,
} from '@formatlab/core';
import { randomInteger, randomItem, seededRandom } from '../statistics/random.js';
import { type Access, NO_ACCESS, numberOf, type Workload } from './workload.js';

/** Measurements of stations: what a log, a sensor network or a shop's orders look like. */
export const table: Workload = {
  id: 'table',
  summary: 'rows of int64, float64, short string, category, bool and timestamp (--rows ROWS)',
  defaults: { rows: 50_000 },
  quick: { rows: 10_000 },
  operations: ['write', 'read', 'read-one', 'append'],
  title: (p) => `a table of ${numberOf(p, 'rows').toLocaleString('en')} rows × 6 columns`,
  label: (p) => String(p.rows),
  build: (p, seed) => stationTable(numberOf(p, 'rows'), seed),
  access: (value) => accessOfTable(value as Table),
};

/** One row from the middle, and 1 % more rows. */
export function accessOfTable(value: Table): Access {
  if (value.rows === 0) return { ...NO_ACCESS, entries: 0 };
  const row = Math.floor(value.rows / 2);
  const more = sliceTable(value, { slice: `0:${Math.max(1, Math.round(value.rows / 100))}` });
  return {
    entries: value.rows,
    readOne: [{ path: '', slice: `${row}:${row + 1}` }, { path: `/${row}` }],
    names: [],
    append: [
      { how: 'append', path: '', value: more },
      { how: 'append', path: '', value: toRows(more) as Value },
    ],
    update: [],
  };
}

const STATIONS = [
  'Säntis',
  'Zürich',
  'Genève',
  'Lugano',
  'Davos',
  'Chur',
  'Basel',
  'Bern',
  'Luzern',
  'Sion',
  'Jungfraujoch',
  'St. Gallen',
];
const SYLLABLES = ['ka', 'lo', 'mi', 'ren', 'tos', 'ul', 'va', 'bei', 'dor', 'fen'];
/** 2026-01-01T00:00:00Z in microseconds. */
const START = 1_767_225_600_000_000n;

function stationTable(rows: number, seed: number): Table {
  const random = seededRandom(seed);
  const ids = new BigInt64Array(rows);
  const readings = new Float64Array(rows);
  const labels: string[] = [];
  const stations: string[] = [];
  const valid = new Uint8Array(rows);
  const times = new BigInt64Array(rows);
  let time = START;
  for (let row = 0; row < rows; row++) {
    ids[row] = 4_000_000_000n + BigInt(row) * 3n;
    readings[row] = Math.round((random() * 60 - 20) * 1e4) / 1e4;
    labels.push(
      `${randomItem(random, SYLLABLES)}${randomItem(random, SYLLABLES)}-${randomInteger(random, 1000)}`,
    );
    stations.push(randomItem(random, STATIONS));
    valid[row] = random() < 0.93 ? 1 : 0;
    time += BigInt(1 + randomInteger(random, 2_000_000));
    times[row] = time;
  }
  const columns: Column[] = [
    column('id', ndarray(ids)),
    column('reading', ndarray(readings)),
    column('label', ndarray(labels)),
    { name: 'station', type: scalarType('string', { dictionary: true }), values: ndarray(stations) },
    column('valid', ndarray(valid, [rows], 'bool')),
    {
      name: 'time',
      type: scalarType('datetime64', { unit: 'us', zone: 'UTC' }),
      values: new NDArray({ dtype: 'datetime64', shape: [rows], data: times, unit: 'us' }),
    },
  ];
  return new Table(rows, columns);
}

function column(name: string, values: NDArray): Column {
  return { name, type: scalarType(values.dtype), values };
}
