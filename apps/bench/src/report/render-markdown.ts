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
import { sizesOf } from './sizes.js';
import { formatBytes, formatCount, formatMs, formatRatio, formatShare } from './units.js';

/** Tables for a README or a pull request. */
export function renderMarkdown(model: ReportModel): string {
  const run = model.runs.at(-1);
  const machine =
    run === undefined
      ? []
      : [
          `Measured ${run.startedAt.slice(0, 10)} on ${run.machine.cpu}, ${run.machine.cores} cores, Node ${run.machine.node}, ${run.settings.repeats} processes a cell; medians with 95 % intervals, **bold** where nothing measured is faster beyond its interval.`,
        ];
  const noise = noiseOf(model);
  const sections = model.workloads.flatMap((results) => workloadSection(results, noise));
  return [
    '# Benchmark report',
    ...machine,
    ...noiseLine(model),
    ...sections,
    ...sizeSections(model),
    '',
  ].join('\n\n');
}

function noiseOf({ noise }: ReportModel): number {
  return noise?.share ?? 0;
}

function noiseLine({ noise }: ReportModel): string[] {
  if (noise === undefined) return [];
  return [
    `Noise floor: ${formatShare(noise.share)}. One cell was timed twice under two names, in the same blocks, and differed by that: differences that are smaller are ties.`,
  ];
}

/** Where several machines measured: what does not depend on the machine is ranked over all of them. */
function sizeSections(model: ReportModel): string[] {
  if (new Set(model.workloads.map(({ machine }) => machine)).size < 2) return [];
  return [
    '## Sizes and bytes, over all machines',
    'Times stand with the machine that measured them and are not ranked against those of another.',
    ...sizesOf(model).flatMap(({ title, rows }) => [
      `### ${title}`,
      markdownTable([
        ['format', 'file', 'to the smallest', 'bytes read to read one', 'bytes written to append'],
        ...rows.map(({ row, bytes, ratio, readOne, append }) => [
          row.label,
          formatBytes(bytes),
          formatRatio(ratio),
          readOne === undefined ? '' : formatBytes(readOne.bytesRead),
          append === undefined ? '' : formatBytes(append.bytesWritten),
        ]),
      ]),
    ]),
  ];
}

function workloadSection(results: WorkloadResults, noise: number): string[] {
  const picks = picksOf(results, noise).map(
    (pick) => `- ${pick.title}: **${pick.row.label}** (${pick.why}; ${pick.confidence})`,
  );
  return [
    `## ${results.workload.title}${results.key.includes('@') ? `, machine ${results.machine}` : ''}`,
    ...(picks.length === 0 ? [] : [picks.join('\n')]),
    timesTable(results, results.rows, noise),
    ...coldTable(results),
    ...lossList(results.rows),
    ...peerSection(results, noise),
  ];
}

/** Bare libraries in a table of their own; those that have no way for the value are not named. */
function peerSection(results: WorkloadResults, noise: number): string[] {
  const rows = results.peers.filter(({ cells }) =>
    [...cells.values()].some(({ status }) => status !== 'unsupported'),
  );
  if (rows.length === 0) return [];
  return [
    'Peers: the bare libraries on the same data, and `raw-fs`, as many bytes without a format. **Bold** is the fastest of these.',
    timesTable(results, rows, noise),
    ...lossList(rows),
  ];
}

function timesTable(results: WorkloadResults, rowsShown: readonly Row[], noise: number): string {
  // What is no format is no match for one.
  const ranked = rowsShown.filter(({ format }) => format !== 'raw');
  const columns = results.operations.map((operation) => standings(ranked, operation, noise));
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
  return markdownTable([head, ...rows]);
}

/** Reads with nothing of the file in the page cache, where that was asked for. */
function coldTable({ operations, rows }: WorkloadResults): string[] {
  const asked = operations.filter((operation) =>
    rows.some(({ cells }) => cells.get(operation)?.cold !== undefined),
  );
  if (asked.length === 0) return [];
  const lines = rows.map(({ label, cells }) => [
    label,
    ...asked.map((operation) => {
      const cold = cells.get(operation)?.cold;
      if (cold === undefined) return '';
      return cold.medianMs === null ? `unknown: ${cold.reason}` : formatMs(cold.medianMs);
    }),
  ]);
  return [
    'With the file out of the page cache:',
    markdownTable([['format', ...asked.map((operation) => OPERATION_TITLES[operation])], ...lines]),
  ];
}

/** The first row is the head. */
function markdownTable([head, ...rows]: readonly (readonly string[])[]): string {
  return [head!, head!.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
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
