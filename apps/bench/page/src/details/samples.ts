import * as Plot from '@observablehq/plot';
import { formatMs, formatShare } from '../../../src/report/units.js';
import type { CellRecord } from '../../../src/results/record.js';
import { plot } from '../charts/plot.js';
import { tickText } from '../charts/ticks.js';
import { h } from '../dom.js';

const ROW_HEIGHT = 26;
const MOST_PROCESSES = 40;

/** Each sample a dot, each process a line of them; the band is the interval of the median. */
export function samplesChart({ processes, times }: CellRecord, width: number): Element | undefined {
  if (processes.length === 0 || times === null) return undefined;
  const shown = processes.slice(0, MOST_PROCESSES);
  const narrow = width < 480;
  const name = (i: number): string => `process ${i + 1}`;
  const samples = shown.flatMap(({ samplesMs }, i) => samplesMs.map((ms) => ({ process: name(i), ms })));
  const medians = shown.map(({ samplesMs }, i) => ({ process: name(i), ms: median(samplesMs) }));
  const notes = shown.map((one, i) => ({
    process: name(i),
    text: `first ${formatMs(one.firstMs)}${one.gcShare >= 0.005 ? `, GC ${formatShare(one.gcShare)}` : ''}${one.warm ? '' : ', not warm'}`,
  }));
  const interval = times.interval95Ms;
  const chart = plot({
    width,
    height: shown.length * ROW_HEIGHT + 52,
    marginLeft: 74,
    marginRight: narrow ? 16 : 210,
    marginTop: 6,
    marginBottom: 38,
    x: {
      label: 'time →',
      labelAnchor: 'center',
      grid: true,
      ticks: narrow ? 3 : 5,
      tickFormat: tickText(formatMs),
      nice: true,
      inset: 8,
    },
    y: { domain: notes.map(({ process }) => process), label: null, tickSize: 0 },
    ariaLabel: `${samples.length} samples of ${shown.length} processes; the raw record below holds them`,
    marks: [
      ...(interval === null
        ? []
        : [Plot.rectX([interval], { x1: '0', x2: '1', fill: 'var(--accent)', fillOpacity: 0.14 })]),
      Plot.ruleX([times.medianMs], { stroke: 'var(--accent)', strokeWidth: 1.5 }),
      Plot.dot(samples, { x: 'ms', y: 'process', r: 4, fill: 'var(--accent)', fillOpacity: 0.45 }),
      Plot.tickX(medians, {
        x: 'ms',
        y: 'process',
        stroke: 'var(--ink)',
        strokeWidth: 2,
        insetTop: 4,
        insetBottom: 4,
      }),
      ...(narrow
        ? []
        : [
            Plot.text(notes, {
              y: 'process',
              frameAnchor: 'right',
              dx: 12,
              textAnchor: 'start',
              text: 'text',
              fill: 'var(--soft)',
            }),
          ]),
    ],
  });
  return h(
    'figure',
    {},
    chart,
    h(
      'figcaption',
      {},
      `Dots are samples, short lines the medians of processes, the long line their median${interval === null ? '' : ', the band its 95 % interval'}.`,
    ),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
