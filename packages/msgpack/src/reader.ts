import {
  type Column,
  type Context,
  childPath,
  type Entry,
  entriesOf,
  FormatError,
  gatherSpans,
  joinPath,
  type NDArray,
  pickColumns,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type Source,
  type Span,
  selectFrom,
  sliceTable,
  splitPath,
  Table,
  type Value,
  valueAt,
  wholeReader,
} from '@formatlab/core';
import { decode } from './decode.js';
import { arrayOfBytes } from './forms/array-data.js';
import { readColumn } from './forms/read-forms.js';
import { type ArrayPlace, type GroupPlace, type Place, placeAt, type TablePlace } from './layout.js';
import type { MsgpackOptions } from './options.js';
import { type IndexedPlaces, type ListMarks, placesOfIndex } from './place-index.js';
import { Scanner } from './scanner.js';

/**
 * Entries are found by their headers, or by an index; arrays, slices of them and columns are read alone. A stream without an
 * index is read as a whole.
 */
export async function open(source: Source, context: Context<MsgpackOptions>): Promise<Reader> {
  const isStream = context.options.stream === true;
  const known = context.index === undefined ? undefined : placesOfIndex(context.index, source.size, isStream);
  if (!isStream || known !== undefined) return new MsgpackReader(source, context, known);
  context.budget.takeBytes(source.size, `the stream of ${source.size} bytes`);
  const [bytes] = await source.read([{ at: 0, length: source.size }], context.signal);
  const whole = wholeReader(decode(bytes!, context));
  return { ...whole, close: () => source.close() };
}

/** A value found on the way to a path: in the file, or inside one that had to be decoded. */
type Found = { readonly at: number } | { readonly value: Value };

class MsgpackReader implements Reader {
  readonly #source: Source;
  readonly #scanner: Scanner;
  /** The root is the list of all values of the file. */
  readonly #isStream: boolean;
  /** Places found so far, by where they start. */
  readonly #places: Map<number, Place>;
  readonly #lists: ReadonlyMap<number, ListMarks>;

  constructor(source: Source, context: Context<MsgpackOptions>, known: IndexedPlaces | undefined) {
    this.#isStream = context.options.stream === true;
    this.#places = known?.places ?? new Map<number, Place>();
    this.#lists = known?.lists ?? new Map<number, ListMarks>();
    this.#source = source;
    this.#scanner = new Scanner(source, context);
  }

  async entries(): Promise<readonly Entry[]> {
    if (this.#isStream) return [{ path: '', kind: 'tree' }];
    const entries: Entry[] = [];
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
    if (place.kind === 'table' && (selection.slice !== undefined || selection.columns !== undefined))
      return this.#table(place, selection, path);
    return selectFrom(await this.#scanner.value(found.at, place.end, names.length), path, selection);
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
    } else if (place.kind === 'table') {
      entries.push({
        path,
        kind: 'table',
        rows: place.rows,
        columns: place.columns.map(({ name, type }) => ({ name, type })),
        storedBytes,
      });
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
        return { value: atPath(value, names.slice(level), path) };
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
  async #marked({ elements, places }: ListMarks, index: number): Promise<number> {
    const mark = elements.findLastIndex((element) => element <= index);
    let at = places[mark]!;
    for (let element = elements[mark]!; element < index; element++) at = await this.#scanner.end(at);
    return at;
  }

  async #elements(marks: ListMarks, selection: ReadSelection, path: string, depth: number): Promise<Value> {
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
    const rows = span === undefined ? 0 : rowsTouched(span);
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

  async #table(place: TablePlace, { slice, columns }: ReadSelection, path: string): Promise<Table> {
    const picked = pickColumns(place.columns, columns);
    const span =
      slice === undefined
        ? { start: 0, count: place.rows, step: 1, drop: false }
        : resolveSelection(slice, [place.rows])[0]!;
    const rows = rowsTouched(span);
    const read: Column[] = [];
    for (const { name, type, at, validAt } of picked) {
      const stored = await this.#columnRows(at, span);
      const mask = validAt === undefined ? undefined : await this.#columnRows(validAt, span);
      const column = readColumn(name, type, rows, stored, mask);
      if (column === undefined)
        throw new FormatError(
          'corrupt',
          `read column '${name}' of '${path}': its values do not fit its type`,
          { format: 'msgpack', path, offset: at },
        );
      read.push(column);
    }
    return sliceTable(new Table(rows, read), { slice: [{ step: span.step }] });
  }

  /** The rows that `span` touches of one column's stored values. */
  async #columnRows(at: number, span: Span): Promise<Value> {
    const place = await this.#place(at);
    if (place.kind === 'array' && place.shape.length > 0) return this.#rowsOf(place, span);
    const value = await this.#scanner.value(at, place.end, 0);
    return Array.isArray(value)
      ? value.slice(span.start, span.start + rowsTouched(span))
      : selectFrom(value, '', { slice: [{ start: span.start, stop: span.start + rowsTouched(span) }] });
  }
}

/** Rows from the first to the last that a span picks. */
function rowsTouched({ count, step }: Span): number {
  return count === 0 ? 0 : (count - 1) * step + 1;
}

function atPath(value: Value, names: readonly string[], path: string): Value {
  try {
    return valueAt(value, joinPath(names));
  } catch (error) {
    throw error instanceof FormatError && error.code === 'not-found' ? notFound(path, undefined) : error;
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
