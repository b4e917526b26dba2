import type { OperationId } from '../results/record.js';
import { fileBytes, type Row, standings, type WorkloadResults } from './model.js';
import { OPERATION_TITLES } from './operations.js';
import { formatBytes, formatMs, formatRatio } from './units.js';

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

/** The question each pick answers, and the operations that decide it. */
const QUESTIONS: readonly { readonly title: string; readonly operations: readonly OperationId[] }[] = [
  { title: 'Fastest to write and read whole', operations: ['write', 'read'] },
  { title: 'Fastest for single entries', operations: ['read-one', 'append', 'update'] },
  { title: 'Fastest counter', operations: ['increment', 'list'] },
  { title: 'Fastest between processes', operations: ['pipe', 'socket'] },
];

/** Up to three answers, only from rows that have every operation in question; lossy ones are left out. */
export function picksOf(results: WorkloadResults, noise = 0): Pick[] {
  const exact = results.rows.filter(isExact);
  // Where every format loses something, the losses are told beside the pick.
  const rows = exact.length > 0 ? exact : results.rows;
  const picks = QUESTIONS.flatMap(({ title, operations }) => {
    const asked = operations.filter((operation) => results.operations.includes(operation));
    return asked.length === 0 ? [] : fastest(rows, title, asked, noise);
  });
  return [...picks, ...smallest(rows)].slice(0, 3);
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
  const ratio = second.score / first.score;
  const apart = operations.filter((operation) => {
    const a = first.row.cells.get(operation)?.times?.interval95Ms;
    const b = second.row.cells.get(operation)?.times?.interval95Ms;
    return a != null && b != null && (a[1] < b[0] || b[1] < a[0]);
  });
  const lead = `${second.row.label} takes ${formatRatio(ratio)} as long`;
  const measured = operations.every(
    (operation) => first.row.cells.get(operation)?.times?.interval95Ms != null,
  );
  if (!measured) return { confidence: `${lead}; too few processes for an interval`, level: 'unknown' };
  if (apart.length === 0 || ratio <= 1 + noise)
    return { confidence: `${lead}, within the noise`, level: 'tie' };
  const geometric = operations.length > 1 ? ' (geometric mean)' : '';
  return {
    confidence: `${lead}${geometric}`,
    level: apart.length === operations.length ? 'sure' : 'likely',
  };
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
