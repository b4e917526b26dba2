import {
  type BatchOptions,
  type Context,
  type Entry,
  FormatError,
  pickColumns,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type Source,
  type Span,
  selectFrom,
  sliceTable,
  Table,
  type Value,
} from '@formatlab/core';
import { decode } from './decode.js';
import type { ColumnPlan } from './layout/column-plan.js';
import { type ArrayType, arrayOfColumns, shapeOf } from './layout/root.js';
import { markBehind, type Scan, scanRows } from './layout/scan.js';
import { checkPath, itemOf, rowSpan } from './layout/selections.js';
import type { CsvOptions } from './options.js';
import { scanOfIndex } from './row-index.js';
import { type RowRun, rowRuns } from './row-runs.js';
import { type Utf8Source, utf8Source } from './utf8-source.js';

/**
 * A reader that holds no more of the file than a window. Types hold for whole columns, so the first question
 * reads all of it once; after that rows are read where they lie.
 */
export async function open(source: Source, context: Context<CsvOptions>): Promise<Reader> {
  const known = context.index === undefined ? undefined : scanOfIndex(context.index, source.size, context);
  const text = await utf8Source(source, context, known?.mark);
  const scan = known?.scan;
  return new CsvReader(source, text, context, scan);
}

const BATCH_ROWS = 10_000;

class CsvReader implements Reader {
  readonly #source: Source;
  readonly #text: Utf8Source;
  readonly #context: Context<CsvOptions>;
  #scanned: Promise<Scan | undefined> | undefined;

  constructor(source: Source, text: Utf8Source, context: Context<CsvOptions>, scan: Scan | undefined) {
    if (scan !== undefined) this.#scanned = Promise.resolve(scan);
    this.#source = source;
    this.#text = text;
    this.#context = context;
  }

  async entries(): Promise<readonly Entry[]> {
    const scan = await this.#scan();
    if (scan === undefined)
      return [{ path: '', kind: 'table', rows: 0, columns: [], storedBytes: this.#source.size }];
    const { rows, array, plans, types } = scan;
    const storedBytes = this.#source.size;
    if (array !== undefined) {
      return [{ path: '', kind: 'array', ...array, shape: shapeOf(rows, plans.length), storedBytes }];
    }
    const columns = plans.map(({ name }, i) => ({ name, type: types[i]! }));
    return [{ path: '', kind: 'table', rows, columns, storedBytes }];
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    checkPath(path);
    const { slice, columns } = selection;
    if (slice === undefined && columns === undefined) return this.#readWhole();
    const scan = await this.#scan();
    if (scan === undefined) return selectFrom(new Table(0, []), path, selection);
    if (scan.array !== undefined) return this.#readArray(scan, scan.array, path, selection);
    const wanted = pickColumns(scan.plans, columns);
    const span = rowSpan(slice, scan.rows);
    const last = span.start + (span.count - 1) * span.step + 1;
    const table = await this.#rows(scan, wanted, span.start, span.count === 0 ? span.start : last);
    return span.step === 1 ? table : sliceTable(table, { slice: [{ step: span.step }] });
  }

  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    checkPath(path);
    const scan = await this.#scan();
    if (scan === undefined) return;
    if (scan.array !== undefined) {
      throw new FormatError('unsupported', `read '${path}' in batches: it is an array; read slices of it`, {
        format: 'csv',
        path,
        feature: 'batches of arrays',
      });
    }
    const wanted = pickColumns(scan.plans, options.columns);
    const span = rowSpan(options.slice, scan.rows);
    const most = Math.max(1, options.rows ?? BATCH_ROWS);
    const runs = runsOf(span, most);
    for await (const table of rowRuns(this.#text, scan, wanted, runs, this.#context.budget))
      yield span.step === 1 ? table : sliceTable(table, { slice: [{ step: span.step }] });
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  async #readWhole(): Promise<Value> {
    const { size } = this.#source;
    this.#context.budget.takeBytes(size, `the ${size} bytes of '${this.#source.name}'`);
    const [bytes] = await this.#source.read([{ at: 0, length: size }], this.#context.signal);
    return decode(bytes!, this.#context);
  }

  async #readArray(scan: Scan, type: ArrayType, path: string, selection: ReadSelection): Promise<Value> {
    if (selection.columns !== undefined) {
      throw new FormatError('bad-selection', `select columns of '${path}': it is an array`, { path });
    }
    const shape = shapeOf(scan.rows, scan.plans.length);
    const [rows, ...rest] = resolveSelection(selection.slice, shape);
    const last = rows!.start + (rows!.count - 1) * rows!.step + 1;
    const table = await this.#rows(scan, scan.plans, rows!.start, rows!.count === 0 ? rows!.start : last);
    const part = arrayOfColumns(table.columns, table.rows, type);
    return selectFrom(part, path, { slice: [itemOf({ ...rows!, start: 0 }), ...rest.map(itemOf)] });
  }

  /** Rows `start` to `stop` of some columns. */
  async #rows(scan: Scan, wanted: readonly ColumnPlan[], start: number, stop: number): Promise<Table> {
    // Nothing behind the mark that follows the last row is read.
    const text = { ...this.#text, size: markBehind(scan.marks, stop)?.position.at ?? this.#text.size };
    const runs = rowRuns(text, scan, wanted, [{ start, stop }], this.#context.budget);
    // There is one table for each run.
    const { value } = await runs.next();
    await runs.return(undefined);
    return value as Table;
  }

  #scan(): Promise<Scan | undefined> {
    this.#scanned ??= scanRows(this.#text, this.#context);
    return this.#scanned;
  }
}

/** Rows that make a batch each: with those between them that a step leaves out. */
function* runsOf({ start, count, step }: Span, most: number): Generator<RowRun> {
  for (let done = 0; done < count; done += most) {
    const first = start + done * step;
    yield { start: first, stop: first + (Math.min(most, count - done) - 1) * step + 1 };
  }
}
