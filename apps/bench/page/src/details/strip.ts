import { formatBytes, formatCount, formatShare } from '../../../src/report/units.js';
import type { CellRecord } from '../../../src/results/record.js';
import { h, s } from '../dom.js';

const WIDTH = 1000;
const LANE = 22;
/** So that one byte of a large file is still seen. */
const THINNEST = 2;
/** The recorder stops there. */
const MOST_RANGES = 256;

type Ranges = readonly (readonly [number, number])[];

/** The file as a strip from its first byte to its last, what was read in it, and what was written where that is known. */
export function touchedStrip({ io, file }: CellRecord): HTMLElement | undefined {
  const size = file?.bytes ?? 0;
  if (io === null || size === 0) return undefined;
  const read = io.rangesRead ?? [];
  const written = io.rangesWritten ?? [];
  if (read.length === 0 && written.length === 0) return undefined;
  return h(
    'div',
    { class: 'strips' },
    ...lane('read', read, io.bytesRead, io.reads, size),
    ...lane('written', written, io.bytesWritten, io.writes, size),
    h(
      'p',
      { class: 'strip-ends', 'aria-hidden': 'true' },
      h('span', {}, '0'),
      h('span', {}, formatBytes(size)),
    ),
  );
}

function lane(
  name: 'read' | 'written',
  ranges: Ranges,
  bytes: number,
  calls: number,
  size: number,
): HTMLElement[] {
  if (ranges.length === 0) return [];
  const text = `${formatBytes(bytes)} ${name} in ${formatCount(calls)} calls: ${formatShare(bytes / size)} of the file, in ${ranges.length === MOST_RANGES ? 'the first ' : ''}${formatCount(ranges.length)} ${ranges.length === 1 ? 'place' : 'places'}`;
  return [
    h('p', {}, text),
    h(
      'div',
      {},
      s(
        'svg',
        {
          class: `strip strip-${name}`,
          viewBox: `0 0 ${WIDTH} ${LANE}`,
          preserveAspectRatio: 'none',
          role: 'img',
          'aria-label': text,
        },
        ...ranges.map(([at, length]) =>
          s('rect', {
            x: ((WIDTH * at) / size).toFixed(2),
            y: 0,
            width: Math.max(THINNEST, (WIDTH * length) / size).toFixed(2),
            height: LANE,
          }),
        ),
      ),
    ),
  ];
}
