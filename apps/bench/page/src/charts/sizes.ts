import * as Plot from '@observablehq/plot';
import { formatBytes } from '../../../src/report/units.js';
import { type Look, lookAt, plotSymbol } from '../looks.js';
import type { SizeGroup } from '../sections/sizes.js';
import type { View } from '../view.js';
import { shortened } from './labels.js';
import { plot } from './plot.js';
import { padded } from './scatter.js';
import { logTicks, tickText } from './ticks.js';

const ROW_HEIGHT = 25;
const MOST_ROWS = 60;
const COMPRESSIONS: readonly string[] = ['none', 'gzip', 'brotli', 'zstd'];
interface Dot {
  readonly name: string;
  readonly bytes: number;
  readonly compression: string;
}

/** One line a format, from its smallest file to its largest. */
export function sizesChart(
  groups: readonly SizeGroup[],
  compressions: readonly string[],
  values: number,
  view: View,
): Element {
  const narrow = view.width < 560;
  const shown = groups.slice(0, MOST_ROWS);
  const dots: Dot[] = shown.flatMap(({ name, sizes }) => sizes.map((one) => ({ name, ...one })));
  const spans = shown.map(({ name, sizes }) => {
    const all = sizes.map(({ bytes }) => bytes);
    const plain = sizes.find(({ compression }) => compression === 'none')?.bytes ?? all[0]!;
    return {
      name,
      low: Math.min(...all),
      high: Math.max(...all),
      text: `${formatBytes(plain)}${Math.min(...all) < plain ? ` → ${formatBytes(Math.min(...all))}` : ''}`,
    };
  });
  const symbols = new Map(compressions.map((one) => [one, plotSymbol(compressionLook(one))]));
  const domain = padded([values, ...dots.map(({ bytes }) => bytes)]);
  return plot({
    width: view.width,
    height: shown.length * ROW_HEIGHT + 64,
    marginLeft: Math.min(Math.max(...shown.map(({ name }) => name.length)) * 6.6 + 16, view.width * 0.42),
    marginRight: narrow ? 20 : 140,
    marginTop: 10,
    marginBottom: 40,
    x: {
      type: 'log',
      domain,
      label: 'file size →',
      labelAnchor: 'center',
      grid: true,
      ticks: logTicks(domain, narrow ? 3 : 7),
      tickFormat: tickText(formatBytes),
    },
    y: {
      domain: shown.map(({ name }) => name),
      label: null,
      tickSize: 0,
      tickFormat: narrow ? shortened : (name: string) => name,
    },
    ariaLabel: 'Size of the file in each format; the table below holds the same',
    marks: [
      Plot.ruleX([values], { stroke: 'var(--ink)', strokeDasharray: '4,3', strokeOpacity: 0.7 }),
      Plot.ruleY(spans, { y: 'name', x1: 'low', x2: 'high', stroke: 'var(--line-strong)', strokeWidth: 2 }),
      Plot.dot(dots, {
        y: 'name',
        x: 'bytes',
        fill: (dot: Dot) => compressionLook(dot.compression).colour,
        symbol: (dot: Dot) => symbols.get(dot.compression),
        r: 5,
        title: (dot: Dot) =>
          `${dot.name}, ${compressionTitle(dot.compression)}: ${dot.bytes.toLocaleString('en-US')} bytes`,
      }),
      ...(narrow
        ? []
        : [
            Plot.text(spans, {
              y: 'name',
              frameAnchor: 'right',
              dx: 134,
              text: 'text',
              textAnchor: 'end',
              fill: 'var(--ink)',
            }),
          ]),
    ],
  });
}

export function compressionTitle(compression: string): string {
  return compression === 'none' ? 'as it is' : compression;
}

/** Shape and colour of each compression: never by colour alone. */
export function compressionLook(compression: string): Look {
  return lookAt(Math.max(0, COMPRESSIONS.indexOf(compression)));
}
