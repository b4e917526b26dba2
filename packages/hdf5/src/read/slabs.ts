import { type Span, sizeOfShape } from '@formatlab/core';
import type { Hyperslab } from '../library/library-file.js';

/**
 * A selection in pieces of at most `most` elements that follow each other in C order; cut between chunks where
 * it can be, so that none is unpacked twice.
 */
export function* slabsOf(
  spans: readonly Span[],
  chunks: readonly number[] | null,
  most: number,
): Generator<Hyperslab> {
  const counts = spans.map((span) => span.count);
  let axis = 0;
  while (axis < counts.length - 1 && sizeOfShape(counts.slice(axis + 1)) > most) axis++;
  const rows = rowsPerSlab(
    spans,
    chunks,
    axis,
    Math.max(1, Math.floor(most / sizeOfShape(counts.slice(axis + 1)))),
  );
  const step = spans.map((span) => span.step);
  const index = new Array<number>(axis).fill(0);
  for (;;) {
    for (let row = 0; row < counts[axis]!; row += rows) {
      yield {
        step,
        start: spans.map((span, i) => span.start + span.step * (i < axis ? index[i]! : i === axis ? row : 0)),
        count: counts.map((count, i) =>
          i < axis ? 1 : i === axis ? Math.min(rows, counts[axis]! - row) : count,
        ),
      };
    }
    let carry = axis - 1;
    while (carry >= 0 && ++index[carry]! === counts[carry]) index[carry--] = 0;
    if (carry < 0) return;
  }
}

function rowsPerSlab(
  spans: readonly Span[],
  chunks: readonly number[] | null,
  axis: number,
  rows: number,
): number {
  const chunk = chunks?.[axis];
  const { start, step } = spans[axis]!;
  if (chunk === undefined || step !== 1 || start % chunk !== 0 || rows < chunk) return rows;
  return rows - (rows % chunk);
}
