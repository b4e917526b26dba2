import type { OperationId } from '../results/record.js';
import { fileBytes, peakBytes, type Row, standings, type WorkloadResults } from './model.js';
import { OPERATION_TITLES } from './operations.js';
import { ratioOf } from './ratio.js';
import { formatBytes, formatMore, formatMs, formatRatio, formatShare } from './units.js';

/** An answer for one workload: what to take, for what, and why. */
export interface Pick {
  readonly title: string;
  readonly row: Row;
  readonly why: string;
  /** What else is as good within the measurement's intervals, or nearly. */
  readonly confidence: string;
  readonly level: Level;
}

export type Level =
  /** Every figure differs from the next best's beyond the intervals and the noise; or it is exact. */
  | 'sure'
  /** Some do. */
  | 'likely'
  /** None does. */
  | 'tie'
  /** Too few processes for an interval. */
  | 'unknown';

/** Files that differ by less are called the same size, though sizes are exact. */
export const SAME_SIZE = 0.01;
/** Peaks of memory that differ by less are called the same: they are of one process. */
const SAME_MEMORY = 0.05;

/** The question each pick answers, and the operations that decide it. */
const QUESTIONS: readonly { readonly title: string; readonly operations: readonly OperationId[] }[] = [
  { title: 'Fastest to write and read whole', operations: ['write', 'read'] },
  { title: 'Fastest for single entries', operations: ['read-one', 'append', 'update'] },
  { title: 'Fastest counter', operations: ['increment', 'list'] },
  { title: 'Fastest between processes', operations: ['pipe', 'socket'] },
];

/**
 * Up to three answers, only from rows that have every operation in question; lossy ones are left out, and peers.
 * `sized`: rows whose files count, where more machines made some of the same data.
 */
export function picksOf(results: WorkloadResults, noise = 0, sized: readonly Row[] = results.rows): Pick[] {
  const rows = eligible(results.rows);
  const picks = QUESTIONS.flatMap(({ title, operations }) => {
    const asked = operations.filter((operation) => results.operations.includes(operation));
    return asked.length === 0 ? [] : fastest(rows, title, asked, noise);
  });
  return [...picks, ...smallest(eligible(sized)), ...leanest(rows)].slice(0, 3);
}

function eligible(all: readonly Row[]): readonly Row[] {
  const own = all.filter(({ peer }) => peer === undefined);
  const exact = own.filter(isExact);
  // Where every format loses something, the losses are told beside the pick.
  return exact.length > 0 ? exact : own;
}

/** Whether nothing that was written and read back was lost. */
export function isExact(row: Row): boolean {
  return [...row.cells.values()].every((cell) => cell.fidelity !== 'lossy');
}

function fastest(
  rows: readonly Row[],
  title: string,
  operations: readonly OperationId[],
  noise: number,
): Pick[] {
  const scores = scoreRows(rows, operations);
  const [first, second] = scores;
  if (first === undefined) return [];
  const times = operations.map(
    (operation) =>
      `${OPERATION_TITLES[operation]} ${formatMs(first.row.cells.get(operation)!.times!.medianMs)}`,
  );
  return [{ title, row: first.row, why: times.join(', '), ...leadOver(first, second, operations, noise) }];
}

interface Score {
  readonly row: Row;
  /** Geometric mean of the ratios to the best of each operation. */
  readonly score: number;
}

function scoreRows(rows: readonly Row[], operations: readonly OperationId[]): Score[] {
  const columns = operations.map((operation) => standings(rows, operation));
  return rows
    .filter((row) => columns.every((column) => column.has(row)))
    .map((row) => ({
      row,
      score: Math.exp(
        columns.reduce((sum, column) => sum + Math.log(column.get(row)!.ratio), 0) / columns.length,
      ),
    }))
    .sort((a, b) => a.score - b.score);
}

function leadOver(
  first: Score,
  second: Score | undefined,
  operations: readonly OperationId[],
  noise: number,
): { readonly confidence: string; readonly level: Level } {
  if (second === undefined) return { confidence: 'the only one that does all of this', level: 'sure' };
  const timesOf = ({ row }: Score) => operations.map((operation) => row.cells.get(operation)!.times!);
  const { ratio, interval } = ratioOf(timesOf(second), timesOf(first));
  const { label } = second.row;
  if (interval === undefined)
    return {
      confidence: `${label} takes ${formatMore(ratio)}; too few processes for an interval`,
      level: 'unknown',
    };
  const floor = noise > 0 ? `, noise ${formatShare(noise)}` : '';
  const lead = `${label} takes ${formatMore(ratio, interval)}${floor}`;
  const apart = operations.filter((operation) => {
    const [a, b] = [first, second].map(({ row }) => row.cells.get(operation)!.times!.interval95Ms!);
    return a![1] < b![0] || b![1] < a![0];
  });
  if (apart.length === 0 || ratio <= 1 + noise)
    return { confidence: `${lead}: no difference to be sure of`, level: 'tie' };
  return { confidence: lead, level: apart.length === operations.length ? 'sure' : 'likely' };
}

function smallest(rows: readonly Row[]): Pick[] {
  const sized = rows.flatMap((row) => {
    const bytes = fileBytes(row);
    return bytes === undefined ? [] : [{ row, bytes }];
  });
  sized.sort((a, b) => a.bytes - b.bytes);
  const [first, second] = sized;
  if (first === undefined) return [];
  const same = sized.filter(({ bytes }) => bytes <= first.bytes * (1 + SAME_SIZE)).slice(1);
  const title = 'Smallest file';
  const why = formatBytes(first.bytes);
  if (same.length > 0) {
    const names = same.slice(0, 3).map(({ row }) => row.label);
    const others = same.length > names.length ? ` and ${same.length - names.length} more` : '';
    return [
      { title, row: first.row, why, confidence: `within 1 %: ${names.join(', ')}${others}`, level: 'tie' },
    ];
  }
  const lead =
    second === undefined
      ? 'the only file'
      : `${second.row.label} is ${formatRatio(second.bytes / first.bytes)} the size; sizes are exact`;
  return [{ title, row: first.row, why, confidence: lead, level: 'sure' }];
}

function leanest(rows: readonly Row[]): Pick[] {
  const known = rows.flatMap((row) => {
    const bytes = peakBytes(row);
    return bytes === undefined ? [] : [{ row, bytes }];
  });
  known.sort((a, b) => a.bytes - b.bytes);
  const [first, second] = known;
  if (first === undefined) return [];
  const ratio = second === undefined ? Number.POSITIVE_INFINITY : second.bytes / first.bytes;
  const lead =
    second === undefined
      ? 'the only one measured'
      : `${second.row.label} peaks at ${formatBytes(second.bytes)}; one process each`;
  return [
    {
      title: 'Least memory',
      row: first.row,
      why: `${formatBytes(first.bytes)} at its peak, Node.js and the values included`,
      confidence: lead,
      level: ratio <= 1 + SAME_MEMORY ? 'tie' : 'likely',
    },
  ];
}
