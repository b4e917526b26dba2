import {
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isNDArray,
  isTable,
  joinBytes,
  kindOfValue,
  NDArray,
  type Sink,
  scalarArray,
  splitPath,
  type Table,
  type Value,
} from '@formatlab/core';
import { inferType, NULL } from './cells/kinds.js';
import { CR, LF } from './dialect/dialect.js';
import { encode, encodeRows, inEncoding } from './encode.js';
import { type OpenLayout, openLayout } from './layout/open-layout.js';
import type { CsvOptions } from './options.js';
import { utf8Source } from './utf8-source.js';

/** Rows are added at the end in the dialect of the file; everything else is a new file. */
export function edit(sink: Sink, context: Context<CsvOptions>): Editor {
  return new CsvEditor(sink, context);
}

class CsvEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<CsvOptions>;
  #replacement: Uint8Array | undefined;
  #added: Uint8Array[] = [];
  #opened: Promise<OpenLayout | undefined> | undefined;

  constructor(sink: Sink, context: Context<CsvOptions>) {
    this.#sink = sink;
    this.#context = context;
  }

  put(path: string, value: Value): void {
    checkRoot(path);
    this.#replacement = joinBytes(encode(value, this.#context));
    this.#added = [];
  }

  async append(path: string, value: Value): Promise<void> {
    checkRoot(path);
    const rows = asRows(value);
    const opened = await this.#layout();
    if (opened === undefined)
      throw new FormatError('not-found', `append to '${path}': the file has no rows`, {
        format: 'csv',
        path,
      });
    checkFit(rows, opened);
    const { dialect } = opened.layout;
    const pieces = encodeRows(asLine(rows, opened), dialect, this.#context, isTable(rows) ? 'append' : 'no');
    this.#added.push(joinBytes(inEncoding(pieces, this.#context.options, false)));
  }

  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    for await (const batch of batches) {
      if (this.#replacement === undefined && this.#sink.size === 0) this.put(path, batch);
      else await this.append(path, batch);
    }
  }

  remove(path: string): void {
    checkRoot(path);
    throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, {
      format: 'csv',
      path,
    });
  }

  async commit(): Promise<Commit> {
    const { size } = this.#sink;
    const added = this.#added.splice(0);
    this.#opened = undefined;
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

  /** Of the file as it will be once what was put is written. */
  #layout(): Promise<OpenLayout | undefined> {
    if (this.#replacement !== undefined) {
      const bytes = this.#replacement;
      return openLayout(
        {
          size: bytes.length,
          mark: 0,
          read: (at, length) => bytes.subarray(at, at + length),
          locate: (at) => at,
        },
        this.#context,
      );
    }
    this.#opened ??= utf8Source(this.#sink, this.#context).then((text) => openLayout(text, this.#context));
    return this.#opened;
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

function asRows(value: Value): Table | NDArray {
  const rows = scalarArray(value) ?? value;
  if (isTable(rows) || isNDArray(rows)) return rows;
  throw new FormatError('unsupported', `append ${kindOfValue(value)} to csv: rows are a table or an array`, {
    format: 'csv',
    path: '',
  });
}

/** One dimension is one row of a file with several columns. */
function asLine(rows: Table | NDArray, { layout }: OpenLayout): Table | NDArray {
  if (isTable(rows) || rows.shape.length !== 1 || layout.columns === 1) return rows;
  return new NDArray({ dtype: rows.dtype, shape: [1, ...rows.shape], data: rows.data, unit: rows.unit });
}

/** @throws FormatError `unsupported` when the new rows would change what the file holds */
function checkFit(rows: Table | NDArray, { layout, plans }: OpenLayout): void {
  const misfit = (what: string): FormatError =>
    new FormatError(
      'unsupported',
      `append ${what}: the file has columns [${plans.map((plan) => plan.name)}]`,
      { format: 'csv', path: '' },
    );
  if (isNDArray(rows)) {
    const width =
      rows.shape.length === 2
        ? rows.shape[1]!
        : layout.columns === 1
          ? 1
          : rows.shape.length === 1
            ? rows.shape[0]!
            : 0;
    if (layout.header !== undefined || width !== layout.columns)
      throw misfit(`an array of shape [${rows.shape}]`);
    return;
  }
  const names = rows.columns.map((column) => column.name);
  if (layout.header === undefined || names.join('\0') !== plans.map((plan) => plan.name).join('\0'))
    throw misfit(`a table with columns [${names}]`);
  rows.columns.forEach((column, i) => {
    const seen = layout.sample[i]!;
    if ((seen.kinds & ~NULL) === 0 || column.type.kind !== 'scalar') return;
    const here = inferType(seen).dtype;
    if (familyOf(here) !== familyOf(column.type.dtype)) {
      throw new FormatError(
        'unsupported',
        `append ${column.type.dtype} to column '${column.name}': the file has ${here} there`,
        { format: 'csv', path: `/${column.name}` },
      );
    }
  });
}

/** Integers and floats make one column of floats; all else would make it text. */
function familyOf(dtype: string): string {
  return dtype === 'int64' || dtype === 'float64' ? 'number' : dtype;
}

function checkRoot(path: string): void {
  if (splitPath(path).length === 0) return;
  throw new FormatError('not-found', `edit '${path}': a CSV file is one table or array`, {
    format: 'csv',
    path,
    supported: [''],
  });
}
