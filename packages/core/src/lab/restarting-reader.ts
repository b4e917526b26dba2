import type { Context } from '../contract/context.js';
import type { Implementation } from '../contract/format.js';
import type { BatchOptions, Reader } from '../contract/reader.js';
import { restartingSource } from '../io/restarting-source.js';
import type { Source } from '../io/source.js';
import type { Loss } from '../loss.js';
import { resolveSelection } from '../selection/selection.js';
import type { Table } from '../values/table.js';

const BATCH_ROWS = 10_000;

/**
 * The reader of a format that reads synchronously, on a source that can't: each of its calls is begun again when bytes
 * are missing that it needs. What a run that was ended took of the budget or told of losses does not count.
 */
export async function restartingReader(
  implementation: Implementation<object>,
  inner: Source,
  context: Context<object>,
): Promise<Reader> {
  const { source, run } = restartingSource(inner, context.signal);
  let losses: Loss[] = [];
  const quiet: Context<object> = { ...context, loss: (loss) => losses.push(loss) };
  const call = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const mark = context.budget.mark();
    const value = await run(work, () => {
      losses = [];
      context.budget.rewind(mark);
    });
    for (const loss of losses.splice(0)) context.loss(loss);
    return value;
  };
  const reader = await call(() => implementation.open!(source, quiet));

  async function* batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    const entry =
      reader.entry === undefined
        ? (await call(() => reader.entries())).find((one) => one.path === path)
        : await call(() => reader.entry!(path));
    if (entry?.rows === undefined) {
      // Only tables are read in batches.
      yield (await call(() => reader.read(path, options))) as Table;
      return;
    }
    const { start, count, step } = resolveSelection(options.slice, [entry.rows])[0]!;
    const most = Math.max(1, options.rows ?? BATCH_ROWS);
    for (let done = 0; done < count; done += most) {
      const from = start + done * step;
      const slice = [{ start: from, stop: from + (Math.min(most, count - done) - 1) * step + 1, step }];
      // A slice of a table is a table.
      yield (await call(() => reader.read(path, { ...options, slice }))) as Table;
    }
  }

  return {
    entries: () => call(() => reader.entries()),
    ...(reader.entry === undefined ? {} : { entry: (path: string) => call(() => reader.entry!(path)) }),
    read: (path, selection) => call(() => reader.read(path, selection)),
    ...(reader.batches === undefined ? {} : { batches }),
    ...(reader.attributes === undefined
      ? {}
      : { attributes: (path: string) => call(() => reader.attributes!(path)) }),
    close: () => reader.close(),
  };
}
