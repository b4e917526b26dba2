import {
  fileBytes,
  peakBytes,
  type Row,
  rowProblem,
  rowStanding,
  type Standing,
  standings,
} from '../../../src/report/model.js';
import { OPERATION_TITLES } from '../../../src/report/operations.js';
import { SAME_SIZE } from '../../../src/report/picks.js';
import { sizedRows } from '../../../src/report/sizes.js';
import { formatBytes, formatCount, formatMs, formatRatio, formatShare } from '../../../src/report/units.js';
import type { CellRecord, OperationId } from '../../../src/results/record.js';
import { button, dataTable, h } from '../dom.js';
import { gridKeys } from '../grid-keys.js';
import { rowHead } from '../rows.js';
import { lead, type Section, section, type View } from '../view.js';

/** Rows that are shown before all are asked for: a table of thousands of cells is slow to lay out. */
const SHOWN = 60;

interface Column {
  readonly id: string;
  readonly title: string;
  /** Undefined comes last. */
  readonly rank: (row: Row) => number | undefined;
  readonly cell: (row: Row) => HTMLElement;
}

/** Every row and operation: the ratio to the best, the figure, ties hatched, failures with their reason. */
export function matrix(): Section {
  let showAll = false;
  return section('matrix', 'Everything measured', ['show', 'find', 'peers', 'sort'], (view) => {
    const columns = columnsOf(view);
    const sort = columns.find(({ id }) => id === view.state.sort) ?? columns[0];
    const rows = sort === undefined ? view.rows : sorted(view.rows, sort);
    const shown = showAll ? rows : rows.slice(0, SHOWN);
    const head = ['format', ...columns.map((column) => headCell(column, column === sort, view))];
    const body = shown.map((row) => [
      rowHead(row, view),
      ...(rowProblem(row) === undefined
        ? columns.map(({ cell }) => cell(row))
        : [problem(row, columns.length, view)]),
    ]);
    const table = dataTable(`Ratios to the best: ${view.current.workload.title}`, head, body, 'matrix');
    gridKeys(table);
    return [
      lead(
        'How many times the best of its column each takes. A press on a cell shows all that was measured of it; arrow keys go from cell to cell.',
      ),
      legend(view),
      table,
      shown.length < rows.length &&
        button(`Show all ${rows.length} rows`, () => {
          showAll = true;
          view.change({ sort: view.state.sort === '' ? (columns[0]?.id ?? '') : '' });
        }),
    ];
  });
}

function legend({ noise, rows }: View): HTMLElement {
  const floor = noise > 0 ? `, difference within the noise of ${formatShare(noise)}` : '';
  return h(
    'p',
    { class: 'legend' },
    h('span', {}, h('i', { class: 'swatch best' }), 'best'),
    h(
      'span',
      {},
      h('i', { class: 'swatch tied' }),
      `tied with the best: intervals overlap${floor}, or sizes within ${formatShare(SAME_SIZE)}`,
    ),
    h('span', {}, h('i', { class: 'swatch scale' }), '1 × to 100 × and more'),
    h('span', {}, h('i', { class: 'swatch bad' }, '✕'), 'failed'),
    h('span', {}, h('i', { class: 'swatch' }, '–'), 'not supported'),
    rows.some(({ peer }) => peer !== undefined) &&
      h(
        'span',
        {},
        h('i', { class: 'peer' }, 'not ours'),
        'for comparison: never the best, may be below 1 ×',
      ),
  );
}

function columnsOf(view: View): Column[] {
  const { current, rows } = view;
  return [
    ...current.operations.map((operation) => timeColumn(operation, view)),
    // Files are the same on every machine: the best may have been made on another.
    figureColumn('size', 'file size', allSized(view), fileBytes),
    figureColumn('memory', 'peak memory', rows, peakBytes),
  ].filter(
    ({ id, rank }) => (id !== 'size' && id !== 'memory') || rows.some((row) => rank(row) !== undefined),
  );
}

function allSized({ model, current, rows }: View): readonly Row[] {
  const shown = new Set(rows.map(({ compression }) => compression));
  return sizedRows(model, current).filter(({ compression }) => shown.has(compression));
}

function timeColumn(operation: OperationId, view: View): Column {
  const ranked = standings(view.rows, operation, view.noise);
  return {
    id: operation,
    title: OPERATION_TITLES[operation],
    rank: (row) => ranked.get(row)?.ratio,
    cell: (row) => timeCell(row.cells.get(operation), ranked.get(row), view),
  };
}

function figureColumn(
  id: string,
  title: string,
  rows: readonly Row[],
  read: (row: Row) => number | undefined,
): Column {
  const own = rows.filter(({ peer }) => peer === undefined);
  const best = Math.min(...(own.length > 0 ? own : rows).flatMap((row) => read(row) ?? []));
  return {
    id,
    title,
    rank: read,
    cell: (row) => {
      const value = read(row);
      if (value === undefined) return h('td', { class: 'none' }, '–');
      const isBest = value === best && row.peer === undefined;
      const near = value <= best * (1 + SAME_SIZE) && value >= best / (1 + SAME_SIZE);
      return h(
        'td',
        {
          class: isBest ? 'number best' : near ? 'number tied' : 'number',
          style: shade(value / best),
        },
        h('span', { class: 'ratio' }, isBest ? 'best' : `${formatRatio(value / best)}${near ? ' tie' : ''}`),
        h('small', {}, formatBytes(value)),
      );
    },
  };
}

function timeCell(cell: CellRecord | undefined, standing: Standing | undefined, view: View): HTMLElement {
  if (cell === undefined) return h('td', { class: 'none' }, '–');
  if (standing === undefined) {
    const failed = cell.status === 'failed';
    const text = failed
      ? `✕ ${(cell.failure ?? 'failed').replaceAll('-', ' ')}`
      : cell.status === 'skipped'
        ? 'not timed'
        : '–';
    const element = button(text, () => view.open(cell), 'cell');
    element.setAttribute(
      'aria-label',
      `${text}: ${cell.cell}, ${cell.status}, ${cell.reason ?? ''}; details`,
    );
    return h('td', { class: failed ? 'failed' : 'none', title: cell.reason ?? '' }, element);
  }
  const { ratio, tied } = standing;
  const best = ratio === 1 && cell.peer === undefined;
  const figure =
    cell.messages === null ? formatMs(cell.times!.medianMs) : `${formatCount(cell.messages.perSecond)}/s`;
  const note = best ? 'best' : `${formatRatio(ratio)}${tied ? ' tie' : ''}`;
  const lossy = cell.fidelity === 'lossy';
  return h(
    'td',
    { class: `number${best ? ' best' : ''}${tied ? ' tied' : ''}`, style: shade(ratio) },
    h(
      'button',
      // Row and column heads say the rest.
      { type: 'button', class: 'cell', onclick: () => view.open(cell) },
      h('span', { class: 'ratio' }, note),
      h('small', {}, figure, lossy ? ' · lossy' : ''),
    ),
  );
}

/** By the logarithm: a hundred times the best is as dark as it gets. */
function shade(ratio: number): string {
  return `--shade:${Math.min(1, Math.max(0, Math.log10(ratio) / 2)).toFixed(2)}`;
}

function problem(row: Row, span: number, view: View): HTMLElement {
  const cells = [...row.cells.values()];
  const standing = rowStanding(row);
  const hasFailed = standing === 'failed';
  const cell = cells.find(({ status }) => status === 'failed') ?? cells[0]!;
  return h(
    'td',
    { class: hasFailed ? 'failed reason' : 'none reason', colspan: span },
    button(`${hasFailed ? '✕' : '–'} ${standing}: ${rowProblem(row)}`, () => view.open(cell), 'cell'),
  );
}

function headCell(column: Column, active: boolean, view: View): HTMLTableCellElement {
  const element = button(column.title, () => view.change({ sort: column.id }), 'sort');
  element.dataset['key'] = `sort-${column.id}`;
  if (active) element.append(h('span', { 'aria-hidden': 'true' }, ' ↑'));
  return h('th', { scope: 'col', class: 'number', 'aria-sort': active ? 'ascending' : undefined }, element);
}

function sorted(rows: readonly Row[], { rank }: Column): Row[] {
  const ranks = new Map(rows.map((row) => [row, rank(row) ?? Number.POSITIVE_INFINITY]));
  return [...rows].sort((a, b) => {
    const [x, y] = [ranks.get(a)!, ranks.get(b)!];
    return x === y ? Number(rowProblem(a) !== undefined) - Number(rowProblem(b) !== undefined) : x - y;
  });
}
