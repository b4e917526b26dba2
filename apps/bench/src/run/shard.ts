import type { Cell } from '../cells.js';
import { groupKey } from './states.js';

/** A part of a run's cells: `index` from 1 to `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/**
 * The cells of one shard: neighbours, so that as many formats as can be are measured with the same data on one
 * machine, and can be ranked; cells of one file stay together. Every cell is in exactly one shard.
 */
export function cellsOfShard(cells: readonly Cell[], { index, of }: Shard): Cell[] {
  let before = 0;
  let place = 0;
  let last: string | undefined;
  return cells.filter((cell) => {
    const group = groupKey(cell);
    if (group !== last) place = Math.min(of, Math.floor((before * of) / cells.length) + 1);
    last = group;
    before++;
    return place === index;
  });
}
