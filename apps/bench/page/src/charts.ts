import * as Plot from '@observablehq/plot';
import { fileBytes, OPERATION_TITLES, peakBytes, type Row, type Standing } from '../../src/report/model.js';
import { formatBytes, formatMs } from '../../src/report/units.js';
import type { OperationId } from '../../src/results/record.js';
import type { Look } from './colours.js';
import type { Axis } from './state.js';

type Looks = (format: string) => Look;

interface Looked {
  readonly look: Look;
}

const ROW_HEIGHT = 24;

/** Medians with their 95 % intervals, best on top, on a logarithmic axis. */
export function timesChart(standings: ReadonlyMap<Row, Standing>, look: Looks, width: number): Element {
  const data = [...standings].map(([row, { cell, ratio, tied }]) => ({
    row: row.label,
    median: cell.times!.medianMs,
    low: cell.times!.interval95Ms?.[0] ?? cell.times!.medianMs,
    high: cell.times!.interval95Ms?.[1] ?? cell.times!.medianMs,
    look: look(row.format),
    text: `${formatMs(cell.times!.medianMs)}${ratio === 1 ? ', best' : tied ? ', tied with the best' : `, ${ratio.toFixed(1)} ×`}`,
  }));
  return Plot.plot({
    width,
    height: data.length * ROW_HEIGHT + 70,
    marginLeft: Math.min(200, width * 0.4),
    marginRight: width < 560 ? 24 : 170,
    x: {
      type: 'log',
      label: 'time, ms (logarithmic) →',
      grid: true,
      tickFormat: (value: number) => String(value),
      ticks: width < 560 ? 4 : 8,
    },
    y: { domain: data.map((item) => item.row), label: null },
    symbol: { type: 'identity' },
    ariaLabel: 'Median time of each format, with 95 % intervals',
    marks: [
      Plot.ruleY(data, {
        y: 'row',
        x1: 'low',
        x2: 'high',
        stroke: (item) => item.look.colour,
        strokeWidth: 5,
        strokeOpacity: 0.35,
      }),
      Plot.dot(data, {
        y: 'row',
        x: 'median',
        fill: (item) => item.look.colour,
        symbol: (item: Looked) => item.look.symbol,
        r: 5,
        title: (item) => `${item.row}: ${item.text}`,
      }),
      ...(width < 560
        ? []
        : [
            Plot.text(data, {
              y: 'row',
              x: 'high',
              text: 'text',
              dx: 10,
              textAnchor: 'start',
              fill: 'currentColor',
            }),
          ]),
    ],
  });
}

/** Bytes on disk of every row, smallest on top. */
export function sizesChart(rows: readonly Row[], look: Looks, dataBytes: number, width: number): Element {
  const data = rows
    .flatMap((row) => {
      const bytes = fileBytes(row);
      return bytes === undefined ? [] : [{ row: row.label, bytes, look: look(row.format) }];
    })
    .sort((a, b) => a.bytes - b.bytes);
  return Plot.plot({
    width,
    height: data.length * ROW_HEIGHT + 70,
    marginLeft: Math.min(200, width * 0.4),
    marginRight: 80,
    x: { label: 'file size →', grid: true, tickFormat: formatBytes, ticks: width < 560 ? 2 : 6 },
    y: { domain: data.map((item) => item.row), label: null },
    ariaLabel: 'Size of the file in each format',
    marks: [
      Plot.barX(data, {
        y: 'row',
        x: 'bytes',
        fill: (item) => item.look.colour,
        title: (item) => `${item.row}: ${item.bytes} bytes`,
      }),
      Plot.text(data, {
        y: 'row',
        x: 'bytes',
        text: (item) => formatBytes(item.bytes),
        dx: 6,
        textAnchor: 'start',
        fill: 'currentColor',
      }),
      Plot.ruleX([dataBytes], { stroke: 'currentColor', strokeDasharray: '4,3' }),
    ],
  });
}

/** Two measures against each other; the line joins rows that no other beats in both. */
export function tradeOffChart(rows: readonly Row[], x: Axis, y: Axis, look: Looks, width: number): Element {
  const points = rows.flatMap((row) => {
    const [xValue, yValue] = [measure(row, x), measure(row, y)];
    return xValue === undefined || yValue === undefined
      ? []
      : [{ row, x: xValue, y: yValue, look: look(row.format) }];
  });
  const frontier = frontierOf(points);
  return Plot.plot({
    width,
    height: Math.min(460, Math.max(320, width * 0.6)),
    marginLeft: 70,
    marginRight: 40,
    x: {
      type: 'log',
      label: `${axisTitle(x)} →`,
      grid: true,
      tickFormat: axisFormat(x),
      ticks: width < 560 ? 3 : 6,
    },
    y: { type: 'log', label: `↑ ${axisTitle(y)}`, grid: true, tickFormat: axisFormat(y), ticks: 5 },
    symbol: { type: 'identity' },
    ariaLabel: `${axisTitle(y)} against ${axisTitle(x)}; lower left is better`,
    marks: [
      Plot.line(frontier, {
        x: 'x',
        y: 'y',
        stroke: 'currentColor',
        strokeOpacity: 0.4,
        strokeDasharray: '4,3',
        curve: 'step-after',
      }),
      Plot.dot(points, {
        x: 'x',
        y: 'y',
        fill: (item) => item.look.colour,
        symbol: (item: Looked) => item.look.symbol,
        r: 6,
        title: (item) =>
          `${item.row.label}\n${axisTitle(x)}: ${axisFormat(x)(item.x)}\n${axisTitle(y)}: ${axisFormat(y)(item.y)}`,
      }),
      Plot.text(width < 560 ? frontier : points, {
        x: 'x',
        y: 'y',
        text: (item) => item.row.label,
        dx: 9,
        dy: -7,
        textAnchor: 'start',
        fill: 'currentColor',
        fontSize: 11,
      }),
    ],
  });
}

export function axisTitle(axis: Axis): string {
  if (axis === 'size') return 'file size';
  return axis === 'memory' ? 'peak memory' : OPERATION_TITLES[axis as OperationId];
}

function measure(row: Row, axis: Axis): number | undefined {
  if (axis === 'size') return fileBytes(row);
  return axis === 'memory' ? peakBytes(row) : (row.cells.get(axis)?.times?.medianMs ?? undefined);
}

function axisFormat(axis: Axis): (value: number) => string {
  return axis === 'size' || axis === 'memory' ? formatBytes : formatMs;
}

function frontierOf<P extends { readonly x: number; readonly y: number }>(points: readonly P[]): P[] {
  const frontier: P[] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || a.y - b.y)) {
    if (frontier.length === 0 || point.y < frontier.at(-1)!.y) frontier.push(point);
  }
  return frontier;
}
