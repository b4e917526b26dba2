import {
  type Crossover,
  crossoversOf,
  type Family,
  familiesOf,
  type PowerLaw,
  type Series,
  seriesOf,
} from '../../../src/report/growth.js';
import { type Measure, measuresOf } from '../../../src/report/measures.js';
import type { Row } from '../../../src/report/model.js';
import { formatBytes, formatCount, formatShare } from '../../../src/report/units.js';
import { growthChart } from '../charts/growth.js';
import { choice, dataTable, disclosure, h } from '../dom.js';
import { glyph } from '../looks.js';
import { controls, figure, lead, type Section, section, type View } from '../view.js';

const SHOWN_CROSSOVERS = 6;
/** Of what is claimed to be ahead: times beyond the noise too; memory comes from one process each, sizes are exact. */
const LEADS = { time: 0.05, memory: 0.1, exact: 0.01 } as const;

/** Time and space against the size of the data, where a workload was measured in several sizes. */
export function growth(): Section {
  return section(
    'growth',
    'How it grows with the data',
    ['show', 'find', 'peers', 'time', 'space'],
    (view) => {
      const families = familiesOf(view.model.workloads);
      const family = families.find(({ sizes }) => sizes.some(({ results }) => results === view.current));
      if (family === undefined) return families.length === 0 ? [nothing()] : [elsewhere(families, view)];
      const measures = measuresOf(view.current.operations, view.current.rows);
      const spaces = measures.filter(({ id }) => /^(memory|size|bytes)/.test(id));
      const durations = measures.filter((one) => !spaces.includes(one));
      const time = pick(durations, view.state.time);
      const space = pick(spaces, view.state.space);
      return [
        lead(
          `${family.sizes.length} sizes, from ${axisText(family, family.sizes[0]!.x)} to ${axisText(family, family.sizes.at(-1)!.x)}. Both axes are logarithmic: a straight line is a power law, its slope the exponent (1: twice the data takes twice as long).`,
        ),
        ...(time === undefined ? [] : chart(family, time, durations, 'time', view)),
        ...(space === undefined ? [] : chart(family, space, spaces, 'space', view)),
        exponents(family, [time, space], view),
      ];
    },
  );
}

function chart(
  family: Family,
  measure: Measure,
  measures: readonly Measure[],
  key: 'time' | 'space',
  view: View,
): HTMLElement[] {
  const series = seriesOf(family, measure, shown(view));
  const options = measures.map(({ id, title }) => ({ value: id, title }));
  const crossovers = crossoversOf(
    series.filter(({ points }) => points[0]!.row.peer === undefined),
    leadOf(measure, view.noise),
  );
  const sentences = crossovers.map((one) => h('li', {}, ...sentence(one, family, measure, key)));
  return [
    controls(
      choice(key, key === 'time' ? 'Time' : 'Space', options, measure.id, (value) =>
        view.change({ [key]: value }),
      ),
    ),
    series.length === 0
      ? h('p', {}, 'No row has this in two sizes.')
      : figure(growthChart(series, family, measure, axisText, view)),
    h(
      'h3',
      {},
      `Where the order turns: ${measure.title}${key === 'time' && view.noise > 0 ? ` (beyond the noise of ${formatShare(view.noise)})` : ''}`,
    ),
    sentences.length === 0
      ? h(
          'p',
          {},
          'Nowhere that could be claimed: beyond intervals and noise, what is ahead at the smallest size is ahead at the largest.',
        )
      : h('ul', { class: 'crossovers' }, ...sentences.slice(0, SHOWN_CROSSOVERS)),
    sentences.length > SHOWN_CROSSOVERS
      ? disclosure(
          `${sentences.length - SHOWN_CROSSOVERS} more`,
          h('ul', { class: 'crossovers' }, ...sentences.slice(SHOWN_CROSSOVERS)),
        )
      : h('span'),
  ];
}

function leadOf({ id }: Measure, noise: number): number {
  if (id.startsWith('memory')) return LEADS.memory;
  return /^(size|bytes)/.test(id) ? LEADS.exact : Math.max(LEADS.time, noise);
}

function sentence(
  one: Crossover,
  family: Family,
  measure: Measure,
  key: 'time' | 'space',
): (HTMLElement | string)[] {
  const better = measure.id === 'size' ? 'smaller' : key === 'time' ? 'faster' : 'leaner';
  return [
    `Above ${axisText(family, rounded(one.x))} `,
    h('b', {}, one.above.label),
    ` is ${better} than `,
    h('b', {}, one.below.label),
    h('small', {}, ` (between ${one.between.map((x) => axisText(family, x)).join(' and ')})`),
  ];
}

function exponents(family: Family, measures: readonly (Measure | undefined)[], view: View): HTMLElement {
  const columns = measures.flatMap((measure) =>
    measure === undefined
      ? []
      : [{ measure, series: new Map(seriesOf(family, measure, shown(view)).map((one) => [one.label, one])) }],
  );
  const labels = new Map<string, Series>();
  for (const { series } of columns) for (const [label, one] of series) labels.set(label, one);
  return disclosure(
    'Fitted exponents as a table',
    dataTable(
      'Fitted exponents',
      ['format', ...columns.map(({ measure }) => `exponent: ${measure.title}`)],
      [...labels].map(([label, { format }]) => [
        h('th', { scope: 'row' }, glyph(view.look(format)), label),
        ...columns.map(({ series }) => h('td', { class: 'number' }, exponentText(series.get(label)?.fit))),
      ]),
    ),
  );
}

export function exponentText(fit: PowerLaw | undefined): string {
  if (fit === undefined) return '–';
  return `${fit.exponent.toFixed(2)}${fit.error === null ? '' : ` ± ${(1.96 * fit.error).toFixed(2)}`}`;
}

function shown({ state, current }: View): (row: Row) => boolean {
  const compression = current.rows.some((row) => row.compression === state.show) ? state.show : 'all';
  const wanted = state.find.trim().toLowerCase();
  return (row) =>
    (compression === 'all' || row.compression === compression) &&
    (state.peers !== 'no' || row.peer === undefined) &&
    row.label.toLowerCase().includes(wanted);
}

function axisText(family: Family, x: number): string {
  return family.axis === 'bytes of values' ? formatBytes(x) : `${formatCount(x)} ${family.axis}`;
}

/** Two figures: more would claim what an interpolation cannot know. */
function rounded(x: number): number {
  return Number(x.toPrecision(2));
}

function pick(measures: readonly Measure[], id: string): Measure | undefined {
  return measures.find((measure) => measure.id === id) ?? measures[0];
}

function nothing(): HTMLElement {
  return lead(
    'This run measured each kind of data in one size. Run several (--rows 1000, --rows 10000, …) and make the report of all their results: the curves, their exponents and the sizes where one format overtakes another appear here.',
  );
}

function elsewhere(families: readonly Family[], view: View): HTMLElement {
  return lead(
    'This data was measured in one size. Several were of: ',
    ...families.flatMap(({ sizes }, i) => {
      const { key, workload } = sizes.at(-1)!.results;
      const link = h(
        'button',
        { type: 'button', class: 'link', onclick: () => view.change({ data: key }) },
        workload.id,
      );
      return i === 0 ? [link] : [', ', link];
    }),
  );
}
