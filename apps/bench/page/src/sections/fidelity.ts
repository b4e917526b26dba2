import { type Fidelity, fidelityOf } from '../../../src/report/losses.js';
import type { Row, WorkloadResults } from '../../../src/report/model.js';
import { dataTable, h } from '../dom.js';
import { glyph } from '../looks.js';
import { lead, type Section, section, type View } from '../view.js';

const SIGNS: Readonly<Record<Fidelity['verdict'], readonly [sign: string, className: string]>> = {
  exact: ['✓', 'good'],
  lossy: ['≈', 'warn'],
  refused: ['–', 'none'],
  failed: ['✕', 'bad'],
  'not checked': ['?', 'none'],
};
const MOST_LINES = 4;

/** What survives: of this data in words, of all data of the run as a grid. */
export function fidelity(): Section {
  return section('fidelity', 'What does not survive', [], (view) => {
    const rows = plainRows(view.current);
    if (rows.length === 0) return [];
    const told = rows.map((row) => ({ row, fidelity: fidelityOf(row) }));
    const exact = told.filter(({ fidelity: { verdict } }) => verdict === 'exact');
    const others = told.filter(({ fidelity: { verdict } }) => verdict !== 'exact');
    return [
      lead('Every file was read back and compared value by value, to the bit, before anything was timed.'),
      h(
        'p',
        {},
        h('b', { class: 'good' }, `✓ Exact (${exact.length}): `),
        exact.length === 0 ? 'none' : exact.map(({ row }) => row.label).join(', '),
      ),
      others.length > 0 &&
        dataTable(
          `What does not survive of ${view.current.workload.title}`,
          ['format', 'verdict', 'what'],
          others.map(({ row, fidelity: found }) => [
            h('th', { scope: 'row' }, glyph(view.look(row.format)), row.label),
            verdictCell(found),
            h('td', {}, ...lines(found)),
          ]),
          'fidelity',
        ),
      ...grid(view),
    ];
  });
}

function verdictCell({ verdict }: Fidelity): HTMLElement {
  const [sign, className] = SIGNS[verdict];
  return h('td', { class: className }, `${sign} ${verdict}`);
}

function lines({ lines: all, count }: Fidelity): (HTMLElement | string)[] {
  if (all.length === 0) return [''];
  const rest = Math.max(count, all.length) - MOST_LINES;
  return [
    h('ul', {}, ...all.slice(0, MOST_LINES).map((line) => h('li', {}, line))),
    ...(rest > 0 ? [h('small', {}, `and ${rest.toLocaleString('en-US')} more`)] : []),
  ];
}

/** One sign for each format and kind of data; only where the run had several. */
function grid({ model, look }: View): HTMLElement[] {
  const kinds = new Map<string, WorkloadResults>();
  // The largest of each kind speaks for it.
  for (const one of model.workloads) {
    const other = kinds.get(one.workload.id);
    if (other === undefined || other.workload.dataset.bytes < one.workload.dataset.bytes)
      kinds.set(one.workload.id, one);
  }
  if (kinds.size < 2) return [];
  const labels = new Map<string, string>();
  for (const one of kinds.values()) for (const row of plainRows(one)) labels.set(row.label, row.format);
  const columns = [...kinds.values()].map((one) => ({
    title: one.workload.id,
    rows: new Map(plainRows(one).map((row) => [row.label, fidelityOf(row)])),
  }));
  return [
    h('h3', {}, 'All data of this run'),
    dataTable(
      'Fidelity of each format with each kind of data',
      ['format', ...columns.map(({ title }) => title)],
      [...labels]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([label, format]) => [
          h('th', { scope: 'row' }, glyph(look(format)), label),
          ...columns.map(({ rows }) => {
            const found = rows.get(label);
            return found === undefined ? h('td', { class: 'none' }, '') : verdictCell(found);
          }),
        ]),
      'grid',
    ),
  ];
}

function plainRows({ rows }: WorkloadResults): Row[] {
  return rows.filter(({ compression }) => compression === 'none');
}
