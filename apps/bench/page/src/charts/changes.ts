import * as Plot from '@observablehq/plot';
import type { Change } from '../../../src/report/difference.js';
import type { View } from '../view.js';
import { plot } from './plot.js';
import { logTicks } from './ticks.js';

const MOST = 40;
const ROW_HEIGHT = 20;
const SYMBOLS = { slower: 'triangle', faster: 'diamond', same: 'circle', unknown: 'circle' } as const;

/** Ratios of new to old with their intervals; 1 is a line. */
export function changesChart(changes: readonly Change[], view: View): Element {
  const data = changes
    .flatMap(({ base, ratio, interval, verdict }) =>
      ratio === undefined || verdict === 'broken' || verdict === 'mended'
        ? []
        : [{ cell: base.cell, ratio, low: interval?.[0] ?? ratio, high: interval?.[1] ?? ratio, verdict }],
    )
    .slice(0, MOST);
  const reach = Math.max(1.2, ...data.flatMap(({ low, high }) => [high, 1 / low])) * 1.05;
  const longest = Math.max(4, ...data.map(({ cell }) => cell.length));
  const most = Math.floor((view.width * 0.5 - 12) / 6.9);
  const colour = ({ verdict }: { verdict: string }): string =>
    verdict === 'slower' ? 'var(--bad)' : verdict === 'faster' ? 'var(--good)' : 'var(--soft)';
  return plot({
    width: view.width,
    height: data.length * ROW_HEIGHT + 60,
    marginLeft: Math.min(longest * 6.9 + 12, view.width * 0.5),
    marginRight: 24,
    marginTop: 8,
    marginBottom: 40,
    x: {
      type: 'log',
      domain: [1 / reach, reach],
      label: '← faster · new over base · slower →',
      labelAnchor: 'center',
      grid: true,
      ticks: logTicks([1 / reach, reach], 7),
      tickFormat: (value: number) => `${value} ×`,
    },
    y: {
      domain: data.map(({ cell }) => cell),
      label: null,
      tickSize: 0,
      // The end of a cell's name tells more than its beginning.
      tickFormat: (cell: string) => (cell.length > most ? `…${cell.slice(1 - most)}` : cell),
    },
    ariaLabel: 'Ratio of the new time to that of the base; the table below holds the same',
    marks: [
      Plot.ruleX([1], { stroke: 'var(--ink)' }),
      Plot.ruleY(data, {
        y: 'cell',
        x1: 'low',
        x2: 'high',
        stroke: colour,
        strokeWidth: 6,
        strokeOpacity: 0.35,
      }),
      Plot.dot(data, {
        y: 'cell',
        x: 'ratio',
        fill: colour,
        symbol: ({ verdict }: { verdict: keyof typeof SYMBOLS }) => SYMBOLS[verdict],
        r: 4.5,
      }),
    ],
  });
}
