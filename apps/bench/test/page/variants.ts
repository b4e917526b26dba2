import type { CellRecord, NoiseRecord, ResultRecord } from '../../src/results/record.js';
import { slowed } from './big-run.js';

// What a run may hold beside plain cells.

export const NOISE = 0.031;

/** With one cell timed twice. */
export function withNoise(records: readonly ResultRecord[]): ResultRecord[] {
  const first = cellsOf(records).find(({ times }) => times !== null)!;
  const noise: NoiseRecord = {
    kind: 'noise',
    schema: 1,
    run: first.run,
    machine: first.machine,
    cell: first.cell,
    processes: first.processes,
    ratio: 1 + NOISE,
    interval95: null,
    share: NOISE,
  };
  return [...records, noise];
}

/** With a peer beside each plain cell of a format: ten times as fast, and a tenth of the size. */
export function withPeer(records: readonly ResultRecord[], format: string, peer: string): ResultRecord[] {
  const peers = cellsOf(records)
    .filter((cell) => cell.format === format && cell.compression === 'none')
    .map((cell) => ({
      ...slowed(cell, 0.1),
      peer,
      cell: cell.cell.replace(`/${format}/`, `/${format}[peer=${peer}]/`),
      file: cell.file === null ? null : { bytes: Math.round(cell.file.bytes / 10) },
      versions: { python: '3.11.2', [peer]: '1.0' },
    }));
  return [...records, ...peers];
}

/** As two shards: every second format was measured on another machine, which is a thousand times as fast. */
export function onTwoMachines(records: readonly ResultRecord[]): ResultRecord[] {
  const formats = [...new Set(cellsOf(records).map(({ format }) => format))].sort();
  return records.flatMap((record): ResultRecord[] => {
    if (record.kind === 'run') {
      const machine = { ...record.machine, fingerprint: OTHER, cpu: 'Another processor' };
      return [record, { ...record, run: `${record.run}-2`, machine }];
    }
    if (record.kind !== 'cell' || formats.indexOf(record.format) % 2 === 0) return [record];
    return [{ ...slowed(record, 0.001), machine: OTHER, run: `${record.run}-2` }];
  });
}

export const OTHER = 'other0000000';

function cellsOf(records: readonly ResultRecord[]): CellRecord[] {
  return records.filter((record): record is CellRecord => record.kind === 'cell');
}
