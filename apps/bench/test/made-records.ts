import type {
  CellRecord,
  NoiseRecord,
  ProcessSamples,
  ResultRecord,
  RunRecord,
} from '../src/results/record.js';
import { summariseTimes } from '../src/results/summarise.js';
import { seededRandom } from '../src/statistics/random.js';

export interface MadeCell {
  readonly cell?: string;
  readonly machine?: string;
  readonly run?: string;
  readonly bytes?: number;
  /** Samples of each process. */
  readonly samples?: readonly (readonly number[])[];
  readonly referenceMs?: number;
  readonly sha256?: string;
}

/** A cell named `array(10x10)/numpy/none/read` or otherwise, with the times that are given. */
export function madeCell(made: MadeCell = {}): CellRecord {
  const { cell = 'array(10x10)/numpy/none/read', machine = 'machine-1', run = 'run-1', samples = [] } = made;
  const [, choice, compression, operation] = cell.split('/');
  const [format, engine] = choice!.split('@');
  const processes = samples.map(
    (samplesMs, block): ProcessSamples => ({
      block,
      firstMs: 2 * samplesMs[0]!,
      samplesMs,
      batch: 1,
      stagesMs: {},
      warmupRuns: 3,
      warm: true,
      gcShare: 0,
      ...(made.referenceMs === undefined ? {} : { referenceMs: made.referenceMs }),
    }),
  );
  return {
    kind: 'cell',
    schema: 1,
    run,
    cell,
    workload: {
      id: 'array',
      title: 'one array of 10 × 10 float64',
      parameters: { rows: 10, columns: 10 },
      dataset: { sha256: made.sha256 ?? 'a0', bytes: 800, entries: 10 },
    },
    format: format!,
    engine: engine ?? null,
    compression: compression as CellRecord['compression'],
    options: {},
    operation: operation as CellRecord['operation'],
    status: samples.length === 0 ? 'skipped' : 'ok',
    fidelity: 'exact',
    losses: [],
    lossCount: 0,
    failure: null,
    reason: null,
    processes,
    times: summariseTimes(processes),
    memory: null,
    io: null,
    file: made.bytes === undefined ? null : { bytes: made.bytes },
    messages: null,
    seed: 1,
    versions: {},
    machine,
  };
}

export function madeRun(run: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    kind: 'run',
    schema: 1,
    run,
    startedAt: '2026-03-01T10:15:00.000Z',
    command: ['run'],
    seed: 1,
    settings: { repeats: 3, quick: false, timeoutSeconds: 60, maxSeconds: undefined, sampleMs: 100 },
    machine: {
      fingerprint: 'machine-1',
      cpu: 'made',
      cores: 2,
      memoryBytes: 2 ** 33,
      platform: 'linux',
      arch: 'x64',
      release: '6',
      node: '20.20.0',
    },
    cells: 1,
    notLoaded: [],
    ...more,
  };
}

export function madeNoise(share: number, run = 'run-1'): NoiseRecord {
  return {
    kind: 'noise',
    schema: 1,
    run,
    machine: 'machine-1',
    cell: 'array(10x10)/numpy/none/read',
    processes: [],
    ratio: 1 + share,
    interval95: null,
    share,
  };
}

/** Times of processes around `ms`, log-normal: `spread` between processes, a third of it within one. */
export function madeTimes(ms: number, processes: number, spread: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: processes }, () => {
    const own = ms * Math.exp(spread * normal());
    return Array.from({ length: 5 }, () => own * Math.exp((spread / 3) * normal()));
  });
}

export const lines = (records: readonly ResultRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
