import {
  type Context,
  childPath,
  type DType,
  damagedIndex,
  type Entry,
  entriesOf,
  FormatError,
  isNDArray,
  isTable,
  joinBytes,
  joinPath,
  NDArray,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type Source,
  selectFrom,
  sliceTable,
  splitPath,
  type Table,
  type Value,
  valueAt,
} from '@formatlab/core';
import { expectEnd, parserOf } from '../decode.js';
import type { Rules } from '../options.js';
import { CLOSE_LIST, COMMA, OPEN_LIST } from '../parse/ascii.js';
import { readNumberArray } from '../parse/number-lists.js';
import type { JsonParser } from '../parse/parser.js';
import { hookLists } from '../parse/root.js';
import { columnsToRead, emptyTable, readRows } from './list-kind.js';
import type { JsonPlaces, ListKind, ListPlace, ValuePlace } from './places.js';

/** How an engine reads. */
export interface JsonEngine {
  readonly rules: Rules;
  /** The value of a whole file. */
  decode(bytes: Uint8Array): Value;
  /** What becomes of a value that was parsed. */
  finish(value: Value): Value;
}

/** Reads members of a record at the root, and items of lists, where the index says. */
export class IndexedJson implements Reader {
  readonly #source: Source;
  readonly #context: Context<object>;
  readonly #places: JsonPlaces;
  readonly #rules: Rules;
  readonly #engine: JsonEngine;

  constructor(source: Source, context: Context<object>, places: JsonPlaces, engine: JsonEngine) {
    this.#source = source;
    this.#context = context;
    this.#places = places;
    this.#rules = engine.rules;
    this.#engine = engine;
  }

  async entries(): Promise<readonly Entry[]> {
    const { root, members } = this.#places;
    if (members === undefined) return this.#entriesOf(root, '', 0);
    const entries: Entry[] = [];
    for (const [name, place] of members) {
      for (const entry of await this.#entriesOf(place, childPath('', name), 1)) entries.push(entry);
    }
    return entries;
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    const names = splitPath(path);
    const { root, members } = this.#places;
    const isPart = selection.slice !== undefined || selection.columns !== undefined;
    if (names.length === 0 && !isPart) return this.#whole();
    if (members === undefined) return this.#within(root, names, 0, path, selection);
    const [name, ...rest] = names;
    if (name === undefined) return selectFrom(await this.#whole(), path, selection);
    const place = members.get(name);
    if (place === undefined) throw notFound(path, [...members.keys()]);
    return this.#within(place, rest, 1, path, selection);
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  async #entriesOf(place: ValuePlace, path: string, depth: number): Promise<Entry[]> {
    const what = this.#whatOf(place, depth);
    const { list } = place;
    if (what?.kind === 'array')
      return [{ path, kind: 'array', dtype: what.dtype, shape: [list!.count, ...what.rest] }];
    if (what?.kind === 'table') {
      const { columns } = emptyTable(what.columns, this.#rules, this.#context);
      return [
        {
          path,
          kind: 'table',
          rows: list!.count,
          columns: columns.map(({ name, type }) => ({ name, type })),
        },
      ];
    }
    if (what?.kind === 'list') return [{ path, kind: 'tree' }];
    return [...entriesOf(await this.#value(place), path)];
  }

  /** What stands at a place, or behind the names of members and items in it. */
  async #within(
    place: ValuePlace,
    names: readonly string[],
    depth: number,
    path: string,
    selection: ReadSelection,
  ): Promise<Value> {
    const what = this.#whatOf(place, depth);
    const { list } = place;
    if (what === undefined || list === undefined)
      return selectFrom(valueIn(await this.#value(place), names, path), path, selection);
    const [name, ...rest] = names;
    if (name === undefined) return this.#select(list, what, path, selection);
    // Arrays and tables have no members.
    const index = what.kind === 'list' && /^(0|[1-9]\d*)$/.test(name) ? Number(name) : list.count;
    if (index >= list.count) throw notFound(path, undefined);
    const [item] = (await this.#items(list, what, index, index + 1)) as readonly Value[]; // a list
    return selectFrom(valueIn(item!, rest, path), path, selection);
  }

  async #select(
    list: ListPlace,
    what: ListKind,
    path: string,
    { slice, columns }: ReadSelection,
  ): Promise<Value> {
    if (columns !== undefined && what.kind !== 'table') return selectFrom([], path, { slice, columns });
    const spans = resolveSelection(slice, what.kind === 'array' ? [list.count, ...what.rest] : [list.count]);
    const { start, count, step } = spans[0]!;
    const stop = count === 0 ? start : start + (count - 1) * step + 1;
    const part = await this.#items(list, what, start, stop);
    if (what.kind === 'table')
      return sliceTable(part as Parameters<typeof sliceTable>[0], { slice: [{ step }], columns });
    const [first, ...others] = spans.map(({ start: from, count: of, step: by, drop }) =>
      drop ? from : { start: from, stop: of === 0 ? from : from + (of - 1) * by + 1, step: by },
    );
    const fromFirst = typeof first === 'number' ? 0 : { step };
    return selectFrom(part, path, { slice: [fromFirst, ...others] });
  }

  /** Items `start` to `stop`, as the part of an array, table or list that they are. */
  async #items({ items, places }: ListPlace, what: ListKind, start: number, stop: number): Promise<Value> {
    if (start >= stop) return nothing(what, this.#rules, this.#context);
    const first = items.findLastIndex((item) => item <= start);
    const text = await this.#listText(places[first]!, places[items.findIndex((item) => item >= stop)]!);
    const slice = [{ start: start - items[first]!, stop: stop - items[first]! }];
    const parser = parserOf(text, this.#rules.nan === 'python', this.#context);
    hookLists(parser, this.#rules);
    const part = this.#parse(parser, what);
    const count = isTable(part) ? part.rows : isNDArray(part) ? (part.shape[0] ?? 0) : part.length;
    if (count < slice[0]!.stop) throw this.#unlike();
    parser.finish();
    const selected = selectFrom(part, '', { slice });
    return what.kind === 'list' ? this.#engine.finish(selected) : selected;
  }

  /** A list in brackets, as what it is with all the others. */
  #parse(parser: JsonParser, what: ListKind): Table | NDArray | readonly Value[] {
    parser.peek();
    if (what.kind === 'list') return parser.list(0);
    if (what.kind === 'array') {
      const array = readNumberArray(parser);
      if (array === undefined) throw this.#unlike();
      return arrayOf(array, what.dtype);
    }
    const table = readRows(parser, this.#rules, columnsToRead(what.columns))?.table();
    if (table === undefined) throw this.#unlike();
    return table;
  }

  /** What stands between two places of a list, in brackets. */
  async #listText(at: number, end: number): Promise<Uint8Array> {
    const bytes = await this.#bytes(at, end - at);
    let length = bytes.length;
    while (length > 0 && bytes[length - 1]! <= 0x20) length--;
    if (bytes[length - 1] === COMMA) length--;
    return joinBytes([Uint8Array.of(OPEN_LIST), bytes.subarray(0, length), Uint8Array.of(CLOSE_LIST)]);
  }

  async #value({ start, end }: ValuePlace): Promise<Value> {
    const bytes = await this.#bytes(start, end - start);
    const parser = parserOf(bytes, this.#rules.nan === 'python', this.#context);
    hookLists(parser, this.#rules);
    const value = parser.value(1);
    expectEnd(parser);
    return this.#engine.finish(value);
  }

  async #whole(): Promise<Value> {
    return this.#engine.decode(await this.#bytes(0, this.#source.size));
  }

  async #bytes(at: number, length: number): Promise<Uint8Array> {
    this.#context.budget.takeBytes(length, `the ${length} bytes at byte ${at}`);
    return (await this.#source.read([{ at, length }], this.#context.signal))[0]!;
  }

  /** What the items of a list make where it stands; undefined for what is no list. */
  #whatOf({ list }: ValuePlace, depth: number): ListKind | undefined {
    if (list === undefined || depth === 0 || this.#places.entries) return list?.what;
    const { arrays, tables } = this.#rules;
    const everywhere = { list: true, array: arrays === 'always', table: tables === 'always' };
    return everywhere[list.what.kind] ? list.what : { kind: 'list' };
  }

  #unlike(): FormatError {
    return damagedIndex(`the items of '${this.#source.name}' are not those that it says`);
  }
}

function valueIn(value: Value, names: readonly string[], path: string): Value {
  try {
    return names.length === 0 ? value : valueAt(value, joinPath(names));
  } catch (error) {
    throw error instanceof FormatError && error.code === 'not-found' ? notFound(path, undefined) : error;
  }
}

function nothing(what: ListKind, rules: Rules, context: Context<object>): Value {
  if (what.kind === 'list') return [];
  if (what.kind === 'table') return emptyTable(what.columns, rules, context);
  const { dtype, rest } = what;
  const data = dtype === 'int64' ? new BigInt64Array(0) : new Float64Array(0);
  return new NDArray({ dtype, shape: [0, ...rest], data });
}

/** Integers where others are fractions: float64 holds all of them, as indexing has seen. */
function arrayOf(array: NDArray, dtype: DType): NDArray {
  if (array.dtype === dtype) return array;
  const data = Float64Array.from(array.data as BigInt64Array, Number);
  return new NDArray({ dtype: 'float64', shape: array.shape, data });
}

function notFound(path: string, names: readonly string[] | undefined): FormatError {
  return new FormatError('not-found', `read '${path}': no entry of this name`, {
    path,
    ...(names === undefined ? {} : { supported: names.slice(0, 20) }),
  });
}
