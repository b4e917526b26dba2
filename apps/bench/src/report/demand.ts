import type { CellRecord, OperationId } from '../results/record.js';
import { fileBytes, type Row } from './model.js';

/** What a reader does with one file in a month, and what time and room are worth to them. */
export interface Demand {
  /** How often the whole is written, read, one entry is read, and one is added. */
  readonly writes: number;
  readonly reads: number;
  readonly singles: number;
  readonly appends: number;
  /** Of the way between the file and its reader, in bytes a second; Infinity for a disk of this machine. */
  readonly bandwidth: number;
  /** Of a gigabyte (10^9 bytes) kept for a month, in dollars. */
  readonly storage: number;
  /** Of an hour of computing or waiting, in dollars. */
  readonly hour: number;
}

export type TaskId = 'writes' | 'reads' | 'singles' | 'appends';
export type PartId = TaskId | 'transfer' | 'storage';

export const DEFAULT_DEMAND: Demand = {
  writes: 10,
  reads: 100,
  singles: 1000,
  appends: 100,
  bandwidth: Number.POSITIVE_INFINITY,
  storage: 0.02,
  hour: 0.1,
};

/** A task and the operation of the workload that stands for it. */
export interface Task {
  readonly id: TaskId;
  readonly operation: OperationId;
}

/** What a row costs the reader, for one file and one month. */
export interface Cost {
  readonly row: Row;
  /** In dollars: each task, the transfer and the storage. They add up to `total`. */
  readonly parts: Readonly<Record<PartId, number>>;
  readonly total: number;
  /** 95 % of `total`, from the intervals of the times; null where one of them has none. */
  readonly interval: readonly [number, number] | null;
  /** Computing and transfer, in ms. */
  readonly ms: number;
  /** Tasks that were not measured and are reckoned from reading and writing the whole. */
  readonly estimated: readonly TaskId[];
}

export interface Ranking {
  /** Cheapest first. */
  readonly costs: readonly Cost[];
  readonly leftOut: readonly { readonly row: Row; readonly reason: string }[];
}

const CANDIDATES: Readonly<Record<TaskId, readonly OperationId[]>> = {
  writes: ['write', 'create', 'pipe'],
  reads: ['read', 'list', 'socket'],
  singles: ['read-one', 'read-each'],
  appends: ['append', 'increment'],
};

const MS_PER_HOUR = 3_600_000;

/** The tasks that a workload can answer. */
export function tasksOf(operations: readonly OperationId[]): Task[] {
  return (Object.keys(CANDIDATES) as TaskId[]).flatMap((id) => {
    const operation = CANDIDATES[id].find((candidate) => operations.includes(candidate));
    return operation === undefined ? [] : [{ id, operation }];
  });
}

/** Rows by what they cost under a demand; those that cannot do a task that is asked for are left out, and peers. */
export function rankByDemand(rows: readonly Row[], tasks: readonly Task[], demand: Demand): Ranking {
  const costs: Cost[] = [];
  const leftOut: { row: Row; reason: string }[] = [];
  for (const row of rows) {
    if (row.peer !== undefined) continue;
    const found = costOf(row, tasks, demand);
    if (typeof found === 'string') leftOut.push({ row, reason: found });
    else costs.push(found);
  }
  costs.sort((a, b) => a.total - b.total);
  return { costs, leftOut };
}

/** Whether two costs can be told apart: by their intervals, and by more than the run's noise. */
export function toldApart(better: Cost, worse: Cost, noise: number): boolean {
  if (worse.total <= better.total * (1 + noise)) return false;
  if (better.interval === null || worse.interval === null) return false;
  return better.interval[1] < worse.interval[0];
}

interface Effort {
  readonly ms: number;
  readonly halfWidthMs: number | null;
  /** Bytes over the wire. */
  readonly bytes: number;
  readonly estimated: boolean;
}

function costOf(row: Row, tasks: readonly Task[], demand: Demand): Cost | string {
  const dollarsPerMs = demand.hour / MS_PER_HOUR;
  const parts: Record<PartId, number> = {
    writes: 0,
    reads: 0,
    singles: 0,
    appends: 0,
    transfer: 0,
    storage: ((fileBytes(row) ?? 0) / 1e9) * demand.storage,
  };
  const estimated: TaskId[] = [];
  let ms = 0;
  let variance: number | null = 0;
  for (const task of tasks) {
    const times = demand[task.id];
    if (times === 0) continue;
    const effort = effortOf(row, task);
    if (typeof effort === 'string') return effort;
    const transferMs = (effort.bytes / demand.bandwidth) * 1000;
    parts[task.id] += times * effort.ms * dollarsPerMs;
    parts.transfer += times * transferMs * dollarsPerMs;
    ms += times * (effort.ms + transferMs);
    variance =
      variance === null || effort.halfWidthMs === null
        ? null
        : variance + (times * effort.halfWidthMs * dollarsPerMs) ** 2;
    if (effort.estimated) estimated.push(task.id);
  }
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const half = variance === null ? null : Math.sqrt(variance);
  return {
    row,
    parts,
    total,
    interval: half === null ? null : [Math.max(0, total - half), total + half],
    ms,
    estimated,
  };
}

function effortOf(row: Row, { id, operation }: Task): Effort | string {
  const cell = row.cells.get(operation);
  if (cell?.times != null) return measured([cell], bytesMoved(cell, id, row), false);
  if (cell !== undefined) return `${cell.status}: ${cell.reason ?? 'no time'}`;
  // A compressed file has no entries that could be reached: every operation is the whole again.
  const [read, write] = [row.cells.get('read'), row.cells.get('write')];
  const size = fileBytes(row) ?? 0;
  if (row.compression !== 'none' && id === 'singles' && read?.times != null)
    return measured([read], size, true);
  if (row.compression !== 'none' && id === 'appends' && read?.times != null && write?.times != null)
    return measured([read, write], 2 * size, true);
  return 'not measured';
}

function measured(cells: readonly CellRecord[], bytes: number, estimated: boolean): Effort {
  const widths = cells.map(({ times }) =>
    times!.interval95Ms === null ? null : (times!.interval95Ms[1] - times!.interval95Ms[0]) / 2,
  );
  return {
    ms: cells.reduce((sum, { times }) => sum + times!.medianMs, 0),
    halfWidthMs: widths.some((width) => width === null)
      ? null
      : Math.hypot(...widths.map((width) => width ?? 0)),
    bytes,
    estimated,
  };
}

function bytesMoved(cell: CellRecord, id: TaskId, row: Row): number {
  if (cell.messages !== null) return cell.messages.bytesPerMessage;
  const { io } = cell;
  if (id === 'writes' || id === 'reads') return fileBytes(row) ?? 0;
  if (io === null) return fileBytes(row) ?? 0;
  return id === 'singles' ? io.bytesRead : io.bytesRead + io.bytesWritten;
}
