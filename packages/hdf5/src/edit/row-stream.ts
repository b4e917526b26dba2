import {
  attributesOf,
  type Column,
  type Context,
  FormatError,
  isNDArray,
  type Sink,
  Table,
  type ValueRecord,
} from '@formatlab/core';
import type { Hdf5Options } from '../options.js';
import {
  autoChunk,
  type ChunkEntry,
  type ChunkOptions,
  filtersOf,
  writeChunkData,
  writeTree,
} from '../write/chunks.js';
import { attributeMessages, type Content, contentOf, type WriteSettings } from '../write/dataset.js';
import { deflate } from '../write/deflate.js';
import { FileWriter } from '../write/file-writer.js';
import { chunkedLayout, dataspace, datatype, fillValue, filterPipeline } from '../write/messages.js';
import { buildHeader, sealHeader } from '../write/object-header.js';
import { References } from '../write/references.js';

/** Rows that a chunk is reckoned for: so many that it is as large as chunks get. */
const MANY_ROWS = 2 ** 30;

/**
 * A new table whose chunks are written behind the file while its rows come. Nothing leads to them until its header is
 * linked to.
 */
export class RowStream {
  readonly #sink: Sink;
  readonly #context: Context<Hdf5Options>;
  /** Where the file's addresses begin. */
  readonly #base: number;
  readonly #path: string;
  readonly #entries: ChunkEntry[] = [];
  #end: number;
  #first:
    | { readonly attributes: ValueRecord | undefined; readonly form: Form; readonly chunk: ChunkOptions }
    | undefined;
  /** Rows that did not make a chunk yet. */
  #rest: Uint8Array = new Uint8Array(0);
  #rows = 0;
  written = 0;

  constructor(sink: Sink, base: number, path: string, context: Context<Hdf5Options>) {
    this.#sink = sink;
    this.#base = base;
    this.#path = path;
    this.#context = context;
    this.#end = sink.size - base;
    if (context.options.strings === 'fixed')
      throw new FormatError(
        'unsupported',
        `write '${path}' in batches with 'strings' 'fixed': the longest text is known at the end only`,
        { format: 'hdf5', path, feature: 'fixed text in batches', supported: ["'strings' 'variable'"] },
      );
  }

  /** @throws FormatError `unsupported` for rows of another type than the first ones */
  async add(batch: Table): Promise<void> {
    const writer = new FileWriter(this.#end);
    const content = contentOf(withValidity(batch), this.#settings(writer), this.#path);
    const size = content.type.size;
    const { type, markers } = content;
    this.#first ??= {
      attributes: attributesOf(batch),
      form: { type, markers },
      chunk: chunkOf(size, this.#context.options),
    };
    const { chunk } = this.#first;
    if (!sameForm(content, this.#first.form)) throw anotherForm(this.#path);
    const bytes = new Uint8Array(this.#rest.byteLength + content.bytes.byteLength);
    bytes.set(this.#rest);
    bytes.set(content.bytes, this.#rest.byteLength);
    const rows = bytes.byteLength / size;
    const full = rows - (rows % chunk.chunk[0]!);
    await this.#chunks(writer, bytes.subarray(0, full * size), full);
    this.#rest = bytes.slice(full * size);
    await this.#flush(writer);
  }

  /** Writes what is left, the index and the header; gives the header's address. */
  async finish(): Promise<number> {
    const { form, chunk, attributes } = this.#first!;
    const { size } = form.type;
    const writer = new FileWriter(this.#end);
    await this.#chunks(writer, this.#rest, this.#rest.byteLength / size);
    this.#rest = new Uint8Array(0);
    const shape = [this.#rows];
    const index =
      this.#entries.length === 0 ? undefined : writeTree(writer, this.#entries, shape, chunk.chunk);
    const filters = filtersOf(chunk, size);
    const header = buildHeader([
      dataspace(shape, true),
      datatype(form.type),
      fillValue(true),
      ...(filters.length === 0 ? [] : [filterPipeline(filters)]),
      chunkedLayout(index, chunk.chunk, size),
      ...attributeMessages({ ...attributes, ...form.markers }, this.#settings(writer), this.#path),
    ]);
    sealHeader(header);
    const address = writer.add(header.bytes);
    await this.#flush(writer);
    return address;
  }

  async #chunks(writer: FileWriter, bytes: Uint8Array, rows: number): Promise<void> {
    if (rows === 0) return;
    const { form, chunk } = this.#first!;
    const made = await writeChunkData(writer, bytes, [rows], form.type.size, chunk, deflate);
    for (const { offset, ...place } of made)
      this.#entries.push({ ...place, offset: [offset[0]! + this.#rows] });
    this.#rows += rows;
  }

  async #flush(writer: FileWriter): Promise<void> {
    await this.#sink.write(this.#base + this.#end, writer.pieces);
    this.written += writer.end - this.#end;
    this.#end = writer.end;
  }

  #settings(writer: FileWriter): WriteSettings {
    const { options } = this.#context;
    return { writer, options, context: this.#context, references: new References() };
  }
}

/** A column that may have nulls has a member for them also where a batch has none. */
function withValidity(batch: Table): Table {
  const columns = batch.columns.map(
    (column): Column =>
      column.type.nullable && column.valid === undefined && isNDArray(column.values)
        ? { ...column, valid: new Uint8Array(batch.rows).fill(1) }
        : column,
  );
  return new Table(batch.rows, columns);
}

function chunkOf(elementSize: number, options: Hdf5Options): ChunkOptions {
  const { compression = 'none', level = 4, shuffle = true, chunks } = options;
  const chunk = Array.isArray(chunks) ? [chunks[0] as number] : autoChunk([MANY_ROWS], elementSize);
  return { chunk, level: compression === 'gzip' ? level : undefined, shuffle };
}

/** What all batches have in common. */
type Form = Pick<Content, 'type' | 'markers'>;

function sameForm(content: Form, first: Form): boolean {
  const [here, there] = [content.type.message, first.type.message];
  return (
    here.byteLength === there.byteLength &&
    here.every((byte, i) => byte === there[i]) &&
    JSON.stringify(content.markers) === JSON.stringify(first.markers)
  );
}

function anotherForm(path: string): FormatError {
  return new FormatError(
    'unsupported',
    `write a batch of '${path}' as hdf5: its columns are of another form than in the first batch; text with a NUL in it is kept in a form of its own`,
    { format: 'hdf5', path, feature: 'batches of another form' },
  );
}
