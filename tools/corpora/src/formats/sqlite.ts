import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cellsOf, createLab, isRecord, isTable, type Table, type Value } from '@formatlab/core';
import { sqlite } from '@formatlab/sqlite';
import initSqlJs, { type SqlJsStatic } from 'sql.js';
import type { Corpus, CorpusCase } from '../corpus.js';

/** Answers of Python's sqlite3: each table's rows as JSON, by the first 24 digits of its SHA-256. */
const ANSWERS = ['sqlite/chinook.expected.json', 'sqlite/sqlite-fuzz.shared.json'];
const DIGITS = 24;

interface Answer {
  readonly file: string;
  readonly ok?: boolean;
  readonly error?: string;
  readonly tables?: Readonly<Record<string, { readonly rows: number; readonly sha: string }>>;
}

const lab = createLab([sqlite]);

export const sqliteCorpus: Corpus = { format: 'sqlite', peer: 'sql.js', cases };

async function* cases(folder: string): AsyncIterable<CorpusCase> {
  const peer = await initSqlJs({
    locateFile: (file) => createRequire(import.meta.url).resolve(`sql.js/dist/${file}`),
  });
  for (const answers of ANSWERS) {
    const list = JSON.parse(readFileSync(join(folder, answers), 'utf8')) as readonly Answer[];
    for (const answer of list) {
      if (!existsSync(join(folder, answer.file))) continue;
      const bytes = readFileSync(join(folder, answer.file));
      // A TypeError is one of the script that asked, not of SQLite, which read the tables that are listed.
      const unjudged = answer.error?.startsWith('TypeError') === true;
      yield {
        file: answer.file,
        kind: answer.ok === false && !unjudged ? 'invalid' : 'valid',
        async ours() {
          const value = await lab.decode(bytes, { format: 'sqlite' }).catch((error: unknown) => {
            if (unjudged) return undefined;
            throw error;
          });
          return value === undefined ? undefined : difference(answer, (name) => rowsOfValue(value, name));
        },
        peer: () => withPeer(peer, bytes, answer),
      };
    }
  }
}

function difference(answer: Answer, rowsOf: (table: string) => string | undefined): string | undefined {
  for (const [name, { sha, rows }] of Object.entries(answer.tables ?? {})) {
    const text = rowsOf(name);
    if (text === undefined) return `table '${name}' is not there`;
    const found = createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
    if (found !== sha) return `table '${name}' of ${rows} rows has the hash ${found}, expected ${sha}`;
  }
  return undefined;
}

function rowsOfValue(value: Value, name: string): string | undefined {
  const found = isRecord(value) ? value[name] : undefined;
  return isTable(found) ? listOf(rowsOfTable(found)) : undefined;
}

function* rowsOfTable(table: Table): Iterable<readonly unknown[]> {
  const cells = table.columns.map(cellsOf);
  for (let row = 0; row < table.rows; row++) yield cells.map((cell) => cell(row));
}

function withPeer(peer: SqlJsStatic, bytes: Uint8Array, answer: Answer): string | undefined {
  const database = new peer.Database(bytes);
  try {
    const names = database.exec(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'",
    )[0]?.values;
    const read = new Map((names ?? []).map(([name]) => [String(name), rowsOfPeer(database, String(name))]));
    return difference(answer, (name) => read.get(name));
  } finally {
    database.close();
  }
}

function rowsOfPeer(database: InstanceType<SqlJsStatic['Database']>, name: string): string {
  const statement = database.prepare(`select * from "${name.replaceAll('"', '""')}"`);
  const rows: unknown[][] = [];
  // Its types leave out that integers can be asked for as bigints.
  const get = statement.get as (params: null, config: object) => unknown[];
  const config = { useBigInt: true };
  while (statement.step()) rows.push(get.call(statement, null, config));
  statement.free();
  return listOf(rows);
}

/** Rows as Python's `json.dumps` writes them, integers beyond 2^53 as text and bytes as `{"hex": …}`. */
function listOf(rows: Iterable<readonly unknown[]>): string {
  return `[${[...rows].map((row) => `[${row.map(cellText).join(', ')}]`).join(', ')}]`;
}

function cellText(cell: unknown): string {
  if (cell === null) return 'null';
  // The judge knows no booleans: SQLite has none.
  if (typeof cell === 'boolean') return cell ? '1' : '0';
  if (typeof cell === 'bigint')
    return cell > 2n ** 53n || cell < -(2n ** 53n) ? `"${cell}"` : cell.toString();
  if (typeof cell === 'number') return floatText(cell);
  if (cell instanceof Uint8Array) return `{"hex": "${Buffer.from(cell).toString('hex')}"}`;
  return JSON.stringify(cell).replace(
    /[\u0080-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Python's `repr`: the same digits, another notation. */
function floatText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const [digits = '0', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent >= 16 || exponent < -4)) {
    const sign = exponent < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const text = /e/.test(String(value)) ? plainDigits(digits, exponent) : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

function plainDigits(digits: string, exponent: number): string {
  const sign = digits.startsWith('-') ? '-' : '';
  const figures = digits.replace(/[-.]/g, '');
  return `${sign}0.${'0'.repeat(-exponent - 1)}${figures}`;
}
