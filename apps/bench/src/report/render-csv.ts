import type { CellRecord } from '../results/record.js';
import type { ReportModel } from './model.js';

const COLUMNS: readonly (readonly [string, (cell: CellRecord) => string | number | null | undefined])[] = [
  ['cell', (cell) => cell.cell],
  ['workload', (cell) => cell.workload.id],
  ['format', (cell) => cell.format],
  ['engine', (cell) => cell.engine],
  ['peer', (cell) => cell.peer],
  ['compression', (cell) => cell.compression],
  ['operation', (cell) => cell.operation],
  ['status', (cell) => cell.status],
  ['fidelity', (cell) => cell.fidelity],
  ['losses', (cell) => cell.lossCount],
  ['reason', (cell) => cell.reason],
  ['median_ms', (cell) => cell.times?.medianMs],
  ['interval_low_ms', (cell) => cell.times?.interval95Ms?.[0]],
  ['interval_high_ms', (cell) => cell.times?.interval95Ms?.[1]],
  ['first_ms', (cell) => cell.times?.firstMs],
  ['cold_ms', (cell) => cell.cold?.medianMs],
  ['processes', (cell) => cell.times?.processes],
  ['samples', (cell) => cell.times?.samples],
  ['peak_bytes', (cell) => cell.memory?.peakBytes],
  ['baseline_bytes', (cell) => cell.memory?.baselineBytes],
  ['file_bytes', (cell) => cell.file?.bytes],
  ['bytes_read', (cell) => cell.io?.bytesRead],
  ['kernel_bytes_read', (cell) => cell.io?.audit?.kernelRead],
  ['bytes_written', (cell) => cell.io?.bytesWritten],
  ['bytes_rewritten', (cell) => cell.io?.bytesRewritten],
  ['messages_per_second', (cell) => cell.messages?.perSecond],
  ['bytes_per_message', (cell) => cell.messages?.bytesPerMessage],
  ['seed', (cell) => cell.seed],
  ['machine', (cell) => cell.machine],
];

/** One line a cell (RFC 4180). */
export function renderCsv(model: ReportModel): string {
  const cells = model.workloads.flatMap((results) =>
    [...results.rows, ...results.peers].flatMap((row) => [...row.cells.values()]),
  );
  const lines = cells.map((cell) => COLUMNS.map(([, read]) => quoted(read(cell))).join(','));
  return [COLUMNS.map(([name]) => name).join(','), ...lines, ''].join('\r\n');
}

function quoted(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
