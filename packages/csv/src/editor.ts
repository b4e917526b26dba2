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
  piecesOf,
  type Sink,
  scalarArray,
  splitPath,
  type Table,
  type Value,
} from '@formatlab/core';
import { inferType, NULL } from './cells/kinds.js';
import { CR, type Dialect, delimiterToWrite, dialectOf, LF } from './dialect/dialect.js';
import { encode, encodeRows, inEncoding } from './encode.js';
import { type OpenLayout, openLayout } from './layout/open-layout.js';
import type { CsvOptions } from './options.js';
import { utf8Source } from './utf8-source.js';
import { TableLosses } from './write/losses.js';

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
  /** Bytes of the file before what was written since the last commit. */
  #before: number | undefined;

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

  /** Rows go into the file as they come, behind what is there; without a commit they are cut off again. */
  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    checkRoot(path);
    if (this.#replacement !== undefined) {
      for await (const batch of batches) await this.append(path, batch);
      return;
    }
    const { options, name } = this.#context;
    const losses = new TableLosses();
    let dialect: Dialect | undefined;
    let first: Table | undefined;
    for await (const batch of batches) {
      const isNew = this.#sink.size === 0;
      if (isNew) dialect = dialectOf(options, delimiterToWrite(options, name));
      else if (first !== undefined) checkAlike(batch, first);
      else {
        await this.#flush();
        const opened = await this.#layout();
        checkFit(batch, opened!);
        dialect = opened!.layout.dialect;
      }
      first ??= batch;
      const header = isNew ? (options.header ?? 'auto') : 'append';
      const pieces = encodeRows(batch, dialect!, this.#context, header, losses);
      await this.#write(piecesOf(inEncoding(pieces, options, isNew)));
    }
    losses.report(this.#context.loss);
  }

  remove(path: string): void {
    checkRoot(path);
    throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, {
      format: 'csv',
      path,
    });
  }

  async commit(): Promise<Commit> {
    const size = this.#before ?? this.#sink.size;
    this.#opened = undefined;
    if (this.#replacement !== undefined) {
      const pieces = [this.#replacement, ...this.#added.splice(0)];
      await this.#sink.replace(pieces);
      this.#replacement = undefined;
      this.#before = undefined;
      const written = byteLengthOf(pieces);
      return { written, rewritten: Math.min(size, written) };
    }
    await this.#flush();
    this.#before = undefined;
    return { written: this.#sink.size - size, rewritten: 0 };
  }

  async close(): Promise<void> {
    this.#added = [];
    this.#replacement = undefined;
    if (this.#before !== undefined) await this.#sink.truncate(this.#before);
    this.#before = undefined;
  }

  /** Writes the rows that were added. */
  async #flush(): Promise<void> {
    const added = this.#added.splice(0);
    if (added.length > 0) await this.#write(added);
  }

  /** Writes behind the file as it is. */
  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    const { size } = this.#sink;
    const newline = this.#before === undefined ? await this.#missingNewline() : [];
    this.#before ??= size;
    await this.#sink.write(size, [...newline, ...pieces]);
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

/** @throws FormatError `unsupported` where a batch is not of the columns of the first one */
function checkAlike(batch: Table, first: Table): void {
  const describe = ({ columns }: Table): string =>
    columns
      .map(({ name, type }) => `${name}: ${type.kind === 'scalar' ? familyOf(type.dtype) : type.kind}`)
      .join(', ');
  const [found, wanted] = [describe(batch), describe(first)];
  if (found === wanted) return;
  throw new FormatError('unsupported', `append a batch of [${found}]: the first one has [${wanted}]`, {
    format: 'csv',
    path: '',
    found,
    supported: [wanted],
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
