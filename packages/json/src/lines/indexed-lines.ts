import {
  type Context,
  damagedIndex,
  type Entry,
  type FormatError,
  type ReadSelection,
  resolveSelection,
  type Source,
  selectFrom,
  sliceTable,
  Table,
  type Value,
} from '@formatlab/core';
import { columnsToRead, emptyTable } from '../access/list-kind.js';
import { parserOf } from '../decode.js';
import { type NdjsonOptions, type Rules, rulesOf } from '../options.js';
import { OPEN_RECORD } from '../parse/ascii.js';
import type { JsonParser } from '../parse/parser.js';
import { type ColumnSeen, TableRows } from '../parse/tables.js';
import type { LinesScan } from './scan-lines.js';

/** Reads some of the lines of a file whose index is there: from the mark before them on. */
export class IndexedLines {
  readonly rows: number;
  readonly columns: readonly ColumnSeen[] | undefined;
  readonly #source: Source;
  readonly #context: Context<NdjsonOptions>;
  readonly #scan: LinesScan;
  readonly #rules: Rules;

  constructor(source: Source, context: Context<NdjsonOptions>, scan: LinesScan) {
    this.#source = source;
    this.#context = context;
    this.#scan = scan;
    this.#rules = rulesOf(context.options);
    this.rows = scan.rows;
    this.columns = scan.columns === undefined ? undefined : columnsToRead(scan.columns);
  }

  entry(): Entry {
    const storedBytes = this.#source.size;
    if (this.columns === undefined) return { path: '', kind: 'tree', storedBytes };
    const { columns } = this.#empty();
    return {
      path: '',
      kind: 'table',
      rows: this.rows,
      columns: columns.map(({ name, type }) => ({ name, type })),
      storedBytes,
    };
  }

  async read(path: string, selection: ReadSelection): Promise<Value> {
    const { start, count, step, drop } = resolveSelection(selection.slice, [this.rows])[0]!;
    const stop = count === 0 ? start : start + (count - 1) * step + 1;
    if (this.columns !== undefined) {
      const table = count === 0 ? this.#empty() : ((await this.#part(start, stop)) as Table); // as there are columns
      return sliceTable(table, { slice: [{ step }], columns: selection.columns });
    }
    // No list has columns: what is refused of others is refused here.
    if (selection.columns !== undefined) return selectFrom([], path, selection);
    const items = count === 0 ? [] : ((await this.#part(start, stop)) as readonly Value[]); // as there are none
    return drop ? items[0]! : items.filter((_, i) => i % step === 0);
  }

  #empty(): Table {
    return emptyTable(this.#scan.columns ?? [], this.#rules, this.#context);
  }

  /** Rows `start` to `stop`, one of them at least. */
  async #part(start: number, stop: number): Promise<Table | readonly Value[]> {
    const { marks, places } = this.#scan;
    const first = marks.findLastIndex((row) => row <= start);
    const behind = marks.findIndex((row) => row >= stop);
    const at = places[first]!;
    const length = places[behind]! - at;
    this.#context.budget.takeBytes(length, `the ${length} bytes of the lines around row ${start}`);
    const [bytes] = await this.#source.read([{ at, length }], this.#context.signal);
    const parser = parserOf(bytes!, this.#rules.nan === 'python', this.#context);
    // What comes before the first row is read with it: a line may hold several values.
    const before = start - marks[first]!;
    const rows = stop - marks[first]!;
    const values =
      this.columns === undefined
        ? this.#list(parser, rows).slice(before)
        : sliceTable(this.#table(parser, rows), { slice: [{ start: before, stop: rows }] });
    parser.finish();
    return values;
  }

  #table(parser: JsonParser, rows: number): Table {
    const table = new TableRows(parser, this.#rules, 1, this.columns);
    while (table.rows < rows) if (parser.peek() !== OPEN_RECORD || !table.read()) throw this.#unlike();
    return table.table() ?? new Table(rows, []);
  }

  #list(parser: JsonParser, rows: number): Value[] {
    return Array.from({ length: rows }, () => {
      if (parser.peek() < 0) throw this.#unlike();
      const value = parser.value(0);
      parser.takeItems(1);
      return value;
    });
  }

  /** Only a wrong index says of lines that are not there, or of other columns. */
  #unlike(): FormatError {
    return damagedIndex(`the lines of '${this.#source.name}' are not those that it says`);
  }
}
