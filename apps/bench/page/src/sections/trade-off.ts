import { type Measure, measuresOf } from '../../../src/report/measures.js';
import type { Row } from '../../../src/report/model.js';
import { paretoPoints, scatterChart } from '../charts/scatter.js';
import { button, choice, dataTable, disclosure, h } from '../dom.js';
import { glyph } from '../looks.js';
import { nameOf } from '../rows.js';
import { controls, figure, lead, type Section, section, type View } from '../view.js';

/** Two measures against each other, with the rows that no other beats in both. */
export function tradeOff(): Section {
  return section('trade-off', 'What you trade for what', ['show', 'find', 'peers', 'x', 'y'], (view) => {
    const measures = measuresOf(view.current.operations, view.rows);
    if (measures.length < 2) return [];
    const x = byId(measures, view.state.x) ?? measures[0]!;
    const y = byId(measures, view.state.y) ?? measures.find((one) => one !== x)!;
    const options = measures.map(({ id, title }) => ({ value: id, title }));
    const { points, frontier } = paretoPoints(view.rows, x, y);
    return [
      lead(
        `Lower left is better. The stepped line joins the rows that nothing else beats in both; bars are 95 % intervals.${view.rows.some(({ peer }) => peer !== undefined) ? ' Hollow: libraries of others, for comparison.' : ''}`,
      ),
      controls(
        choice('x', 'Across', options, x.id, (value) => view.change({ x: value })),
        choice('y', 'Up', options, y.id, (value) => view.change({ y: value })),
      ),
      points.length === 0
        ? h('p', {}, 'No row has both.')
        : figure(scatterChart(points, frontier, x, y, view)),
      h(
        'p',
        { class: 'frontier' },
        h('b', {}, 'Beaten by nothing in both: '),
        ...frontier.map(({ row }) => rowButton(row, view)),
      ),
      disclosure('The same as a table', table(points, x, y, view)),
    ];
  });
}

function rowButton(row: Row, view: View): HTMLElement {
  const element = button(glyph(view.look(row.format)), () => openRow(row, view), 'chip');
  element.append(nameOf(row));
  return element;
}

export function openRow(row: Row, view: View): void {
  const cells = [...row.cells.values()];
  const cell = cells.find(({ times }) => times !== null) ?? cells[0];
  if (cell !== undefined) view.open(cell);
}

function table(
  points: ReturnType<typeof paretoPoints>['points'],
  x: Measure,
  y: Measure,
  view: View,
): HTMLElement {
  const rows = points.map((point) => [
    rowButton(point.row, view),
    h('td', { class: 'number' }, spread(x, point.xLow, point.x, point.xHigh)),
    h('td', { class: 'number' }, spread(y, point.yLow, point.y, point.yHigh)),
    point.best ? 'beaten by nothing' : '',
  ]);
  return dataTable(`${y.title} against ${x.title}`, ['format', x.title, y.title, ''], rows);
}

function spread({ format }: Measure, low: number, value: number, high: number): string {
  return low === high ? format(value) : `${format(value)} (${format(low)} to ${format(high)})`;
}

function byId(measures: readonly Measure[], id: string): Measure | undefined {
  return measures.find((measure) => measure.id === id);
}
