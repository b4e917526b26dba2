import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnType, cellsOf, createLab, isPairs, isTable, type Value } from '@formatlab/core';
import { parquet } from '@formatlab/parquet';
import { type Corpus, type CorpusCase, RIGHT_VALUE } from '../corpus.js';

/** What DuckDB reads: the first thousand rows, decimals, int64 and times as text. */
interface Answer {
  readonly file: string;
  readonly opens: boolean;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

const ANSWERS = 'parquet/parquet-testing_data.expected.json';
const BAD = 'parquet/parquet-testing_bad_data.expected.json';

const lab = createLab([parquet]);

export const parquetCorpus: Corpus = { format: 'parquet', peer: 'hyparquet, as our engine', cases };

/** Six valid files that DuckDB refuses have no answer here: they are left out. */
function* cases(folder: string): Iterable<CorpusCase> {
  for (const answer of answersIn(folder, ANSWERS).filter(({ opens }) => opens))
    yield caseOf(folder, answer, 'valid');
  // Each of these may be read where its answer comes out right, or be refused.
  for (const answer of answersIn(folder, BAD)) yield caseOf(folder, answer, 'invalid');
}

function answersIn(folder: string, path: string): Answer[] {
  return JSON.parse(readFileSync(join(folder, path), 'utf8')) as Answer[];
}

function caseOf(folder: string, answer: Answer, kind: 'valid' | 'invalid'): CorpusCase {
  const bytes = readFileSync(join(folder, answer.file));
  const by = (engine: string) => async () => {
    const table = await lab.decode(bytes, { format: 'parquet', options: { engine } });
    const wrong = difference(table, answer);
    if (kind === 'invalid' && (!answer.opens || wrong !== undefined)) return undefined;
    return kind === 'invalid' ? RIGHT_VALUE : wrong;
  };
  return { file: answer.file, kind, ours: by('formatlab'), peer: by('hyparquet') };
}

function difference(table: Value, answer: Answer): string | undefined {
  if (!isTable(table)) return 'not a table';
  if (table.rows !== answer.rows) return `${answer.rows} rows came back as ${table.rows}`;
  const names = table.columns.map(({ name }) => name);
  if (names.join() !== answer.columns.join()) return `columns ${answer.columns} came back as ${names}`;
  for (const column of table.columns) {
    const cell = cellsOf(column);
    for (const [row, wanted] of answer.data.entries()) {
      const found = normal(cell(row), column.type);
      if (!same(found, wanted[column.name]))
        return `'${column.name}', row ${row}: ${short(wanted[column.name])} came back as ${short(found)}`;
    }
  }
  return undefined;
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100);
}

/** As the answers write it. */
function normal(value: Value, type: ColumnType): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'list':
      // A list column holds lists.
      return (value as readonly Value[]).map((item) => normal(item, type.item));
    case 'struct':
      return Object.fromEntries(
        // A struct column holds records.
        type.fields.map((field) => [
          field.name,
          normal((value as Record<string, Value>)[field.name]!, field.type),
        ]),
      );
    case 'map': {
      const entries = isPairs(value) ? value.entries : Object.entries(value as Record<string, Value>);
      return entries.map(([key, item]) => ({ key: normal(key, type.key), value: normal(item, type.value) }));
    }
    default:
  }
  if (type.decimal !== undefined) return decimal(String(value), type.decimal.scale);
  if (type.dtype === 'datetime64') return time(value as bigint, type.unit!);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isNaN(value) ? 'NaN' : value;
  return value instanceof Uint8Array ? escaped(value) : value;
}

function decimal(unscaled: string, scale: number): string {
  if (scale <= 0) return unscaled;
  const digits = unscaled.replace('-', '').padStart(scale + 1, '0');
  return `${unscaled.startsWith('-') ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  D: 86_400_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  ns: 1n,
};

function time(ticks: bigint, unit: string): string {
  const nanoseconds = ticks * NANOSECONDS[unit]!;
  const rest = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(Number((nanoseconds - rest) / 1_000_000n));
  // Years beyond those of Date: the answers have them, nothing here can print them.
  if (Number.isNaN(date.getTime())) return BEYOND;
  const text = date.toISOString().slice(0, -5).replace(/^\+0*/, '').replace('T', ' ');
  if (unit === 'D') return text.slice(0, -9);
  const fraction = String(rest).padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? text : `${text}.${fraction}`;
}

const BEYOND = 'a year beyond 275760';

/** DuckDB's text of a BLOB. */
function escaped(bytes: Uint8Array): string {
  return [...bytes]
    .map((byte) =>
      byte < 32 || byte > 126 || byte === 34 || byte === 39
        ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}

function same(found: unknown, wanted: unknown): boolean {
  if (found === wanted || found === BEYOND) return true;
  if (typeof found === 'number' && typeof wanted === 'string') return String(found) === wanted;
  if (typeof found === 'string' && typeof wanted === 'string') return found === wanted.replace(/\+00$/, '');
  if (typeof found !== 'object' || typeof wanted !== 'object' || found === null || wanted === null)
    return found === wanted;
  if (Array.isArray(found) && Array.isArray(wanted)) {
    if (found.length !== wanted.length) return false;
    const [left, right] = isMap(found) ? [sorted(found), sorted(wanted)] : [found, wanted];
    return left.every((item, index) => same(item, right[index]));
  }
  const left = Object.entries(found);
  const right = wanted as Record<string, unknown>;
  return (
    left.length === Object.keys(right).length && left.every(([name, member]) => same(member, right[name]))
  );
}

/** Entries of a map: DuckDB's order is not the file's. */
function isMap(items: readonly unknown[]): boolean {
  const [first] = items;
  return typeof first === 'object' && first !== null && 'key' in first && 'value' in first;
}

function sorted(items: readonly unknown[]): unknown[] {
  const text = (item: unknown): string => String((item as { key: unknown }).key);
  return [...items].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}
