import { IS_FLOAT, IS_LOOSE, IS_ROUNDED, IS_WIDE, parseInteger, Table, type Value } from '@formatlab/core';
import type { Rules } from '../options.js';
import {
  CLOSE_LIST,
  CLOSE_RECORD,
  COMMA,
  MINUS,
  NINE,
  OPEN_LIST,
  OPEN_RECORD,
  QUOTE,
  ZERO,
} from './ascii.js';
import { ColumnBuilder, type ColumnFacts } from './column-builder.js';
import type { Key } from './key-cache.js';
import type { JsonParser } from './parser.js';

/** Memory of a cell, as charged to the budget. */
const CELL_BYTES = 8;

/**
 * The list of records whose `[` stands at the parser's position, as a table; undefined, with nothing read,
 * where the rules do not see one in it.
 */
export function readTable(parser: JsonParser, rules: Rules, depth: number): Table | undefined {
  const start = parser.at;
  const { rounded } = parser;
  const rows = new TableRows(parser, rules, depth + 1);
  parser.at++;
  for (;;) {
    if (parser.peek() !== OPEN_RECORD || !rows.read()) break;
    const next = parser.peek();
    if (next === COMMA) parser.at++;
    else if (next === CLOSE_LIST) {
      const table = rows.table();
      if (table === undefined) break;
      parser.at++;
      return table;
    } else break;
  }
  parser.at = start;
  parser.rounded = rounded;
  return undefined;
}

/** A column, and what its cells are. */
export interface ColumnSeen {
  readonly name: string;
  readonly seen: ColumnFacts;
}

/** Reads records into columns, without making the records. */
export class TableRows {
  readonly #parser: JsonParser;
  readonly #always: boolean;
  readonly #depth: number;
  readonly #columns: ColumnBuilder[] = [];
  readonly #keys: Key[] = [];
  readonly #byName = new Map<string, number>();
  #rows = 0;

  readonly #closed: boolean;

  /** @param all the columns of the whole table, where the rows are only some of them */
  constructor(parser: JsonParser, rules: Rules, depth: number, all?: readonly ColumnSeen[]) {
    this.#parser = parser;
    this.#always = rules.tables === 'always';
    this.#depth = depth;
    this.#closed = all !== undefined;
    for (const { name, seen } of all ?? [])
      this.#byName.set(name, this.#columns.push(new ColumnBuilder(name, seen)) - 1);
  }

  get seen(): ColumnSeen[] {
    return this.#columns.map((column) => ({ name: column.name, seen: column.facts() }));
  }

  get rows(): number {
    return this.#rows;
  }

  get columns(): readonly ColumnBuilder[] {
    return this.#columns;
  }

  /** Reads the record whose `{` stands at the parser's position; false where the rules see no row in it. */
  read(): boolean {
    const parser = this.#parser;
    const row = this.#rows;
    let cells = 0;
    parser.at++;
    if (parser.peek() === CLOSE_RECORD) parser.at++;
    else
      for (let position = 0; ; position++) {
        const guess = this.#keys[position];
        const key = parser.key(guess);
        const index = key === guess ? position : this.#columnOf(key, row);
        if (index < 0) return false;
        const column = this.#columns[index]!;
        // A name that stands twice: the parser proper reports it.
        if (column.rows > row) return false;
        if (!this.#cell(column)) return false;
        cells++;
        const next = parser.peek();
        parser.at++;
        if (next === CLOSE_RECORD) break;
        if (next !== COMMA) return false;
      }
    if (cells < this.#columns.length) {
      if (!this.#always) return false;
      for (const column of this.#columns) if (column.rows === row) column.addNull();
    }
    parser.charge(cells * CELL_BYTES);
    parser.takeItems(cells);
    this.#rows++;
    return true;
  }

  /** The table of all rows read; undefined where its columns would not hold them exactly. */
  table(): Table | undefined {
    if (this.#columns.length === 0) return undefined;
    if (!this.#always && !this.#columns.every((column) => column.exact)) return undefined;
    return new Table(
      this.#rows,
      this.#columns.map((column) => column.column(this.#rows)),
    );
  }

  /** The column of a name that stands in another place than in the row before; a new one in the first row. */
  #columnOf(key: Key, row: number): number {
    const known = this.#byName.get(key.text);
    if (known !== undefined) return known;
    if (this.#closed || (row > 0 && !this.#always)) return -1;
    const column = new ColumnBuilder(key.text);
    while (column.rows < row) column.addNull();
    this.#byName.set(key.text, this.#columns.length);
    this.#keys.push(key);
    return this.#columns.push(column) - 1;
  }

  #cell(column: ColumnBuilder): boolean {
    const parser = this.#parser;
    const first = parser.peek();
    if (first === QUOTE) return this.#add(column, parser.string());
    if ((first === MINUS || (first >= ZERO && first <= NINE)) && column.kind !== 'mixed') {
      const taken = this.#number(column);
      if (taken !== undefined) return taken;
    }
    if ((first === OPEN_LIST || first === OPEN_RECORD) && !this.#always) return false;
    return this.#add(column, parser.value(this.#depth + 1));
  }

  /** Takes a number; undefined, with nothing read, where it has to be taken as a value of any kind. */
  #number(column: ColumnBuilder): boolean | undefined {
    const parser = this.#parser;
    if (!column.wantsNumber()) return undefined;
    const { numbers, bytes } = parser;
    numbers.at = parser.at;
    const kind = numbers.scan(column.numbers, column.rows);
    if (kind === 0 || (kind & IS_LOOSE) !== 0) return undefined;
    if ((kind & IS_ROUNDED) !== 0) parser.rounded++;
    const wide = (kind & IS_WIDE) === 0 ? undefined : parseInteger(bytes, parser.at, numbers.at)!;
    parser.at = numbers.at;
    column.tookNumber(kind & IS_FLOAT, wide);
    return true;
  }

  #add(column: ColumnBuilder, value: Value): boolean {
    if (column.add(value)) return true;
    if (!this.#always) return false;
    column.mix();
    return column.add(value);
  }
}
