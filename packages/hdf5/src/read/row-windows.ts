import { type BatchOptions, resolveSelection, type SliceItem } from '@formatlab/core';

const BATCH_ROWS = 10_000;

/** Rows that are read together, and the batches that are cut out of them. */
export interface RowWindow {
  readonly slice: readonly SliceItem[];
  readonly batches: readonly { readonly start: number; readonly stop: number }[];
}

/** Windows of whole chunks, so that each chunk is decoded once. @param chunkRows 1 for data without chunks */
export function* rowWindows(
  rows: number,
  chunkRows: number,
  { slice, rows: given }: BatchOptions,
): Generator<RowWindow> {
  const most = Math.max(1, given ?? BATCH_ROWS);
  const { start, count, step } = resolveSelection(slice, [rows])[0]!;
  const height = Math.max(1, Math.round(most / chunkRows)) * chunkRows;
  for (let from = start - (start % chunkRows); from < rows; from += height) {
    const first = Math.max(0, Math.ceil((from - start) / step));
    const last = Math.min(count, Math.ceil((from + height - start) / step));
    if (last <= first) continue;
    const batches = Array.from({ length: Math.ceil((last - first) / most) }, (_, i) => ({
      start: i * most,
      stop: Math.min(last - first, (i + 1) * most),
    }));
    const stop = start + (last - 1) * step + 1;
    yield { slice: [{ start: start + first * step, stop, step }], batches };
  }
}
