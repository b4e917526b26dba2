import {
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isNDArray,
  joinBytes,
  kindOfValue,
  NDArray,
  piecesOf,
  type Sink,
  scalarArray,
  splitPath,
  type Value,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode, encodeRows } from './encode.js';
import { CR, LF } from './numbers/read-matrix.js';
import type { TextOptions } from './options.js';

/** Bytes at the start of a file that tell what its rows are. */
const SAMPLE = 64 * 1024;

/** Rows are added at the end; everything else writes the file anew. */
export function edit(sink: Sink, context: Context<TextOptions>): Editor {
  return new TextEditor(sink, context);
}

/** What rows of the file look like. */
interface Head {
  readonly dtype: NDArray['dtype'];
  readonly columns: number;
}

class TextEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<TextOptions>;
  #replacement: Uint8Array | undefined;
  #added: Uint8Array[] = [];
  #head: Head | undefined;

  constructor(sink: Sink, context: Context<TextOptions>) {
    this.#sink = sink;
    this.#context = context;
  }

  put(path: string, value: Value): void {
    checkRoot(path);
    this.#replacement = joinBytes(encode(value, this.#context));
    this.#added = [];
    this.#head = undefined;
  }

  async append(path: string, value: Value): Promise<void> {
    checkRoot(path);
    const rows = scalarArray(value) ?? value;
    if (!isNDArray(rows))
      throw new FormatError('unsupported', `append ${kindOfValue(value)} to text: rows are an array`, {
        format: 'text',
        path,
      });
    const head = await this.#readHead();
    if (head === undefined) {
      // There are no rows that these could differ from.
      this.#added.push(...piecesOf(encodeRows(rows, this.#context, this.#isEmpty())));
      this.#head = { dtype: rows.dtype, columns: rows.shape[1] ?? 1 };
      return;
    }
    const lines = asLines(rows, head);
    checkFit(lines, head);
    this.#added.push(...piecesOf(encodeRows(this.#widened(lines, head), this.#context, false)));
  }

  remove(path: string): void {
    checkRoot(path);
    throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, {
      format: 'text',
      path,
    });
  }

  async commit(): Promise<Commit> {
    const { size } = this.#sink;
    const added = this.#added.splice(0);
    this.#head = undefined;
    if (this.#replacement !== undefined) {
      const pieces = [this.#replacement, ...added];
      await this.#sink.replace(pieces);
      this.#replacement = undefined;
      const written = byteLengthOf(pieces);
      return { written, rewritten: Math.min(size, written) };
    }
    if (added.length === 0) return { written: 0, rewritten: 0 };
    const pieces = [...(await this.#missingNewline()), ...added];
    await this.#sink.write(size, pieces);
    return { written: byteLengthOf(pieces), rewritten: 0 };
  }

  close(): void {
    this.#added = [];
    this.#replacement = undefined;
  }

  #isEmpty(): boolean {
    const size = this.#replacement?.length ?? this.#sink.size;
    return this.#added.length === 0 && size === 0;
  }

  /** Integers behind floats are written as floats, since all of a file has one type. */
  #widened(rows: NDArray, { dtype }: Head): NDArray {
    if (rows.dtype === dtype || rows.dtype === 'string') return rows;
    const values = Float64Array.from(rows.data as ArrayLike<number | bigint>, Number);
    this.#context.loss({ path: '', kind: 'dtype', from: rows.dtype, to: dtype, count: rows.size });
    if (dtype === 'float64') return new NDArray({ dtype, shape: rows.shape, data: values });
    const data = new Float64Array(2 * values.length);
    for (let i = 0; i < values.length; i++) data[2 * i] = values[i]!;
    return new NDArray({ dtype: 'complex128', shape: rows.shape, data });
  }

  async #readHead(): Promise<Head | undefined> {
    this.#head ??= await this.#findHead();
    return this.#head;
  }

  async #findHead(): Promise<Head | undefined> {
    const bytes = this.#replacement ?? (await this.#sample());
    const { options, budget } = this.#context;
    const found = decode(bytes, { options: readingRows(options), budget, loss() {}, progress() {} });
    if (!isNDArray(found) || found.size === 0) return undefined;
    return { dtype: found.dtype, columns: found.shape[1] ?? 1 };
  }

  /** Whole lines from the start of the file. */
  async #sample(): Promise<Uint8Array> {
    let length = Math.min(SAMPLE, this.#sink.size);
    for (;;) {
      const [bytes] = await this.#sink.read([{ at: 0, length }], this.#context.signal);
      if (length === this.#sink.size) return bytes!;
      const last = Math.max(bytes!.lastIndexOf(LF), bytes!.lastIndexOf(CR));
      const cut = bytes!.subarray(0, last + 1);
      if (last >= 0 && this.#hasRows(cut)) return cut;
      length = Math.min(2 * length, this.#sink.size);
    }
  }

  #hasRows(bytes: Uint8Array): boolean {
    const { options, budget } = this.#context;
    const found = decode(bytes, { options: readingRows(options), budget, loss() {}, progress() {} });
    return isNDArray(found) && found.size > 0;
  }

  /** A line end, where the last row has none. */
  async #missingNewline(): Promise<Uint8Array[]> {
    const { size } = this.#sink;
    const wide = this.#context.options.encoding === 'utf-16le' ? 2 : 1;
    if (size < wide) return [];
    const [last] = await this.#sink.read([{ at: size - wide, length: wide }], this.#context.signal);
    if (last![0] === LF || last![0] === CR) return [];
    return [wide === 2 ? Uint8Array.of(LF, 0) : Uint8Array.of(LF)];
  }
}

/** The options of reading that say how rows are told apart; those that choose among them are left out. */
function readingRows({ as, delimiter, comments, skipRows, encoding }: TextOptions): TextOptions {
  return {
    ...(as === undefined ? {} : { as }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(comments === undefined ? {} : { comments }),
    ...(skipRows === undefined ? {} : { skipRows }),
    ...(encoding === undefined ? {} : { encoding }),
    missing: 'nan',
  };
}

/** One dimension is one row of a file with several columns. */
function asLines(rows: NDArray, { columns, dtype }: Head): NDArray {
  if (rows.shape.length === 0) return new NDArray({ dtype: rows.dtype, shape: [1], data: rows.data });
  if (rows.shape.length !== 1 || columns === 1 || dtype === 'string') return rows;
  return new NDArray({ dtype: rows.dtype, shape: [1, ...rows.shape], data: rows.data });
}

/** What each type of number can be written as. */
const WIDTHS: readonly string[] = ['int64', 'float64', 'complex128'];

/** @throws FormatError `unsupported` when the new rows would change what the file holds */
function checkFit(rows: NDArray, { dtype, columns }: Head): void {
  const width = rows.shape[1] ?? 1;
  const narrow =
    rows.dtype === dtype || (rows.dtype !== 'string' && WIDTHS.indexOf(rows.dtype) < WIDTHS.indexOf(dtype));
  if (width === columns && narrow) return;
  throw new FormatError(
    'unsupported',
    `append ${rows.dtype} of shape [${rows.shape}]: the file has rows of ${columns} ${dtype}`,
    { format: 'text', path: '' },
  );
}

function checkRoot(path: string): void {
  if (splitPath(path).length === 0) return;
  throw new FormatError('not-found', `edit '${path}': a text file is one array`, {
    format: 'text',
    path,
    supported: [''],
  });
}
