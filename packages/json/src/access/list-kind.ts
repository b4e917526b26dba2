import { type Context, type NDArray, Table } from '@formatlab/core';
import { parserOf } from '../decode.js';
import type { Rules } from '../options.js';
import { CLOSE_LIST, COMMA, OPEN_LIST, OPEN_RECORD } from '../parse/ascii.js';
import { isExact, joinFacts } from '../parse/column-builder.js';
import { readNumberArray } from '../parse/number-lists.js';
import type { JsonParser } from '../parse/parser.js';
import { hookLists, type Wanted } from '../parse/root.js';
import { type ColumnSeen, TableRows } from '../parse/tables.js';
import type { ListKind } from './places.js';

/** Decides, a part of the items at a time, what all items of a list make: as reading the whole list does. */
export class ListJudge {
  readonly #rules: Rules;
  readonly #context: Context<object>;
  #what: ListKind | undefined;
  /** Integers of an array that float64 does not hold. */
  #wide = false;
  readonly #wanted: Wanted;

  constructor(rules: Rules, wanted: Wanted, context: Context<object>) {
    this.#rules = rules;
    this.#wanted = wanted;
    this.#context = context;
  }

  get what(): ListKind {
    const what = this.#what;
    if (what === undefined || (what.kind === 'table' && what.columns.length === 0)) return { kind: 'list' };
    return what;
  }

  /** @param text items in brackets. @throws FormatError `corrupt` */
  add(text: Uint8Array): void {
    const { budget } = this.#context;
    const mark = budget.mark();
    const parser = parserOf(text, this.#rules.nan === 'python', this.#context, 0, text.length);
    parser.peek();
    if (this.#what?.kind !== 'list') {
      const joined = this.#join(parser);
      if (joined === undefined) parser.at = 0;
      this.#what = joined ?? { kind: 'list' };
    }
    if (this.#what.kind === 'list') {
      hookLists(parser, this.#rules);
      parser.list(0);
    }
    budget.rewind(mark);
  }

  #join(parser: JsonParser): ListKind | undefined {
    const first = firstInside(parser);
    if (first === OPEN_RECORD) return this.#wanted.tables ? this.#joinRows(parser) : undefined;
    return this.#wanted.arrays ? this.#joinNumbers(parser) : undefined;
  }

  #joinRows(parser: JsonParser): ListKind | undefined {
    const before = this.#what;
    if (before !== undefined && before.kind !== 'table') return undefined;
    const rows = readRows(parser, this.#rules);
    if (rows === undefined) return undefined;
    const columns = joinColumns(before?.columns, rows.seen, this.#rules.tables === 'always');
    return columns === undefined ? undefined : { kind: 'table', columns };
  }

  #joinNumbers(parser: JsonParser): ListKind | undefined {
    const before = this.#what;
    if (before !== undefined && before.kind !== 'array') return undefined;
    const array = readNumberArray(parser);
    if (array === undefined) return undefined;
    const { dtype, shape } = array;
    const rest = shape.slice(1);
    if (before !== undefined && before.rest.join() !== rest.join()) return undefined;
    this.#wide ||= dtype === 'int64' && isWide(array);
    const both = before === undefined || before.dtype === dtype ? dtype : 'float64';
    return both === 'float64' && this.#wide ? undefined : { kind: 'array', dtype: both, rest };
  }
}

/** The records of a list in brackets as rows; undefined where they are none. The parser is left behind the list. */
export function readRows(
  parser: JsonParser,
  rules: Rules,
  all?: readonly ColumnSeen[],
): TableRows | undefined {
  const rows = new TableRows(parser, rules, 1, all);
  parser.at++;
  for (;;) {
    if (parser.peek() !== OPEN_RECORD || !rows.read()) return undefined;
    const next = parser.peek();
    parser.at++;
    if (next === CLOSE_LIST) return rows;
    if (next !== COMMA) return undefined;
  }
}

/** The columns of two parts of a table; undefined where they make none. `before` is undefined for the first part. */
export function joinColumns(
  before: readonly ColumnSeen[] | undefined,
  now: readonly ColumnSeen[],
  always: boolean,
): ColumnSeen[] | undefined {
  const joined = new Map((before ?? []).map(({ name, seen }) => [name, seen]));
  if (now.length === 0 && !always) return undefined;
  for (const { name, seen } of now) {
    const known = joined.get(name);
    if (before !== undefined && known === undefined && !always) return undefined;
    const late = before === undefined ? seen : { ...seen, nullable: true };
    const both = known === undefined ? late : joinFacts(known, seen);
    if (!always && !isExact(both)) return undefined;
    joined.set(name, both);
  }
  if (before !== undefined && joined.size > now.length) {
    if (!always) return undefined;
    const names = new Set(now.map(({ name }) => name));
    for (const [name, seen] of joined) if (!names.has(name)) joined.set(name, { ...seen, nullable: true });
  }
  return [...joined].map(([name, seen]) => ({ name, seen }));
}

/** The columns as reading the whole makes them: those that no type holds exactly are lists of values. */
export function columnsToRead(columns: readonly ColumnSeen[]): ColumnSeen[] {
  return columns.map(({ name, seen }) => ({ name, seen: isExact(seen) ? seen : { ...seen, kind: 'mixed' } }));
}

/** A table of these columns without rows. */
export function emptyTable(columns: readonly ColumnSeen[], rules: Rules, context: Context<object>): Table {
  const parser = parserOf(new Uint8Array(0), false, context);
  return new TableRows(parser, rules, 1, columnsToRead(columns)).table() ?? new Table(0, []);
}

function firstInside(parser: JsonParser): number {
  const { at } = parser;
  if (parser.peek() !== OPEN_LIST) return -1;
  parser.at++;
  const first = parser.peek();
  parser.at = at;
  return first;
}

const MAX_SAFE = 2n ** 53n;

function isWide({ data }: NDArray): boolean {
  // The caller asks of int64 only.
  return (data as BigInt64Array).some(
    (value) => (value > MAX_SAFE || value < -MAX_SAFE) && BigInt(Number(value)) !== value,
  );
}
