import {
  type BatchOptions,
  batchParts,
  type Column,
  type Context,
  childPath,
  columnsOfParts,
  type Entry,
  entriesOf,
  FormatError,
  gatherSpans,
  isTable,
  joinPath,
  markBefore,
  type NDArray,
  type PlaceMarks,
  partOfTable,
  pickColumns,
  type Reader,
  type ReadSelection,
  readParts,
  resolveSelection,
  rowsOfParts,
  type Source,
  type Span,
  selectFrom,
  spanExtent,
  splitPath,
  Table,
  type TablePart,
  type Value,
  valueAt,
} from '@formatlab/core';
import { arrayOfBytes } from './forms/array-data.js';
import { readColumn } from './forms/read-forms.js';
import { type ArrayPlace, type GroupPlace, type Place, placeAt, type TablePlace } from './layout.js';
import type { MsgpackOptions } from './options.js';
import { type IndexedPlaces, placesOfIndex } from './place-index.js';
import { Scanner } from './scanner.js';
import { openStream } from './stream-reader.js';

/**
 * Entries are found by their headers, or by an index; arrays, slices of them, rows and columns are read alone, and so are
 * values of a stream.
 */
export function open(source: Source, context: Context<MsgpackOptions>): Reader {
  const isStream = context.options.stream === true;
  const known = context.index === undefined ? undefined : placesOfIndex(context.index, source.size, isStream);
  return isStream && known === undefined
    ? openStream(source, context)
    : new MsgpackReader(source, context, known);
}

/** A value found on the way to a path: in the file, or inside one that had to be decoded. */
type Found = { readonly at: number } | { readonly value: Value };

/** Reads a file of one value. */
export class MsgpackReader implements Reader {
  readonly #source: Source;
  readonly #scanner: Scanner;
  /** The root is the list of all values of the file. */
  readonly #isStream: boolean;
  /** Places found so far, by where they start. */
  readonly #places: Map<number, Place>;
  readonly #lists: ReadonlyMap<number, PlaceMarks>;

  constructor(source: Source, context: Context<MsgpackOptions>, known: IndexedPlaces | undefined) {
    this.#isStream = context.options.stream === true;
    this.#places = known?.places ?? new Map<number, Place>();
    this.#lists = known?.lists ?? new Map<number, PlaceMarks>();
    this.#source = source;
    this.#scanner = new Scanner(source, context);
  }

  async entries(): Promise<readonly Entry[]> {
    if (this.#isStream) return [{ path: '', kind: 'tree' }];
    const entries: Entry[] = [];
    if (!this.#places.has(0)) this.#places.set(0, await placeAt(this.#scanner, 0, this.#places));
    await this.#list(0, '', entries, 0);
    return entries;
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    const names = splitPath(path);
    const found = await this.#find(names, path);
    if ('value' in found) return selectFrom(found.value, path, selection);
    const marks = this.#lists.get(found.at);
    const isRoot = names.length === 0;
    if (marks !== undefined && (this.#isStream ? isRoot : selection.slice !== undefined))
      return this.#elements(marks, selection, path, names.length);
    const place = await this.#place(found.at);
    if (place.kind === 'array' && selection.columns === undefined) return this.#array(place, selection);
    if (selection.slice !== undefined || selection.columns !== undefined) {
      const parts = this.#parts(place, path);
      if (parts !== undefined) return readParts(parts, selection);
    }
    return selectFrom(await this.#scanner.value(found.at, place.end, names.length), path, selection);
  }

  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    const names = splitPath(path);
    const found = await this.#find(names, path);
    const place = 'value' in found ? undefined : await this.#place(found.at);
    let parts = place === undefined ? undefined : this.#parts(place, path);
    if (parts === undefined) {
      const value = 'value' in found ? found.value : await this.read(path);
      if (!isTable(value))
        throw new FormatError('bad-selection', `read batches of '${path}': it has no rows`, {
          format: 'msgpack',
          path,
        });
      parts = [partOfTable(value)];
    }
    yield* batchParts(parts, options);
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  async #list(at: number, path: string, entries: Entry[], depth: number): Promise<void> {
    const { budget } = this.#scanner.readContext();
    budget.checkDepth(depth, `'${path}'`);
    budget.takeItems(entries.length + 1, 'the list of entries');
    const place = await this.#place(at);
    const storedBytes = place.end - at;
    if (place.kind === 'array') {
      const { type, shape, dataLength } = place;
      entries.push({
        path,
        kind: 'array',
        dtype: type.dtype,
        shape,
        ...(type.unit === undefined ? {} : { unit: type.unit }),
        storedBytes: dataLength,
      });
    } else if (place.kind === 'table' || place.kind === 'tables') {
      const parts = this.#parts(place, path)!;
      const columns = columnsOfParts(parts).map(({ name, type }) => ({ name, type }));
      entries.push({ path, kind: 'table', rows: rowsOfParts(parts), columns, storedBytes });
    } else if (place.kind === 'group') {
      if (path !== '') entries.push({ path, kind: 'group', storedBytes });
      for (const [name, start] of place.members)
        await this.#list(start, childPath(path, name), entries, depth + 1);
    } else await this.#listOther(at, place.end, path, entries, depth);
  }

  /** Lists, scalars, and forms whose kind only their content tells. */
  async #listOther(at: number, end: number, path: string, entries: Entry[], depth: number): Promise<void> {
    const header = await this.#scanner.header(at);
    if (header.kind !== 'map') entries.push({ path, kind: 'tree', storedBytes: end - at });
    else for (const entry of entriesOf(await this.#scanner.value(at, end, depth), path)) entries.push(entry);
  }

  /** Follows names through records and lists. @throws FormatError `not-found` */
  async #find(names: readonly string[], path: string): Promise<Found> {
    let at = 0;
    for (let level = 0; level < names.length; level++) {
      const name = names[level]!;
      const marks = this.#lists.get(at);
      if (marks !== undefined && (level === 0 || !this.#isStream)) {
        const index = /^(0|[1-9]\d*)$/.test(name) ? Number(name) : marks.count;
        if (index >= marks.count) throw notFound(path, undefined);
        at = await this.#marked(marks, index);
        continue;
      }
      if (this.#places.get(at)?.kind !== 'group') {
        const header = await this.#scanner.header(at);
        if (header.kind === 'array') {
          at = await this.#element(at, header, name, path);
          continue;
        }
      }
      const place = await this.#place(at);
      if (place.kind !== 'group') {
        const value = place.kind === 'other' ? await this.#scanner.value(at, place.end, level) : null;
        return { value: valueAt(value, joinPath(names.slice(level)), path) };
      }
      const start = place.members.get(name);
      if (start === undefined) throw notFound(path, place);
      at = start;
    }
    return { at };
  }

  async #element(
    at: number,
    header: { readonly size: number; readonly children: number },
    name: string,
    path: string,
  ): Promise<number> {
    const index = /^(0|[1-9]\d*)$/.test(name) ? Number(name) : header.children;
    if (index >= header.children) throw notFound(path, undefined);
    let next = at + header.size;
    for (let i = 0; i < index; i++) next = await this.#scanner.end(next);
    return next;
  }

  /** Where an element begins: from the mark before it on. */
  async #marked(marks: PlaceMarks, index: number): Promise<number> {
    const mark = markBefore(marks, index);
    let { at } = mark;
    for (let element = mark.number; element < index; element++) at = await this.#scanner.end(at);
    return at;
  }

  async #elements(marks: PlaceMarks, selection: ReadSelection, path: string, depth: number): Promise<Value> {
    // No list has columns: what is refused of others is refused here.
    if (selection.columns !== undefined) return selectFrom([], path, selection);
    const { start, count, step, drop } = resolveSelection(selection.slice, [marks.count])[0]!;
    const items: Value[] = [];
    const { budget } = this.#scanner.readContext();
    let at = count === 0 ? 0 : await this.#marked(marks, start);
    for (let i = 0; items.length < count; i++) {
      const end = await this.#scanner.end(at);
      budget.takeBytes(end - at, `elements of '${path}'`);
      if (i % step === 0) items.push(await this.#scanner.value(at, end, depth + 1));
      at = end;
    }
    return drop ? items[0]! : items;
  }

  async #place(at: number): Promise<Place> {
    const known = this.#places.get(at);
    if (known !== undefined) return known;
    const place = await placeAt(this.#scanner, at);
    this.#places.set(at, place);
    return place;
  }

  /** The rows that a selection touches are one run of bytes: what it picks of them is copied. */
  async #array(place: ArrayPlace, { slice }: ReadSelection): Promise<NDArray> {
    if (slice === undefined) return this.#rowsOf(place, undefined);
    const spans = resolveSelection(slice, place.shape);
    const [first, ...rest] = spans;
    if (first === undefined) return this.#rowsOf(place, undefined);
    return gatherSpans(await this.#rowsOf(place, first), [{ ...first, start: 0 }, ...rest]);
  }

  async #rowsOf({ type, shape, dataAt, dataLength }: ArrayPlace, span: Span | undefined): Promise<NDArray> {
    const rows = span === undefined ? 0 : spanExtent(span);
    const rowBytes = shape[0] === undefined || shape[0] === 0 ? 0 : dataLength / shape[0];
    const at = span === undefined ? dataAt : dataAt + span.start * rowBytes;
    const length = span === undefined ? dataLength : rows * rowBytes;
    const { budget } = this.#scanner.readContext();
    budget.takeBytes(length, `array of shape [${shape}]`);
    return arrayOfBytes(
      type,
      span === undefined ? shape : [rows, ...shape.slice(1)],
      await this.#scanner.bytes(at, length),
      budget,
      at,
    );
  }

  /** The parts of a table, to be read by rows; undefined for what is none. */
  #parts(place: Place, path: string): readonly TablePart[] | undefined {
    if (place.kind === 'table') return [this.#part(place, path)];
    return place.kind === 'tables' ? place.parts.map((part) => this.#part(part, path)) : undefined;
  }

  #part(place: TablePlace, path: string): TablePart {
    return {
      rows: place.rows,
      columns: place.columns.map(({ name, type, validAt }) => ({
        name,
        type,
        masked: validAt !== undefined,
      })),
      read: async (start, count, names) => {
        const read: Column[] = [];
        for (const column of pickColumns(place.columns, names)) {
          const { name, type, at, validAt } = column;
          const stored = await this.#columnRows(at, start, count);
          const mask = validAt === undefined ? undefined : await this.#columnRows(validAt, start, count);
          const made = readColumn(name, type, count, stored, mask);
          if (made === undefined)
            throw new FormatError(
              'corrupt',
              `read column '${name}' of '${path}': its values do not fit its type`,
              { format: 'msgpack', path, offset: at },
            );
          read.push(made);
        }
        return new Table(count, read);
      },
    };
  }

  /** Rows of one column's stored values. */
  async #columnRows(at: number, start: number, count: number): Promise<Value> {
    const header = await this.#scanner.header(at);
    if (header.kind === 'array') return this.#scanner.items(at, header, start, count);
    const place = await this.#place(at);
    const span = { start, count, step: 1, drop: false };
    if (place.kind === 'array' && place.shape.length > 0) return this.#rowsOf(place, span);
    const value = await this.#scanner.value(at, place.end, 0);
    return selectFrom(value, '', { slice: [{ start, stop: start + count }] });
  }
}

function notFound(path: string, group: GroupPlace | undefined): FormatError {
  const names = group === undefined ? undefined : [...group.members.keys()].slice(0, 20);
  return new FormatError('not-found', `read '${path}': no entry of this name`, {
    format: 'msgpack',
    path,
    ...(names === undefined ? {} : { supported: names }),
  });
}
