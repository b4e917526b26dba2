import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isNDArray,
  isRecord,
  isTable,
  kindOfValue,
  type NDArray,
  type Sink,
  scalarArray,
  splitPath,
  type Table,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { encodeNpz } from '../npz/encode.js';
import type { NumpyOptions } from '../options.js';
import { readerOf, readHeader } from '../reader.js';
import { decodeNpyAt } from './decode.js';
import { encodeNpy } from './encode.js';
import { formatHeader, type NpyHeader } from './header.js';

type Stored = NDArray | Table;

/** One array or table: rows are added behind the data, and the header's shape is changed in place. */
export function npyEditor(sink: Sink, context: Context<NumpyOptions>): Editor {
  return new NpyEditor(sink, context);
}

class NpyEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<NumpyOptions>;
  /** The new value of the whole file, once it was put. */
  #whole: Value | undefined;
  readonly #more: Stored[] = [];

  constructor(sink: Sink, context: Context<NumpyOptions>) {
    this.#sink = sink;
    this.#context = context;
  }

  put(path: string, value: Value): void {
    const names = splitPath(path);
    if (names.length > 0) {
      // A new file without a name for it becomes an npz with its first named entry.
      if (
        this.#sink.size > 0 ||
        (this.#whole !== undefined && !isRecord(this.#whole)) ||
        this.#context.name?.toLowerCase().endsWith('.npy')
      ) {
        throw new FormatError(
          'unsupported',
          `put '${path}': a .npy file holds one array; use .npz for named ones`,
          { format: 'numpy', path },
        );
      }
      this.#whole = { ...(this.#whole as object | undefined), [names.join('/')]: value };
      return;
    }
    this.#whole = asStored(value, path);
    this.#more.length = 0;
  }

  append(path: string, value: Value): void {
    if (splitPath(path).length > 0) throw notFound(path);
    const stored = asStored(value, path);
    if (this.#whole !== undefined) this.#whole = appendValue(this.#whole, stored, path);
    else if (this.#sink.size === 0)
      throw new FormatError('not-found', `append to '${path}': the file is new`, { format: 'numpy', path });
    else this.#more.push(stored);
  }

  remove(path: string): void {
    if (splitPath(path).length > 0) throw notFound(path);
    throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, {
      format: 'numpy',
      path,
    });
  }

  async commit(): Promise<Commit> {
    if (this.#whole !== undefined) return this.#replace(this.#whole);
    const total = { written: 0, rewritten: 0 };
    for (const more of this.#more.splice(0)) {
      const done = await this.#extend(more);
      total.written += done.written;
      total.rewritten += done.rewritten;
    }
    return total;
  }

  close(): void {}

  async #replace(whole: Value): Promise<Commit> {
    const pieces =
      isNDArray(whole) || isTable(whole)
        ? encodeNpy(whole, this.#context)
        : encodeNpz(whole as ValueRecord, this.#context, this.#context.options.compress);
    const before = this.#sink.size;
    await this.#sink.replace(pieces);
    this.#whole = undefined;
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  async #extend(more: Stored): Promise<Commit> {
    const sink = this.#sink;
    const read = readerOf(sink, this.#context);
    const header = await readHeader({ at: 0, length: sink.size }, read);
    const [moreHeader, data] = encodeNpy(more, this.#context);
    const grown = await this.#grownHeader(header, more, moreHeader);
    if (grown === undefined) {
      const base = await decodeNpyAt(await read({ at: 0, length: sink.size }), this.#context, '');
      return this.#replace(appendValue(base, more, ''));
    }
    // The data go first: until the header says so they are only bytes behind the end.
    await sink.write(header.dataOffset + (header.dataBytes ?? 0), data);
    await sink.write(0, grown);
    return { written: data.byteLength + grown.byteLength, rewritten: grown.byteLength };
  }

  /** The header of the longer array, where the same descr fits and the new one is as long as the old. */
  async #grownHeader(
    header: NpyHeader,
    more: Stored,
    moreHeader: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    const rows = isTable(more) ? [more.rows] : more.shape;
    const inner = header.shape.slice(1);
    const slab = rows.length === header.shape.length - 1 ? [1, ...rows] : rows;
    if (
      header.order === 'F' ||
      header.shape.length === 0 ||
      slab.length !== header.shape.length ||
      !inner.every((length, i) => slab[i + 1] === length)
    )
      return undefined;
    if (isNDArray(more) && more.order === 'F' && more.shape.length > 1) return undefined;
    const old = await readerOf(this.#sink, this.#context)({ at: 0, length: header.dataOffset });
    const descr = descrText(old);
    if (descr === undefined || descr !== descrText(moreHeader)) return undefined;
    const grown = formatHeader(descr, 'C', [header.shape[0]! + slab[0]!, ...inner]);
    return grown.byteLength === header.dataOffset && grown[6] === old[6] ? grown : undefined;
  }
}

/** The text of `descr` in a header as NumPy and we write it. */
function descrText(header: Uint8Array): string | undefined {
  const text = new TextDecoder(header[6] === 3 ? 'utf-8' : 'latin1').decode(
    header.subarray(header[6] === 1 ? 10 : 12),
  );
  return /^\{'descr': (.*), 'fortran_order': /s.exec(text)?.[1];
}

function asStored(value: Value, path: string): Stored {
  const stored = scalarArray(value) ?? value;
  if (isNDArray(stored) || isTable(stored)) return stored;
  throw new FormatError(
    'unsupported',
    `put ${kindOfValue(value)} as npy: a .npy file holds one array or table`,
    { format: 'numpy', path },
  );
}

function notFound(path: string): FormatError {
  return new FormatError('not-found', `edit '${path}': a .npy file has no named entries`, {
    format: 'numpy',
    path,
    supported: [''],
  });
}
