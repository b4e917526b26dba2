import { NDArray, ndarray, scalarType, Table } from '@formatlab/core';

const DAY_SECONDS = 86_400;
const FIRST_DAY = 18_262;
const CITIES = 400;
const BATCH_ROWS = 65_536;

/**
 * Measurements as they are logged: an int64, times and dates, text that repeats and text that does not, numbers of two
 * decimals and numbers of all digits. The same for a seed.
 */
export async function* generateRows(rows: number, seed: number): AsyncGenerator<Table> {
  const next = random(seed);
  const cities = Array.from({ length: CITIES }, () => word(next, 4 + (next() % 12)));
  for (let first = 0; first < rows; first += BATCH_ROWS)
    yield batch(first, Math.min(BATCH_ROWS, rows - first), cities, next);
}

function batch(first: number, rows: number, cities: readonly string[], next: () => number): Table {
  const id = new BigInt64Array(rows);
  const at = new BigInt64Array(rows);
  const day = new BigInt64Array(rows);
  const city = new Array<string>(rows);
  const code = new Array<string>(rows);
  const temperature = new Float64Array(rows);
  const pressure = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    id[row] = BigInt(1_000_000_000_000 + (first + row) * 7);
    const seconds = (FIRST_DAY + ((first + row) % 2000)) * DAY_SECONDS + (next() % DAY_SECONDS);
    at[row] = BigInt(seconds);
    day[row] = BigInt(Math.floor(seconds / DAY_SECONDS));
    city[row] = cities[next() % CITIES]!;
    code[row] = `${word(next, 3)}-${next().toString(36)}`;
    temperature[row] = ((next() % 8000) - 3000) / 100;
    pressure[row] = 900 + (next() / 2 ** 32) * 200;
  }
  const column = (name: string, values: NDArray, unit?: string) => ({
    name,
    type: scalarType(values.dtype, unit === undefined ? {} : { unit }),
    values,
  });
  const times = (data: BigInt64Array, unit: 's' | 'D'): NDArray =>
    new NDArray({ dtype: 'datetime64', shape: [rows], data, unit });
  return new Table(rows, [
    column('id', ndarray(id)),
    column('at', times(at, 's'), 's'),
    column('day', times(day, 'D'), 'D'),
    column('city', ndarray(city, [rows], 'string')),
    column('code', ndarray(code, [rows], 'string')),
    column('temperature', ndarray(temperature)),
    column('pressure', ndarray(pressure)),
  ]);
}

function word(next: () => number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(97 + (next() % 26));
  return text;
}

/** xorshift32: numbers from 1 to 2^32 − 1. */
function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
