import {
  type BatchOptions,
  batchParts,
  type Context,
  childPath,
  columnsOfParts,
  damagedIndex,
  type Entry,
  entriesOf,
  FormatError,
  gatherSpans,
  isTable,
  joinPath,
  partOfTable,
  type Reader,
  type ReadSelection,
  readParts,
  resolveSelection,
  rowsOfParts,
  type Source,
  selectFrom,
  splitPath,
  type Table,
  type TablePart,
  type Value,
  valueAt,
  wholeReader,
} from '@formatlab/core';
import { decode } from './decode.js';
import { MAGIC } from './forms/fields.js';
import { isOurs, joined, readFile, ValueReader } from './forms/read-value.js';
import { messageOf, type ProtobufOptions } from './options.js';
import { isNamed, knownOfIndex } from './place-index.js';
import { type FieldPlace, FieldScanner } from './scan/field-scanner.js';
import { type ArrayPlace, type FilePlace, fileAt, type Place, placeAt, tableAt } from './scan/layout.js';
import { readArrayRows, tablePart } from './scan/rows.js';
import { openStream } from './stream/stream-reader.js';

/**
 * Entries, arrays and tables of a file of ours are found by the tags and lengths of fields, rows of a stream by their
 * lengths. A message of a schema is read as a whole.
 */
export async function open(source: Source, context: Context<ProtobufOptions>): Promise<Reader> {
  const type = messageOf(context.options);
  const isStream = type !== undefined && context.options.stream === true;
  const known = context.index === undefined ? {} : knownOfIndex(context.index, source.size, isStream);
  if (isStream) return openStream(source, type, context, known.marks);
  if (known.layout !== undefined) return new ValuesReader(source, context, known.layout);
  const head = await source.read([{ at: 0, length: Math.min(source.size, MAGIC.length) }], context.signal);
  if (type === undefined && isOurs(head[0]!)) return new ValuesReader(source, context);
  context.budget.takeBytes(source.size, `the ${source.size} bytes of '${source.name}'`);
  const [bytes] = await source.read([{ at: 0, length: source.size }], context.signal);
  return { ...wholeReader(decode(bytes!, context)), close: () => source.close() };
}

/** Opens a file of ours, to see what a table in it is. */
export function valuesReader(source: Source, context: Context<ProtobufOptions>): ValuesReader {
  return new ValuesReader(source, context);
}

/** What a path leads to: a Value in the file with the further rows of it, or one that was decoded on the way. */
type Found = { readonly field: FieldPlace; readonly more: readonly FieldPlace[] } | { readonly value: Value };

export class ValuesReader implements Reader {
  readonly #source: Source;
  readonly #scanner: FieldScanner;
  #file: Promise<FilePlace> | undefined;
  /** Places found so far, by where they start. */
  readonly #places = new Map<number, Promise<Place>>();
  readonly #isIndexed: boolean;

  /** @param known what an index says of the file */
  constructor(source: Source, context: Context<ProtobufOptions>, known?: FilePlace) {
    this.#source = source;
    this.#scanner = new FieldScanner(source, context);
    this.#isIndexed = known !== undefined;
    if (known !== undefined) this.#file = Promise.resolve(known);
  }

  async entries(): Promise<readonly Entry[]> {
    // What an entry is gets noted on the way: damage is told where the entry is asked for.
    this.#file ??= fileAt(this.#scanner, (item) => this.#place(item).catch(() => undefined));
    const { value, entries: named, rows } = await this.#file;
    const entries: Entry[] = [];
    if (value !== undefined) await this.#list(value, rows.get(undefined) ?? [], '', entries, 0);
    for (const [name, field] of named)
      await this.#list(field, rows.get(name) ?? [], childPath('', name), entries, 0);
    return entries;
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    const names = splitPath(path);
    const { value } = await this.#layout();
    if (names.length === 0 && value === undefined) return selectFrom(await this.#all(), path, selection);
    const found = await this.#find(names, path);
    if ('value' in found) return selectFrom(found.value, path, selection);
    const place = await this.#place(found.field);
    if (place.kind === 'array' && selection.columns === undefined) return this.#array(place, selection);
    const parts = await this.#parts(found.field, found.more);
    if (parts !== undefined) return readParts(parts, selection);
    return selectFrom(await this.#decoded(found, names.length), path, selection);
  }

  async *batches(path: string, options: BatchOptions = {}): ReturnType<NonNullable<Reader['batches']>> {
    const parts = await this.partsOf(path);
    if (parts === undefined)
      throw new FormatError('bad-selection', `read batches of '${path}': it has no rows`, {
        format: 'protobuf',
        path,
      });
    yield* batchParts(parts, options);
  }

  /** The parts of a table; undefined where the path leads to something else. @throws FormatError `not-found` */
  async partsOf(path: string): Promise<readonly TablePart[] | undefined> {
    const names = splitPath(path);
    if (names.length === 0 && (await this.#layout()).value === undefined) return undefined;
    const found = await this.#find(names, path);
    if (!('value' in found)) {
      const parts = await this.#parts(found.field, found.more);
      if (parts !== undefined) return parts;
    }
    const value = 'value' in found ? found.value : await this.#decoded(found, names.length);
    return isTable(value) ? [partOfTable(value)] : undefined;
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  async #list(
    field: FieldPlace,
    more: readonly FieldPlace[],
    path: string,
    entries: Entry[],
    depth: number,
  ): Promise<void> {
    const budget = this.#scanner.budget();
    budget.checkDepth(depth, `'${path}'`);
    budget.takeItems(entries.length + 1, 'the list of entries');
    const place = await this.#place(field);
    const storedBytes = field.end - field.at;
    if (place.kind === 'array') {
      const { dtype, shape, unit, data } = place;
      const described = unit === undefined ? {} : { unit };
      entries.push({ path, kind: 'array', dtype, shape, ...described, storedBytes: data.end - data.at });
    } else if (place.kind === 'group') {
      if (path !== '') entries.push({ path, kind: 'group', storedBytes });
      for (const [name, member] of place.members)
        await this.#list(member, [], childPath(path, name), entries, depth + 1);
    } else {
      const parts = await this.#parts(field, more);
      if (parts !== undefined) {
        const columns = columnsOfParts(parts).map(({ name, type }) => ({ name, type }));
        const bytes = more.reduce((sum, part) => sum + part.end - part.at, storedBytes);
        entries.push({ path, kind: 'table', rows: rowsOfParts(parts), columns, storedBytes: bytes });
      } else if (place.kind === 'scalar') entries.push({ path, kind: 'tree', storedBytes });
      else
        for (const entry of entriesOf(await this.#decoded({ field, more }, depth), path)) entries.push(entry);
    }
  }

  /** Follows names through records. @throws FormatError `not-found` */
  async #find(names: readonly string[], path: string): Promise<Found> {
    const { value, entries, rows } = await this.#layout();
    let field = value;
    let more = rows.get(undefined) ?? [];
    for (const [level, name] of names.entries()) {
      let members = entries;
      if (field !== undefined) {
        const place = await this.#place(field);
        if (place.kind !== 'group') {
          const inside = await this.#decoded({ field, more }, level);
          return { value: valueAt(inside, joinPath(names.slice(level)), path) };
        }
        members = place.members;
      }
      field = members.get(name);
      if (field === undefined) throw notFound(path, [...members.keys()]);
      if (this.#isIndexed && members === entries && !(await isNamed(this.#scanner, name, field)))
        throw damagedIndex('the entries of the file are not those that it says');
      more = level === 0 ? (rows.get(name) ?? []) : [];
    }
    // Without names there is a value: the caller has looked.
    return { field: field!, more };
  }

  #layout(): Promise<FilePlace> {
    this.#file ??= fileAt(this.#scanner);
    return this.#file;
  }

  #place(field: FieldPlace): Promise<Place> {
    let place = this.#places.get(field.at);
    if (place === undefined) {
      place = placeAt(this.#scanner, field);
      this.#places.set(field.at, place);
    }
    return place;
  }

  /** A table and its further rows; undefined where one of them has to be decoded to tell. */
  async #parts(field: FieldPlace, more: readonly FieldPlace[]): Promise<readonly TablePart[] | undefined> {
    const place = await this.#place(field);
    if (place.kind !== 'table') return undefined;
    const parts = [tablePart(this.#scanner, place)];
    for (const rows of more) {
      const part = await tableAt(this.#scanner, rows);
      const alike =
        part?.columns.length === place.columns.length &&
        part.columns.every(({ name }, i) => name === place.columns[i]!.name);
      if (!alike) return undefined;
      parts.push(tablePart(this.#scanner, part));
    }
    return parts;
  }

  /** What a selection touches of an array is one run of rows: what it picks of them is copied. */
  async #array(place: ArrayPlace, { slice }: ReadSelection): Promise<Value> {
    const budget = this.#scanner.budget();
    const [first, ...rest] = slice === undefined ? [] : resolveSelection(slice, place.shape);
    if (first === undefined) return readArrayRows(this.#scanner, place, 0, place.shape[0] ?? 1, budget);
    const rows = first.count === 0 ? 0 : (first.count - 1) * first.step + 1;
    const read = await readArrayRows(this.#scanner, place, first.start, rows, budget);
    return gatherSpans(read, [{ ...first, start: 0 }, ...rest]);
  }

  async #decoded(
    { field, more }: { field: FieldPlace; more: readonly FieldPlace[] },
    depth: number,
  ): Promise<Value> {
    const budget = this.#scanner.budget();
    const r = await this.#scanner.read(field.partAt, field.end, budget);
    const value = new ValueReader(r, budget).part(depth);
    if (more.length === 0) return value;
    if (!isTable(value))
      throw new FormatError('corrupt', `read rows at byte ${more[0]!.at}: no table is before`, {
        format: 'protobuf',
        offset: more[0]!.at,
      });
    const tables: Table[] = [];
    for (const part of more) {
      const rows = await this.#scanner.read(part.partAt, part.end, budget);
      tables.push(new ValueReader(rows, budget).table(1));
    }
    return joined(value, tables, budget);
  }

  async #all(): Promise<Value> {
    const budget = this.#scanner.budget();
    return readFile((await this.#scanner.read(0, this.#scanner.size, budget)).bytes, budget);
  }
}

function notFound(path: string, names: readonly string[] | undefined): FormatError {
  return new FormatError('not-found', `read '${path}': no entry of this name`, {
    format: 'protobuf',
    path,
    ...(names === undefined ? {} : { supported: names.slice(0, 20) }),
  });
}
