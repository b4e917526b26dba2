import {
  type BatchOptions,
  type Context,
  damagedIndex,
  type Entry,
  FormatError,
  isTable,
  joinPath,
  markBefore,
  type PlaceMarks,
  type Reader,
  type ReadSelection,
  resolveSelection,
  rowsToResolve,
  type Source,
  type Span,
  selectFrom,
  sliceTable,
  splitPath,
  type Table,
  type Value,
  valueAt,
} from '@formatlab/core';
import { decodeStream } from '../decode.js';
import type { ProtobufOptions } from '../options.js';
import { FieldScanner } from '../scan/field-scanner.js';
import type { MessageType } from '../schema/model.js';
import { isFlat } from './read-stream.js';

const BATCH_ROWS = 10_000;
/** Messages of a batch, in the file. */
const BATCH_BYTES = 16 * 2 ** 20;

/**
 * Messages behind their lengths: what stands before those asked for is passed by its lengths, from a mark of an index on
 * where there is one.
 */
export function openStream(
  source: Source,
  type: MessageType,
  context: Context<ProtobufOptions>,
  marks: PlaceMarks | undefined,
): Reader {
  if (marks !== undefined && marks.end !== source.size)
    throw damagedIndex('its messages are not those of the file');
  return new StreamReader(source, type, context, marks);
}

class StreamReader implements Reader {
  readonly #source: Source;
  readonly #type: MessageType;
  readonly #context: Context<ProtobufOptions>;
  readonly #scanner: FieldScanner;
  readonly #marks: PlaceMarks | undefined;
  /** The furthest message that is known. */
  #known = { row: 0, at: 0 };

  constructor(
    source: Source,
    type: MessageType,
    context: Context<ProtobufOptions>,
    marks: PlaceMarks | undefined,
  ) {
    this.#marks = marks;
    this.#source = source;
    this.#type = type;
    this.#context = context;
    this.#scanner = new FieldScanner(source, context);
  }

  async entries(): Promise<readonly Entry[]> {
    const { row: rows } = await this.#seek(Number.POSITIVE_INFINITY);
    const storedBytes = this.#source.size;
    const empty = this.#isTable() ? this.#decode(new Uint8Array(0), 0) : undefined;
    if (!isTable(empty)) return [{ path: '', kind: 'tree', storedBytes }];
    const columns = empty.columns.map(({ name, type }) => ({ name, type }));
    return [{ path: '', kind: 'table', rows, columns, storedBytes }];
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    const [name, ...deeper] = splitPath(path);
    if (name !== undefined) {
      const item = await this.#item(name, path);
      return selectFrom(valueAt(item, joinPath(deeper)), path, selection);
    }
    const { slice } = selection;
    if (slice === undefined) return selectFrom(await this.#rows(0, this.#scanner.size), path, selection);
    const { start, count, step, drop } = await this.#resolve(slice);
    const from = await this.#seek(start);
    const to = await this.#seek(count === 0 ? start : start + (count - 1) * step + 1);
    const rows = await this.#rows(from.at, to.at);
    return selectFrom(rows, path, { ...selection, slice: [drop ? 0 : { step }] });
  }

  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    if (splitPath(path).length > 0) throw notFound(path);
    const most = Math.max(1, options.rows ?? BATCH_ROWS);
    const { start, count, step } =
      options.slice === undefined
        ? { start: 0, count: Number.POSITIVE_INFINITY, step: 1 }
        : await this.#resolve(options.slice);
    let { at } = await this.#seek(start);
    for (let left = count; left > 0 && at < this.#scanner.size; ) {
      const touched = (Math.min(most, left) - 1) * step + 1;
      const found = await this.#scanner.messages(at, touched, BATCH_BYTES);
      const value = await this.#rows(at, found.at);
      if (!isTable(value))
        throw new FormatError(
          'unsupported',
          `read messages from byte ${at} in batches: they are no rows of a table; read the whole instead`,
          { format: 'protobuf', offset: at, feature: 'batches' },
        );
      const slice = step === 1 ? undefined : [{ step }];
      const batch = sliceTable(value, { slice, columns: options.columns });
      yield batch;
      left -= batch.rows;
      ({ at } = await this.#scanner.messages(found.at, batch.rows * step - found.count));
    }
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  #isTable(): boolean {
    return (this.#context.options.rows ?? 'table') === 'table' && isFlat(this.#type);
  }

  /** One message of a list. @throws FormatError `not-found` */
  async #item(name: string, path: string): Promise<Value> {
    const index = /^(0|[1-9]\d*)$/.test(name) && !this.#isTable() ? Number(name) : undefined;
    const found = index === undefined ? undefined : await this.#seek(index);
    if (found === undefined || found.row !== index || found.at >= this.#scanner.size) throw notFound(path);
    const { at: end } = await this.#scanner.messages(found.at, 1);
    // A list, of one message.
    return valueAt(await this.#rows(found.at, end), '/0');
  }

  async #resolve(slice: NonNullable<ReadSelection['slice']>): Promise<Span> {
    const { row: rows } = await this.#seek(rowsToResolve(slice) ?? Number.POSITIVE_INFINITY);
    return resolveSelection(slice, [rows])[0]!;
  }

  /** Message `row`, or the end of the file where there are fewer. */
  async #seek(row: number): Promise<{ readonly row: number; readonly at: number }> {
    const marks = this.#marks;
    if (marks !== undefined && row >= marks.count) return { row: marks.count, at: marks.end };
    const mark = marks === undefined ? undefined : markBefore(marks, row);
    let from = mark === undefined ? { row: 0, at: 0 } : { row: mark.number, at: mark.at };
    if (this.#known.row <= row && this.#known.row >= from.row) from = this.#known;
    const { at, count } = await this.#scanner.messages(from.at, row - from.row);
    const found = { row: from.row + count, at };
    if (found.row > this.#known.row) this.#known = found;
    return found;
  }

  async #rows(at: number, end: number): Promise<Value> {
    const { bytes } = await this.#scanner.read(at, end, this.#scanner.budget());
    return this.#decode(bytes, at);
  }

  #decode(bytes: Uint8Array, at: number): Value {
    return decodeStream(bytes, this.#type, at, { ...this.#context, budget: this.#scanner.budget() });
  }
}

function notFound(path: string): FormatError {
  return new FormatError('not-found', `read '${path}': a stream has no message of this number`, {
    format: 'protobuf',
    path,
  });
}
