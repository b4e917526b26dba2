import * as Plot from '@observablehq/plot';
import { frontierOf } from '../../../src/report/frontier.js';
import type { Measure } from '../../../src/report/measures.js';
import type { Row } from '../../../src/report/model.js';
import { plotSymbol } from '../looks.js';
import { nameOf } from '../rows.js';
import { openRow } from '../sections/trade-off.js';
import type { View } from '../view.js';
import { placeLabels } from './labels.js';
import { plot } from './plot.js';
import { logTicks, tickText } from './ticks.js';

export interface Point {
  readonly row: Row;
  readonly x: number;
  readonly xLow: number;
  readonly xHigh: number;
  readonly y: number;
  readonly yLow: number;
  readonly yHigh: number;
  /** Whether it stands on the frontier. */
  readonly best: boolean;
}

export function paretoPoints(
  rows: readonly Row[],
  x: Measure,
  y: Measure,
): { readonly points: readonly Point[]; readonly frontier: readonly Point[] } {
  const plain = rows.flatMap((row) => {
    const [a, b] = [x.read(row), y.read(row)];
    if (a === undefined || b === undefined) return [];
    return [{ row, x: a.value, xLow: a.low, xHigh: a.high, y: b.value, yLow: b.low, yHigh: b.high }];
  });
  const best = new Set(frontierOf(plain.filter(({ row }) => row.peer === undefined)));
  const points = plain.map((point) => ({ ...point, best: best.has(point) }));
  points.sort((a, b) => a.x - b.x || a.y - b.y);
  return { points, frontier: points.filter((point) => point.best) };
}

export function scatterChart(
  points: readonly Point[],
  frontier: readonly Point[],
  x: Measure,
  y: Measure,
  view: View,
): Element {
  const narrow = view.width < 560;
  const symbols = new Map(points.map(({ row }) => [row.format, plotSymbol(view.look(row.format))]));
  const colour = (point: Point): string => view.look(point.row.format).colour;
  const symbol = (point: Point) => symbols.get(point.row.format);
  const [xs, ys] = [points.flatMap((p) => [p.xLow, p.xHigh]), points.flatMap((p) => [p.yLow, p.yHigh])];
  const chart = plot({
    width: view.width,
    height: Math.min(520, Math.max(360, view.width * 0.58)),
    marginLeft: 64,
    marginRight: narrow ? 20 : 90,
    marginTop: 28,
    marginBottom: 44,
    x: {
      type: 'log',
      label: `${x.title} →`,
      labelAnchor: 'center',
      grid: true,
      domain: padded(xs),
      ticks: logTicks(padded(xs), narrow ? 3 : 7),
      tickFormat: tickText(x.format),
    },
    y: {
      type: 'log',
      label: `↑ ${y.title}`,
      grid: true,
      domain: padded(ys),
      ticks: logTicks(padded(ys), 6),
      tickFormat: tickText(y.format),
    },
    ariaLabel: `${y.title} against ${x.title} of ${points.length} rows; the table below holds the same`,
    marks: [
      Plot.line(frontier, { x: 'x', y: 'y', curve: 'step-after', stroke: 'var(--frontier)', strokeWidth: 2 }),
      Plot.ruleX(
        points.filter(({ yLow, yHigh }) => yHigh > yLow),
        {
          x: 'x',
          y1: 'yLow',
          y2: 'yHigh',
          stroke: colour,
          strokeWidth: 3,
          strokeOpacity: 0.4,
        },
      ),
      Plot.ruleY(
        points.filter(({ xLow, xHigh }) => xHigh > xLow),
        {
          y: 'y',
          x1: 'xLow',
          x2: 'xHigh',
          stroke: colour,
          strokeWidth: 3,
          strokeOpacity: 0.4,
        },
      ),
      Plot.dot(points, {
        x: 'x',
        y: 'y',
        fill: (point: Point) => (point.row.peer === undefined ? colour(point) : 'var(--paper)'),
        symbol,
        r: (point: Point) => (point.best ? 7 : 5),
        stroke: (point: Point) => (point.row.peer === undefined ? 'var(--paper)' : colour(point)),
        strokeWidth: (point: Point) => (point.row.peer === undefined ? 1 : 1.8),
      }),
      Plot.tip(
        points,
        Plot.pointer({
          x: 'x',
          y: 'y',
          title: (point: Point) =>
            `${nameOf(point.row)}\n${x.title}: ${x.format(point.x)}\n${y.title}: ${y.format(point.y)}`,
          fill: 'var(--paper)',
          stroke: 'var(--line-strong)',
        }),
      ),
    ],
    r: { type: 'identity' },
  });
  label(chart, points);
  chart.classList.add('clickable');
  chart.addEventListener('click', () => {
    // Plot's pointer keeps the datum under the mouse there.
    const point = (chart as { value?: Point | null }).value;
    if (point != null) openRow(point.row, view);
  });
  return chart;
}

/** Names beside the points where there is room; those of the frontier first. */
function label(chart: ReturnType<typeof Plot.plot>, points: readonly Point[]): void {
  const [x, y] = [chart.scale('x'), chart.scale('y')];
  if (x === undefined || y === undefined) return;
  const ordered = [...points].sort((a, b) => Number(b.best) - Number(a.best));
  placeLabels(
    chart,
    ordered.map((point) => ({
      text: nameOf(point.row),
      x: x.apply(point.x) as number,
      y: y.apply(point.y) as number,
      strong: point.best,
    })),
  );
}

/** A little room around the outermost points of a logarithmic axis. */
export function padded(values: readonly number[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (value > 0 && value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [1, 10];
  const room = Math.max(1.15, (high / low) ** 0.06);
  return [low / room, high * room];
}
