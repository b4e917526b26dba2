import * as Plot from '@observablehq/plot';
import type { Row, Standing } from '../../../src/report/model.js';
import { formatMs, formatRatio } from '../../../src/report/units.js';
import { plotSymbol } from '../looks.js';
import { isRawFile, nameOf } from '../rows.js';
import type { View } from '../view.js';
import { shortened } from './labels.js';
import { plot } from './plot.js';
import { padded } from './scatter.js';
import { logTicks, tickText } from './ticks.js';

const ROW_HEIGHT = 25;
const MOST_ROWS = 60;

interface Bar {
  readonly row: string;
  /** A peer is drawn hollow. */
  readonly ours: boolean;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly first: number;
  readonly colour: string;
  readonly symbol: ReturnType<typeof plotSymbol>;
  readonly text: string;
}

/** Best on top, on a logarithmic axis. */
export function timesChart(ranked: ReadonlyMap<Row, Standing>, view: View): Element {
  const narrow = view.width < 560;
  const data = [...ranked].slice(0, MOST_ROWS).map(([row, standing]) => barOf(row, standing, view));
  const raw = [...ranked].flatMap(([row, { cell }]) =>
    isRawFile(row) && cell.times !== null ? [cell.times.medianMs] : [],
  );
  const domain = padded(data.flatMap(({ low, high, first }) => [low, high, first]));
  const longest = Math.max(...data.map(({ row }) => row.length));
  return plot({
    width: view.width,
    height: data.length * ROW_HEIGHT + 64,
    marginLeft: Math.min(longest * 6.6 + 16, view.width * 0.42),
    marginRight: narrow ? 20 : 150,
    marginTop: 10,
    marginBottom: 40,
    x: {
      type: 'log',
      domain,
      label: 'time of one operation →',
      labelAnchor: 'center',
      grid: true,
      tickFormat: tickText(formatMs),
      ticks: logTicks(domain, narrow ? 3 : 7),
    },
    y: {
      domain: data.map(({ row }) => row),
      label: null,
      tickSize: 0,
      tickFormat: narrow ? shortened : (name: string) => name,
    },
    ariaLabel: 'Median time of each row, with 95 % intervals; the matrix above holds the same',
    marks: [
      Plot.ruleY(data, {
        y: 'row',
        x1: 'low',
        x2: 'high',
        stroke: 'colour',
        strokeWidth: 8,
        strokeOpacity: 0.3,
      }),
      Plot.dot(data, { y: 'row', x: 'first', stroke: 'var(--soft)', r: 3.5, strokeWidth: 1.2 }),
      Plot.ruleX(raw, { stroke: 'var(--ink)', strokeDasharray: '4,3', strokeOpacity: 0.7 }),
      Plot.dot(data, {
        y: 'row',
        x: 'median',
        fill: (bar: Bar) => (bar.ours ? bar.colour : 'var(--paper)'),
        stroke: 'colour',
        strokeWidth: 1.5,
        symbol: (bar: Bar) => bar.symbol,
        r: 5.5,
      }),
      ...(narrow
        ? []
        : [
            Plot.text(data, {
              y: 'row',
              frameAnchor: 'right',
              dx: 142,
              text: 'text',
              textAnchor: 'end',
              fill: 'var(--ink)',
            }),
          ]),
    ],
  });
}

function barOf(row: Row, { cell, ratio, tied }: Standing, view: View): Bar {
  // Standings hold only cells that have times.
  const times = cell.times!;
  const [low, high] = times.interval95Ms ?? [times.medianMs, times.medianMs];
  const look = view.look(row.format);
  const standing =
    ratio === 1 && row.peer === undefined ? 'best' : `${formatRatio(ratio)}${tied ? ' tie' : ''}`;
  return {
    row: nameOf(row),
    ours: row.peer === undefined,
    median: times.medianMs,
    low,
    high,
    first: times.firstMs,
    colour: look.colour,
    symbol: plotSymbol(look),
    text: `${formatMs(times.medianMs)} · ${standing}`,
  };
}
