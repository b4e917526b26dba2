import type { CellRecord, ResultRecord, RunRecord } from '../results/record.js';
import { worstPrediction } from '../run/predictions.js';
import { noiseOf } from './noise.js';
import { formatShare } from './units.js';

/** The noise floor in a sentence; nothing where no cell was timed twice. */
export function noiseLines(records: readonly ResultRecord[]): string[] {
  const noise = noiseOf(records);
  if (noise === undefined) return [];
  return [
    `noise floor: ${formatShare(noise.share)}: one cell, timed under two names, differs by that; nothing smaller is told apart`,
  ];
}

/** What a reader of the figures has to know: processes that did not get warm, bytes that the kernel counted otherwise, caches that stayed warm. */
export function flagLines(cells: readonly CellRecord[]): string[] {
  const cold = cells.flatMap((cell) => (cell.cold === undefined ? [] : [{ cell, cold: cell.cold }]));
  return [
    ...flag('still warming up when the samples began', cells.filter(isWarming)),
    ...flag(
      'bytes differ from what the kernel counted (/proc/self/io)',
      cells.filter(({ io }) => io?.audit?.agrees === false),
    ),
    ...flag(
      `no figure for a cold cache (${cold.find((one) => one.cold.reason !== null)?.cold.reason})`,
      cold.filter((one) => one.cold.reason !== null).map((one) => one.cell),
    ),
  ];
}

/** Whether most of its processes did not get warm in time: their first samples may be slower than later ones would be. */
export function isWarming({ processes }: CellRecord): boolean {
  return processes.filter(({ warm }) => !warm).length * 2 > processes.length;
}

/** How right the run was about the time that was left. */
export function predictionLine(records: readonly ResultRecord[]): string[] {
  const run = records.findLast((record): record is RunRecord => record.kind === 'run');
  if (run?.elapsedMs === undefined || run.predictions === undefined) return [];
  const worst = worstPrediction(run.predictions, run.elapsedMs);
  return [`time left was told right within a factor ${worst.toFixed(2)} after the first fifth`];
}

function flag(what: string, cells: readonly CellRecord[]): string[] {
  if (cells.length === 0) return [];
  const names = cells.slice(0, MOST_NAMES).map(({ cell }) => cell);
  const more = cells.length > names.length ? ` and ${cells.length - names.length} more` : '';
  return [`${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}: ${what}: ${names.join(', ')}${more}`];
}

const MOST_NAMES = 3;
