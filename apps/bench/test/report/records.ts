import { reportModel, type WorkloadResults } from '../../src/report/model.js';
import type { CellRecord, NoiseRecord, OperationId, TimeSummary } from '../../src/results/record.js';

// Records for tests of the report, with the figures that a test is about.

export interface Given {
  readonly format: string;
  readonly engine?: string | null;
  readonly operation?: OperationId;
  readonly compression?: CellRecord['compression'];
  /** Median in ms; null for a cell without times. */
  readonly ms?: number | null;
  /** Half of the 95 % interval, as a share of the median; null for none. */
  readonly half?: number | null;
  readonly bytes?: number;
  readonly peak?: number;
  readonly status?: CellRecord['status'];
  readonly reason?: string;
  readonly fidelity?: CellRecord['fidelity'];
  readonly rows?: number;
  readonly machine?: string;
  readonly peer?: string;
  readonly run?: string;
  readonly io?: Partial<NonNullable<CellRecord['io']>>;
}

export function cell(given: Given): CellRecord {
  const { format, engine = null, operation = 'write', compression = 'none', rows = 1000 } = given;
  const { ms = 10, half = 0.02, machine = 'one', peer, run = 'run', peak, bytes } = given;
  const name = `${format}${engine === null ? '' : `@${engine}`}${peer === undefined ? '' : `[peer=${peer}]`}`;
  return {
    kind: 'cell',
    schema: 1,
    run,
    cell: `table(${rows})/${name}/${compression}/${operation}`,
    workload: {
      id: 'table',
      title: `a table of ${rows} rows`,
      parameters: { rows },
      dataset: { sha256: String(rows), bytes: rows * 10, entries: rows },
    },
    format,
    engine,
    ...(peer === undefined ? {} : { peer }),
    compression,
    options: {},
    operation,
    status: given.status ?? 'ok',
    fidelity: given.fidelity === undefined ? 'exact' : given.fidelity,
    losses: [],
    lossCount: 0,
    failure: null,
    reason: given.reason ?? null,
    processes: [],
    times: ms === null ? null : times(ms, half),
    memory: peak === undefined ? null : { peakBytes: peak, baselineBytes: 0, method: 'VmHWM' },
    io:
      given.io === undefined
        ? null
        : {
            bytesRead: 0,
            reads: 0,
            bytesWritten: 0,
            writes: 0,
            bytesRewritten: 0,
            rangesRead: [],
            ...given.io,
          },
    file: bytes === undefined ? null : { bytes },
    messages: null,
    seed: 1,
    versions: {},
    machine,
  };
}

export function times(ms: number, half: number | null): TimeSummary {
  return {
    medianMs: ms,
    interval95Ms: half === null ? null : [ms * (1 - half), ms * (1 + half)],
    minMs: ms,
    firstMs: 2 * ms,
    stagesMs: {},
    processes: 5,
    samples: 25,
  };
}

export function noise(share: number, run = 'run'): NoiseRecord {
  return {
    kind: 'noise',
    schema: 1,
    run,
    machine: 'one',
    cell: 'table(1000)/csv/none/write',
    processes: [],
    ratio: 1 + share,
    interval95: null,
    share,
  };
}

/** The one set of data that these cells are of. */
export function results(...given: readonly Given[]): WorkloadResults {
  return reportModel(given.map(cell)).workloads[0]!;
}
