import type { OperationId } from '../results/record.js';
import { fileBytes, peakBytes, type Row } from './model.js';
import { OPERATION_TITLES } from './operations.js';
import { formatBytes, formatMs } from './units.js';

/** Something a row is measured by; less is better in all of them. */
export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly format: (value: number) => string;
  readonly read: (row: Row) => Measured | undefined;
}

export interface Measured {
  readonly value: number;
  /** 95 % interval; equal to the value where it is exact or none is known. */
  readonly low: number;
  readonly high: number;
  /** A time of too few processes for an interval: nothing is claimed of it. */
  readonly uncertain?: true;
}

/** All measures that the operations of a workload give, in the order of a menu. */
export function measuresOf(operations: readonly OperationId[], rows: readonly Row[]): Measure[] {
  const all: Measure[] = [
    ...operations.map(timeMeasure),
    exact('size', 'file size', formatBytes, fileBytes),
    exact('memory', 'peak memory', formatBytes, peakBytes),
    ...operations.filter((operation) => operation === 'read' || operation === 'write').map(memoryMeasure),
    exact('first', 'first call of a new process', formatMs, firstMs),
    exact('bytes-one', 'bytes read to read one', formatBytes, (row) =>
      positive(row.cells.get('read-one')?.io?.bytesRead),
    ),
    exact('bytes-append', 'bytes written to append one', formatBytes, (row) =>
      positive(row.cells.get('append')?.io?.bytesWritten),
    ),
  ];
  return all.filter((measure) => rows.some((row) => measure.read(row) !== undefined));
}

export function timeMeasure(operation: OperationId): Measure {
  return {
    id: operation,
    title: OPERATION_TITLES[operation],
    format: formatMs,
    read: (row) => {
      const times = row.cells.get(operation)?.times;
      if (times == null) return undefined;
      const { medianMs: value, interval95Ms } = times;
      if (interval95Ms === null) return { value, low: value, high: value, uncertain: true };
      return { value, low: interval95Ms[0], high: interval95Ms[1] };
    },
  };
}

function memoryMeasure(operation: OperationId): Measure {
  return exact(
    `memory-${operation}`,
    `memory added to ${OPERATION_TITLES[operation]}`,
    formatBytes,
    (row) => {
      const memory = row.cells.get(operation)?.memory;
      return memory == null ? undefined : positive(memory.peakBytes - memory.baselineBytes);
    },
  );
}

function exact(
  id: string,
  title: string,
  format: (value: number) => string,
  read: (row: Row) => number | undefined,
): Measure {
  return {
    id,
    title,
    format,
    read: (row) => {
      const value = read(row);
      return value === undefined ? undefined : { value, low: value, high: value };
    },
  };
}

function firstMs(row: Row): number | undefined {
  const cell = row.cells.get('read') ?? row.cells.get('list') ?? row.cells.get('socket');
  return cell?.times?.firstMs;
}

/** Zero has no place on a logarithmic axis. */
function positive(value: number | undefined): number | undefined {
  return value === undefined || value <= 0 ? undefined : value;
}
