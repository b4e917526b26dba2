import type { Context } from '@formatlab/core';
import { Cells } from '../cells/cells.js';
import { detectDialect } from '../dialect/detect-delimiter.js';
import { Splitter } from '../grid/splitter.js';
import { WINDOW } from '../grid/windows.js';
import type { CsvOptions } from '../options.js';
import type { Utf8Source } from '../utf8-source.js';
import { type ColumnPlan, planColumns } from './column-plan.js';
import { type Layout, readLayout } from './layout.js';

export interface OpenLayout {
  readonly layout: Layout;
  readonly plans: readonly ColumnPlan[];
}

/**
 * Dialect, header and columns, from the first window of a file: a larger one where the first row does not fit in.
 * Undefined for a file without rows. Where `ragged` is `fill`, rows are as wide as the widest of the window.
 */
export async function openLayout(
  text: Utf8Source,
  context: Pick<Context<CsvOptions>, 'options' | 'budget' | 'loss'>,
): Promise<OpenLayout | undefined> {
  const { options, budget, loss } = context;
  for (let window = WINDOW; ; window *= 2) {
    const length = Math.min(window, text.size);
    const final = length === text.size;
    budget.takeBytes(length, `a window of ${length} bytes`);
    const bytes = await text.read(0, length);
    const dialect = detectDialect(bytes, final, options);
    const cells = new Cells(bytes, dialect, text.locate);
    const splitter = new Splitter(bytes, dialect, { at: 0, record: 0 }, final, text.locate);
    const layout = readLayout(splitter, dialect, cells, options, dialect.fillRagged ? splitter.widest() : 0);
    budget.releaseBytes(length);
    if (layout !== undefined)
      return { layout, plans: planColumns(layout.header, layout.columns, options, loss) };
    if (final) return undefined;
  }
}
