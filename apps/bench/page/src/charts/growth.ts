import * as Plot from '@observablehq/plot';
import type { Family, GrowthPoint, Series } from '../../../src/report/growth.js';
import type { Measure } from '../../../src/report/measures.js';
import { s } from '../dom.js';
import { plotSymbol } from '../looks.js';
import { nameOf } from '../rows.js';
import type { View } from '../view.js';
import { shortened, spreadOut } from './labels.js';
import { plot } from './plot.js';
import { padded } from './scatter.js';
import { logTicks, tickText } from './ticks.js';

const MOST_SERIES = 24;
const LINE = 14;

interface Dot extends GrowthPoint {
  readonly label: string;
  readonly format: string;
}

/** One line a row, named at its end with the exponent of its power law. */
export function growthChart(
  all: readonly Series[],
  family: Family,
  measure: Measure,
  axisText: (family: Family, x: number) => string,
  view: View,
): Element {
  const narrow = view.width < 560;
  const series = [...all]
    .sort((a, b) => a.points.at(-1)!.value - b.points.at(-1)!.value)
    .slice(0, MOST_SERIES);
  const dots: Dot[] = series.flatMap(({ points, label, format }) =>
    points.map((point) => ({ ...point, label, format })),
  );
  const symbols = new Map(series.map(({ format }) => [format, plotSymbol(view.look(format))]));
  const colour = (dot: Dot): string => view.look(dot.format).colour;
  const [xs, ys] = [padded(dots.map(({ x }) => x)), padded(dots.flatMap(({ low, high }) => [low, high]))];
  const texts = series.map(({ points, fit }) => {
    const name = nameOf(points[0]!.row);
    if (narrow) return shortened(name);
    return fit === undefined ? name : `${name}  ${fit.exponent.toFixed(2)}`;
  });
  const chart = plot({
    width: view.width,
    height: Math.max(narrow ? 340 : 420, series.length * LINE + 90),
    marginLeft: 64,
    marginRight: Math.min(view.width * 0.38, Math.max(...texts.map(({ length }) => length)) * 6.4 + 26),
    marginTop: 28,
    marginBottom: 44,
    x: {
      type: 'log',
      domain: xs,
      label: `${family.axis} →`,
      labelAnchor: 'center',
      grid: true,
      ticks: logTicks(xs, narrow ? 3 : 6),
      tickFormat: (x: number) => axisText(family, x).replace(` ${family.axis}`, ''),
    },
    y: {
      type: 'log',
      domain: ys,
      label: `↑ ${measure.title}`,
      grid: true,
      ticks: logTicks(ys, 6),
      tickFormat: tickText(measure.format),
    },
    ariaLabel: `${measure.title} against ${family.axis} of ${series.length} rows, each with its exponent; the table below holds the exponents`,
    marks: [
      Plot.ruleX(
        dots.filter(({ low, high }) => high > low),
        {
          x: 'x',
          y1: 'low',
          y2: 'high',
          stroke: colour,
          strokeWidth: 4,
          strokeOpacity: 0.3,
        },
      ),
      Plot.line(dots, {
        x: 'x',
        y: 'value',
        z: 'label',
        stroke: colour,
        strokeWidth: 1.6,
        strokeOpacity: 0.85,
      }),
      Plot.dot(dots, {
        x: 'x',
        y: 'value',
        fill: colour,
        symbol: (dot: Dot) => symbols.get(dot.format),
        r: 4,
      }),
      Plot.tip(
        dots,
        Plot.pointer({
          x: 'x',
          y: 'value',
          title: (dot: Dot) =>
            `${dot.label}\n${axisText(family, dot.x)}\n${measure.title}: ${measure.format(dot.value)}`,
          fill: 'var(--paper)',
          stroke: 'var(--line-strong)',
        }),
      ),
    ],
  });
  nameLines(chart, series, texts, view);
  return chart;
}

function nameLines(
  chart: ReturnType<typeof Plot.plot>,
  series: readonly Series[],
  texts: readonly string[],
  view: View,
): void {
  const [x, y] = [chart.scale('x'), chart.scale('y')];
  if (x === undefined || y === undefined) return;
  const height = Number(chart.getAttribute('height'));
  const ends = series.map(({ points }) => ({
    x: x.apply(points.at(-1)!.x) as number,
    y: y.apply(points.at(-1)!.value) as number,
  }));
  const right = Math.max(...ends.map((end) => end.x));
  const places = spreadOut(
    ends.map((end) => end.y),
    LINE,
    20,
    height - 48,
  );
  const left = right + 18;
  const group = s('g', { class: 'labels', 'aria-hidden': 'true' });
  for (const [i, end] of ends.entries()) {
    // A line that ends before the others is named where it ends.
    if (end.x < right) {
      group.append(s('text', { x: end.x + 7, y: end.y - 5 }, texts[i]));
      continue;
    }
    const place = places[i]!;
    group.append(
      s('path', {
        d: `M${end.x + 6},${end.y}L${left - 3},${place}`,
        class: 'leader',
        style: `stroke:${view.look(series[i]!.format).colour}`,
      }),
      s('text', { x: left, y: place + 4 }, texts[i]),
    );
  }
  chart.append(group);
}
