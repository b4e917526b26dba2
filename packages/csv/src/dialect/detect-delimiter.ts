import { isFormatError } from '@formatlab/core';
import { Splitter } from '../grid/splitter.js';
import type { CsvOptions } from '../options.js';
import { type Dialect, delimiterCandidates, dialectOf } from './dialect.js';

const SAMPLE_BYTES = 1 << 16;
const SAMPLE_RECORDS = 200;

/**
 * The dialect of a file that begins with `head`: of the delimiters that are possible, the one that cuts most of
 * the first records into as many cells as the first.
 *
 * @param whole whether `head` is all of the file
 * @throws FormatError `options`
 */
export function detectDialect(head: Uint8Array, whole: boolean, options: CsvOptions): Dialect {
  const dialects = delimiterCandidates(options).map((delimiter) => dialectOf(options, delimiter));
  const first = dialects[0]!;
  if (dialects.length === 1) return first;
  const sample = head.subarray(0, SAMPLE_BYTES);
  const final = whole && sample.length === head.length;
  let best = first;
  let most = 0;
  for (const dialect of dialects) {
    const score = consistency(widthsOf(sample, dialect, final));
    if (score > most) {
      most = score;
      best = dialect;
    }
  }
  return best;
}

/** Share of records that have as many cells as the first; 0 where that is one. */
export function consistency(widths: readonly number[]): number {
  const first = widths[0] ?? 1;
  return first === 1 ? 0 : widths.filter((width) => width === first).length / widths.length;
}

/** Cells of the first records; none where quotes make no sense with this delimiter. */
export function widthsOf(sample: Uint8Array, dialect: Dialect, final: boolean): readonly number[] {
  try {
    const widths = new Splitter(sample, dialect, { at: 0, record: 0 }, final).widths(SAMPLE_RECORDS);
    // A first record longer than the sample: what there is of it still shows its delimiter.
    return widths.length > 0 || final
      ? widths
      : [new Splitter(sample, { ...dialect, quote: -1 }, { at: 0, record: 0 }).nextWidth()];
  } catch (error) {
    if (isFormatError(error)) return [];
    throw error;
  }
}
