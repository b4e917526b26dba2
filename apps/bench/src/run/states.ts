import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../cells.js';
import type { GroupFiles } from '../processes/job.js';
import type { Plant } from '../results/record.js';
import { CellState, type RunFrame } from './cell-state.js';
import type { MadeDataset } from './datasets.js';

/** One state a cell. The cells of one group share the file that they read; each writes in a folder of its own. */
export function makeStates(
  cells: readonly Cell[],
  datasets: ReadonlyMap<string, MadeDataset>,
  folder: string,
  frame: RunFrame,
  planted?: Plant,
): CellState[] {
  const groups = new Map<string, string>();
  return cells.map((cell) => {
    // Every workload of a cell had its data made.
    const made = datasets.get(cell.workload.id)!;
    const group = groupKey(cell);
    const own = groups.get(group) ?? join(folder, `group${groups.size}`);
    groups.set(group, own);
    const work = join(own, cell.operation);
    mkdirSync(work, { recursive: true });
    const files: GroupFiles = { ...made.files, input: join(own, fileName(cell)), work };
    const slowdown = planted?.cell === cell.id ? planted.share : 0;
    return new CellState(cell, files, made.result, frame, slowdown);
  });
}

/**
 * Without an extension: a format with several must choose by the value. But Brotli is known by its name alone: it has no
 * signature (RFC 7932).
 */
function fileName({ compression }: Cell): string {
  return compression === 'brotli' ? 'data.br' : 'data';
}

/** Cells with the same key share their file. */
export function groupKey(cell: Cell): string {
  return cell.id.slice(0, -cell.operation.length - 1);
}
