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
  selectFrom,
  sliceTable,
  Table,
  type Value,
} from '@formatlab/core';
import { decode } from './decode.js';
import { windowGrids } from './grid/windows.js';
import { builderOf, type ColumnPlan } from './layout/column-plan.js';
import { type ArrayType, arrayOfColumns, shapeOf } from './layout/root.js';
import { markBefore, markBehind, type Scan, scanRows } from './layout/scan.js';
import { checkPath, itemOf, rowSpan, typed } from './layout/selections.js';
import type { CsvOptions } from './options.js';
import { scanOfIndex } from './row-index.js';
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
    for (let done = 0; done < span.count; done += most) {
      const first = span.start + done * span.step;
      const count = Math.min(most, span.count - done);
      const table = await this.#rows(scan, wanted, first, first + (count - 1) * span.step + 1);
      yield span.step === 1 ? table : sliceTable(table, { slice: [{ step: span.step }] });
    }
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
    const { budget } = this.#context;
    const numbers = wanted.map((plan) => scan.plans.indexOf(plan));
    const before = budget.bytesLeft;
    const builders = numbers.map((i) => builderOf(scan.plans[i]!, scan.seen[i]!, stop - start, budget));
    const mark = markBefore(scan.marks, start);
    let row = mark.row;
    if (start < stop) {
      const { dialect, columns } = scan.layout;
      // Nothing behind the mark that follows the last row is read.
      const text = { ...this.#text, size: markBehind(scan.marks, stop)?.position.at ?? this.#text.size };
      for await (const { grid, cells } of windowGrids(text, dialect, columns, mark.position, budget)) {
        const from = Math.max(0, start - row);
        const to = Math.min(grid.rows, stop - row);
        row += grid.rows;
        if (from >= to) continue;
        const part = {
          ...grid,
          rows: to - from,
          record: grid.record + from,
          starts: grid.starts.subarray(from * columns),
          ends: grid.ends.subarray(from * columns),
        };
        builders.forEach((builder, i) => builder.add(part, numbers[i]!, cells));
        if (row >= stop) break;
      }
    }
    if (start < stop && row < stop) throw this.#unlike(row, stop);
    // Batches come and go: each one is charged while it is made.
    budget.releaseBytes(before - budget.bytesLeft);
    const made = builders.map((builder, i) => builder.finish(wanted[i]!.name));
    return new Table(
      stop - start,
      made.map((column, i) => typed(column, scan.types[numbers[i]!]!)),
    );
  }

  /** Only a wrong index says of rows that are not there. */
  #unlike(row: number, stop: number): FormatError {
    return new FormatError(
      'corrupt',
      `read row ${stop - 1} of '${this.#source.name}': the file ends at row ${row}, its index says more; make it anew with 'index'`,
      { format: 'csv', feature: 'index' },
    );
  }

  #scan(): Promise<Scan | undefined> {
    this.#scanned ??= scanRows(this.#text, this.#context);
    return this.#scanned;
  }
}
