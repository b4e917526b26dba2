import { type Context, FormatError, Table, type Value } from '@formatlab/core';
import { Cells } from './cells/cells.js';
import { FLOAT, INT } from './cells/kinds.js';
import { decodeColumns } from './decode-columns.js';
import { decodeMatrix, expectedRows } from './decode-matrix.js';
import { detectDialect } from './dialect/detect-delimiter.js';
import { toUtf8 } from './dialect/encoding.js';
import { type Grid, gridRows } from './grid/grid.js';
import { Splitter } from './grid/splitter.js';
import { holdReaders } from './hold-shapes.js';
import { planColumns } from './layout/column-plan.js';
import { type Layout, readLayout } from './layout/layout.js';
import { rootOfColumns, rootOfMatrix } from './layout/root.js';
import type { CsvOptions } from './options.js';

/** What decoding needs of its context. */
export type DecodeContext = Pick<Context<CsvOptions>, 'options' | 'budget' | 'loss' | 'progress'>;

/**
 * The table in a CSV file; the array, where there is no header and all cells are of one type. Types hold for
 * whole columns and change no value: what does not fit is text.
 *
 * @throws FormatError `corrupt` with the byte, `limit`, `options`
 */
export function decode(bytes: Uint8Array, context: DecodeContext): Value {
  const { options, budget } = context;
  if (bytes.length > MOST_BYTES) {
    throw new FormatError(
      'limit',
      `read ${bytes.length} bytes of CSV at once: at most ${MOST_BYTES}; read them in batches`,
      { format: 'csv' },
    );
  }
  const text = toUtf8(bytes, options.encoding, budget);
  const dialect = detectDialect(text.bytes, true, options);
  const cells = new Cells(text.bytes, dialect, text.offsetInFile);
  const splitter = new Splitter(text.bytes, dialect, { at: 0, record: 0 }, true, text.offsetInFile);
  const layout = readLayout(splitter, dialect, cells, options, dialect.fillRagged ? splitter.widest() : 0);
  if (layout === undefined) return new Table(0, []);
  const plans = planColumns(layout.header, layout.columns, options, context.loss);
  if (mayBeMatrix(layout, options)) {
    const matrix = decodeMatrix(text.bytes, layout, budget);
    if (matrix !== undefined) {
      budget.takeItems(matrix.rows * matrix.columns, 'the cells of a CSV file');
      return rootOfMatrix(matrix, layout.header === undefined ? undefined : plans.map((plan) => plan.name));
    }
  }
  const grids = (): Iterable<Grid> => gridsOf(text.bytes, layout, cells, context);
  const { columns, rows } = decodeColumns(
    grids,
    plans,
    layout.sample,
    expectedRows(layout, text.bytes.length),
    cells,
    budget,
  );
  return rootOfColumns(columns, rows, layout.header !== undefined);
}

/** Places in the file are kept as int32. */
const MOST_BYTES = 2 ** 31 - 1;

/** Whether all cells of the sample are plain numbers. */
function mayBeMatrix({ dialect, sample, sampleRows }: Layout, options: CsvOptions): boolean {
  const plain = dialect.comments === undefined && dialect.nulls.length === 0 && !dialect.decimalComma;
  return (
    plain &&
    options.types === undefined &&
    sampleRows > 0 &&
    sample.every(({ kinds }) => kinds !== 0 && (kinds & ~(INT | FLOAT)) === 0)
  );
}

function* gridsOf(
  bytes: Uint8Array,
  { dialect, data, columns }: Layout,
  cells: Cells,
  context: DecodeContext,
): Generator<Grid> {
  const splitter = new Splitter(bytes, dialect, data, true, cells.locate);
  let grid: Grid | undefined;
  for (;;) {
    grid = splitter.next(columns, gridRows(columns), grid);
    if (grid === undefined) return;
    context.progress(splitter.at, bytes.length);
    yield grid;
  }
}

holdReaders();
