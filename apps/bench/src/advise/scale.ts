import type { Capabilities } from '@formatlab/core';
import type { CellRecord, OperationId } from '../results/record.js';

/**
 * What a cell that was measured on a sample would be on the whole, `factor` times as large. Assumed: all that goes over
 * the whole file grows in proportion, memory above the process's own too; reaching or adding an entry grows only where
 * the format has to go over the file for it. Intervals grow with the times: they say nothing of this assumption.
 */
export function scaledCell(cell: CellRecord, factor: number, can: Capabilities | undefined): CellRecord {
  if (factor === 1) return cell;
  const time = growsWithFile(cell.operation, can) ? factor : 1;
  const { times, memory, file, io } = cell;
  return {
    ...cell,
    times:
      times === null
        ? null
        : {
            ...times,
            medianMs: times.medianMs * time,
            interval95Ms:
              times.interval95Ms === null
                ? null
                : [times.interval95Ms[0] * time, times.interval95Ms[1] * time],
          },
    memory:
      memory === null
        ? null
        : { ...memory, peakBytes: memory.baselineBytes + (memory.peakBytes - memory.baselineBytes) * time },
    file: file === null ? null : { bytes: Math.round(file.bytes * factor) },
    io: io === null ? null : { ...io, bytesRead: io.bytesRead * time, bytesWritten: io.bytesWritten * time },
  };
}

function growsWithFile(operation: OperationId, can: Capabilities | undefined): boolean {
  if (operation === 'read-one' || operation === 'read-each') return can?.readOne !== 'seek';
  if (operation === 'append') return can?.append === undefined || can.append === 'rewrite';
  return true;
}
