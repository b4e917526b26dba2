import {
  fileBytes,
  OPERATION_TITLES,
  peakBytes,
  type Row,
  rowProblem,
  type Standing,
  standings,
  type WorkloadResults,
} from '../../src/report/model.js';
import { formatBytes, formatCount, formatMs, formatRatio } from '../../src/report/units.js';
import type { CellRecord } from '../../src/results/record.js';
import { dataTable, h } from './dom.js';

/** Every row and operation: the time, its ratio to the best, ties hatched, failures with their reason. */
export function matrix(
  results: WorkloadResults,
  rows: readonly Row[],
  onOpen: (cell: CellRecord) => void,
): HTMLElement {
  const columns = results.operations.map((operation) => standings(rows, operation));
  const head = [
    'format',
    ...results.operations.map((operation) => OPERATION_TITLES[operation]),
    'file',
    'peak memory',
  ];
  const body = rows.map((row) => {
    const problem = rowProblem(row);
    if (problem !== undefined) return [row.label, problemCell(row, problem, results.operations.length + 2)];
    const size = fileBytes(row);
    const peak = peakBytes(row);
    return [
      row.label,
      ...results.operations.map((operation, i) =>
        timeCell(row.cells.get(operation), columns[i]!.get(row), onOpen),
      ),
      h('td', { class: 'number' }, size === undefined ? '' : formatBytes(size)),
      h('td', { class: 'number' }, peak === undefined ? '' : formatBytes(peak)),
    ];
  });
  return dataTable(`Times of ${results.workload.title}`, head, body, 'matrix');
}

function timeCell(
  cell: CellRecord | undefined,
  standing: Standing | undefined,
  onOpen: (cell: CellRecord) => void,
): HTMLElement {
  if (cell === undefined) return h('td', { class: 'none' }, '–');
  if (standing === undefined) {
    return h(
      'td',
      { class: cell.status === 'failed' ? 'failed' : 'none', title: cell.reason ?? '' },
      h('button', { type: 'button', onclick: () => onOpen(cell) }, cell.status),
    );
  }
  const { ratio, tied } = standing;
  const main =
    cell.messages === null ? formatMs(cell.times!.medianMs) : `${formatCount(cell.messages.perSecond)}/s`;
  const note = ratio === 1 ? 'best' : tied ? `tied, ${formatRatio(ratio)}` : formatRatio(ratio);
  // Shade by the logarithm: ten times as long is as dark as it gets.
  const shade = Math.min(1, Math.log10(ratio));
  return h(
    'td',
    {
      class: `number${ratio === 1 ? ' best' : ''}${tied ? ' tied' : ''}`,
      style: `--shade:${shade.toFixed(2)}`,
    },
    h(
      'button',
      {
        type: 'button',
        onclick: () => onOpen(cell),
        'aria-label': `${cell.cell}: ${main}, ${note}; details`,
      },
      h('span', {}, main),
      h('small', {}, note),
    ),
  );
}

function problemCell(row: Row, problem: string, span: number): HTMLElement {
  const failed = [...row.cells.values()].some((cell) => cell.status === 'failed');
  return h(
    'td',
    { class: failed ? 'failed' : 'none', colspan: span },
    `${failed ? 'failed' : 'not supported'}: ${problem}`,
  );
}
