import { type Loss, lossLine } from '@formatlab/core';
import type { Row } from './model.js';

/** What a format loses of a value, said once. */
export interface Fidelity {
  readonly verdict: 'exact' | 'lossy' | 'refused' | 'failed' | 'not checked';
  /** One line a loss, or the reason of a refusal. */
  readonly lines: readonly string[];
  readonly count: number;
}

/** The verdict of a row's whole-value cells: writing first, as it meets the losses. */
export function fidelityOf(row: Row): Fidelity {
  const cells = [...row.cells.values()];
  const cell = row.cells.get('write') ?? row.cells.get('create') ?? cells[0];
  if (cell === undefined) return { verdict: 'not checked', lines: [], count: 0 };
  if (cell.status === 'unsupported' || cell.status === 'failed') {
    return {
      verdict: cell.status === 'failed' ? 'failed' : 'refused',
      lines: cell.reason === null ? [] : [cell.reason],
      count: 0,
    };
  }
  if (cell.fidelity === 'lossy')
    return { verdict: 'lossy', lines: unique(cell.losses), count: cell.lossCount };
  return { verdict: cell.fidelity === 'exact' ? 'exact' : 'not checked', lines: [], count: 0 };
}

function unique(losses: readonly Loss[]): string[] {
  return [...new Set(losses.map(lossLine))];
}
