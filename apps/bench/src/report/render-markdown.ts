import type { CellRecord } from '../results/record.js';
import { fidelityOf } from './losses.js';
import {
  fileBytes,
  peakBytes,
  type ReportModel,
  type Row,
  rowProblem,
  standings,
  type WorkloadResults,
} from './model.js';
import { OPERATION_TITLES } from './operations.js';
import { picksOf } from './picks.js';
import { formatBytes, formatCount, formatMs } from './units.js';

/** Tables for a README or a pull request. */
export function renderMarkdown(model: ReportModel): string {
  const run = model.runs.at(-1);
  const machine =
    run === undefined
      ? []
      : [
          `Measured ${run.startedAt.slice(0, 10)} on ${run.machine.cpu}, ${run.machine.cores} cores, Node ${run.machine.node}, ${run.settings.repeats} processes a cell; medians with 95 % intervals, **bold** where nothing measured is faster beyond its interval.`,
        ];
  return ['# Benchmark report', ...machine, ...model.workloads.flatMap(workloadSection), ''].join('\n\n');
}

function workloadSection(results: WorkloadResults): string[] {
  const picks = picksOf(results).map(
    (pick) => `- ${pick.title}: **${pick.row.label}** (${pick.why}; ${pick.confidence})`,
  );
  return [
    `## ${results.workload.title}`,
    ...(picks.length === 0 ? [] : [picks.join('\n')]),
    timesTable(results, results.rows),
    ...lossList(results.rows),
    ...peerSection(results),
  ];
}

/** Bare libraries in a table of their own; those that have no way for the value are not named. */
function peerSection(results: WorkloadResults): string[] {
  const rows = results.peers.filter(({ cells }) =>
    [...cells.values()].some(({ status }) => status !== 'unsupported'),
  );
  if (rows.length === 0) return [];
  return [
    'Peers: the bare libraries on the same data, and `raw-fs`, as many bytes without a format. **Bold** is the fastest of these.',
    timesTable(results, rows),
    ...lossList(rows),
  ];
}

function timesTable(results: WorkloadResults, rowsShown: readonly Row[]): string {
  // What is no format is no match for one.
  const ranked = rowsShown.filter(({ format }) => format !== 'raw');
  const columns = results.operations.map((operation) => standings(ranked, operation));
  const head = [
    'format',
    ...results.operations.map((operation) => OPERATION_TITLES[operation]),
    'file',
    'peak memory',
  ];
  const rows = rowsShown.map((row) => {
    const problem = rowProblem(row);
    const times = results.operations.map((operation, i) =>
      timeCell(row.cells.get(operation), columns[i]!.get(row)),
    );
    const size = fileBytes(row);
    const peak = peakBytes(row);
    if (problem !== undefined)
      return [
        row.label,
        ...results.operations.map(() => ''),
        `${row.cells.values().next().value?.status}: ${problem}`,
        '',
      ];
    return [
      row.label,
      ...times,
      size === undefined ? '' : formatBytes(size),
      peak === undefined ? '' : formatBytes(peak),
    ];
  });
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.map(escapeCell).join(' | ')} |`)
    .join('\n');
}

function timeCell(
  cell: CellRecord | undefined,
  standing: { ratio: number; tied: boolean } | undefined,
): string {
  if (cell === undefined) return '';
  if (cell.times === null) return cell.status;
  const speed =
    cell.messages === null
      ? formatMs(cell.times.medianMs)
      : `${formatCount(cell.messages.perSecond)}/s, ${cell.messages.bytesPerMessage} B`;
  const interval = cell.times.interval95Ms;
  const spread =
    interval === null
      ? ''
      : ` ±${Math.round((100 * (interval[1] - interval[0])) / 2 / cell.times.medianMs)} %`;
  const best = standing !== undefined && (standing.ratio === 1 || standing.tied);
  return `${best ? '**' : ''}${speed}${spread}${best ? '**' : ''}`;
}

function lossList(rows: readonly Row[]): string[] {
  const lossy = rows
    .filter((row: Row) => row.compression === 'none')
    .map((row) => ({ row, fidelity: fidelityOf(row) }));
  const lines = lossy
    .filter(({ fidelity }) => fidelity.verdict !== 'exact' && fidelity.lines.length > 0)
    .map(
      ({ row, fidelity }) =>
        `- ${row.label}, ${fidelity.verdict}: ${fidelity.lines.slice(0, 5).join('; ')}${fidelity.lines.length > 5 ? '; …' : ''}`,
    );
  return lines.length === 0 ? [] : ['What does not survive:', lines.join('\n')];
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
