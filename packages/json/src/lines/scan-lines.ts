import type { Context, Source } from '@formatlab/core';
import { joinColumns } from '../access/list-kind.js';
import { parserOf } from '../decode.js';
import { type NdjsonOptions, type Rules, rulesOf } from '../options.js';
import { OPEN_RECORD } from '../parse/ascii.js';
import type { JsonParser } from '../parse/parser.js';
import { type ColumnSeen, TableRows } from '../parse/tables.js';
import { readLineBlocks } from './line-blocks.js';

/** What a scan over all lines finds. */
export interface LinesScan {
  /** The columns that all records make; undefined where they make a list. */
  readonly columns: readonly ColumnSeen[] | undefined;
  readonly rows: number;
  /** Numbers of rows, and where they begin: some of them in order, and the end behind the last. */
  readonly marks: readonly number[];
  readonly places: readonly number[];
}

/**
 * Reads all lines once, and decides as reading the whole does what they are together.
 *
 * @param before a scan of the file when it was shorter: only what was added is read
 * @throws FormatError `corrupt`
 */
export async function scanLines(
  source: Source,
  context: Context<NdjsonOptions>,
  every: number,
  before?: LinesScan,
): Promise<LinesScan> {
  // Losses are of what is read, and the whole is not.
  const scan = new Scan({ ...context, loss() {} }, every, before);
  for await (const { bytes, at } of readLineBlocks(source, context, scan.start)) scan.block(bytes, at);
  return scan.finish(source.size);
}

class Scan {
  readonly start: number;
  readonly #context: Context<NdjsonOptions>;
  readonly #rules: Rules;
  readonly #every: number;
  readonly #marks: number[];
  readonly #places: number[];
  #columns: ColumnSeen[] | undefined;
  #rows: number;

  constructor(context: Context<NdjsonOptions>, every: number, before: LinesScan | undefined) {
    this.#context = context;
    this.#rules = rulesOf(context.options);
    this.#every = every;
    // The last line may have had no end.
    this.#marks = before?.marks.slice(0, -1) ?? [];
    this.#places = before?.places.slice(0, -1) ?? [];
    this.start = this.#places.at(-1) ?? 0;
    this.#rows = this.#marks.at(-1) ?? 0;
    this.#columns = before === undefined ? [] : before.columns?.slice();
    if (this.#rules.tables === 'never') this.#columns = undefined;
  }

  /** Takes whole lines that begin at a byte of the file. */
  block(bytes: Uint8Array, at: number): void {
    const { budget } = this.#context;
    const mark = budget.mark();
    const parser = parserOf(bytes, this.#rules.nan === 'python', this.#context);
    const marked = this.#marks.length;
    const rows = this.#rows;
    if (this.#columns !== undefined && !this.#asRows(parser, at)) {
      this.#columns = undefined;
      this.#rows = rows;
      this.#marks.length = marked;
      this.#places.length = marked;
      parser.at = 0;
    }
    if (this.#columns === undefined) {
      while (parser.peek() >= 0) {
        this.#row(at + parser.at);
        parser.value(0);
      }
    }
    // The values are gone.
    budget.rewind(mark);
  }

  finish(size: number): LinesScan {
    const marks = [...this.#marks, this.#rows];
    const places = [...this.#places, size];
    // Records without members are no rows.
    const columns = this.#columns?.length === 0 && this.#rows > 0 ? undefined : this.#columns;
    return { columns, rows: this.#rows, marks, places };
  }

  /** False where the lines are no rows of the table so far. */
  #asRows(parser: JsonParser, at: number): boolean {
    const table = new TableRows(parser, this.#rules, 1);
    while (parser.peek() >= 0) {
      if (parser.peek() !== OPEN_RECORD) return false;
      this.#row(at + parser.at);
      if (!table.read()) return false;
    }
    if (table.rows === 0) return true;
    const first = this.#rows === table.rows;
    const joined = joinColumns(
      first ? undefined : this.#columns,
      table.seen,
      this.#rules.tables === 'always',
    );
    if (joined === undefined) return false;
    this.#columns = joined;
    return true;
  }

  #row(at: number): void {
    if (this.#places.length === 0 || at - this.#places.at(-1)! >= this.#every) {
      this.#marks.push(this.#rows);
      this.#places.push(at);
    }
    this.#rows++;
  }
}
