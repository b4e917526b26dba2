import type {
  CellRecord,
  FormatRecord,
  OperationId,
  ProcessSamples,
  ResultRecord,
  RunRecord,
} from '../../src/results/record.js';
import { quantile } from '../../src/statistics/quantile.js';
import { type Random, seededRandom } from '../../src/statistics/random.js';

// A made run of five thousand cells: 5 sizes of 5 workloads, 25 formats, plain and compressed.
const FORMATS = 25;
const SIZES = [100, 1000, 10_000, 100_000, 1_000_000];
const WORKLOADS = ['table', 'array', 'arrays', 'tree', 'records'];
const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
const PLAIN: readonly OperationId[] = ['write', 'read', 'read-one', 'append'];
const WHOLE: readonly OperationId[] = ['write', 'read'];
const PROCESSES = 5;
const SAMPLES = 8;

/** Records of a run that never was; the same seed gives the same. `slower` multiplies the times of one format. */
export function bigRun(seed = 1, slower?: { readonly format: string; readonly by: number }): ResultRecord[] {
  const random = seededRandom(seed);
  const run = `20260301T101500-${seed.toString(16).padStart(4, '0')}`;
  const cells: CellRecord[] = [];
  for (const workload of WORKLOADS)
    for (const rows of SIZES)
      for (let i = 0; i < FORMATS; i++)
        for (const compression of COMPRESSIONS)
          for (const operation of compression === 'none' ? PLAIN : WHOLE) {
            const cell = cellOf(run, workload, rows, i, compression, operation, seed, random);
            cells.push(slower?.format === cell.format ? slowed(cell, slower.by) : cell);
          }
  const formats = Array.from({ length: FORMATS }, (_, i) => formatOf(run, i));
  return [runOf(run, seed, cells.length), ...formats, ...cells];
}

/** Of the big run what is quickly drawn: eight formats, two workloads, three sizes. */
export function smallRun(
  seed = 1,
  slower?: { readonly format: string; readonly by: number },
): ResultRecord[] {
  const formats = Array.from({ length: 8 }, (_, i) => formatName(i));
  return bigRun(seed, slower).filter(
    (record) =>
      record.kind === 'run' ||
      record.kind === 'noise' ||
      (formats.includes(record.format) &&
        (record.kind === 'format' ||
          (['table', 'tree'].includes(record.workload.id) && record.workload.dataset.entries <= 10_000))),
  );
}

function cellOf(
  run: string,
  workload: string,
  rows: number,
  i: number,
  compression: CellRecord['compression'],
  operation: OperationId,
  seed: number,
  random: Random,
): CellRecord {
  const format = formatName(i);
  const bytes = rows * 48;
  const layer = compression === 'none' ? 1 : compression === 'gzip' ? 0.35 : 0.3;
  const size = Math.round(200 * (i + 1) + bytes * (0.6 + ((i * 7) % 11) / 5) * layer);
  const failed = i === 7 && operation === 'append';
  const unsupported = i === 9 && workload === 'tree';
  const lossy = i % 6 === 5;
  const base = baseMs(i, rows, operation, compression);
  const processes = failed || unsupported ? [] : processesOf(base, random);
  const seeks = i % 3 === 0 && operation === 'read-one';
  const read = operation === 'write' ? 0 : seeks ? Math.min(size, 4096) : size;
  return {
    kind: 'cell',
    schema: 1,
    run,
    cell: `${workload}(${rows})/${format}/${compression}/${operation}`,
    workload: {
      id: workload,
      title: `a made ${workload} of ${rows.toLocaleString('en-US')} rows`,
      parameters: { rows },
      dataset: { sha256: '0'.repeat(64), bytes, entries: rows },
    },
    format,
    engine: null,
    compression,
    options: {},
    operation,
    status: failed ? 'failed' : unsupported ? 'unsupported' : 'ok',
    fidelity: failed || unsupported ? null : lossy ? 'lossy' : 'exact',
    losses: lossy ? [{ path: '/flag', kind: 'dtype', from: 'bool', to: 'int64', count: rows }] : [],
    lossCount: lossy ? rows : 0,
    failure: failed ? 'wrong-value' : null,
    reason: failed
      ? "append to 'file': the last row came back as another"
      : unsupported
        ? 'holds tables only'
        : null,
    processes,
    times: processes.length === 0 ? null : timesOf(processes, operation),
    memory:
      processes.length === 0
        ? null
        : { peakBytes: 5e7 + size * (2 + (i % 5)), baselineBytes: 5e7, method: 'VmHWM' },
    io: {
      bytesRead: read,
      reads: seeks ? 3 : 1,
      bytesWritten: operation === 'write' ? size : operation === 'append' ? Math.round(size / 50) : 0,
      writes: operation === 'read' ? 0 : 2,
      bytesRewritten: 0,
      rangesRead:
        read === 0
          ? []
          : seeks
            ? [
                [0, 64],
                [Math.floor(size / 2), 512],
                [Math.max(0, size - 900), 900],
              ]
            : [[0, size]],
      rangesWritten:
        operation === 'write'
          ? [[0, size]]
          : operation === 'append'
            ? [[size - Math.round(size / 50), Math.round(size / 50)]]
            : [],
    },
    file: { bytes: size },
    messages: null,
    seed,
    versions: { node: '20.19.0' },
    machine: 'made00000000',
  };
}

/** Powers of the size from 0.1 to 1.1, so that curves cross. */
function baseMs(i: number, rows: number, operation: OperationId, compression: string): number {
  const exponent = operation === 'read-one' && i % 3 === 0 ? 0.1 : 0.75 + ((i * 5) % 8) / 20;
  const factor = 0.004 * (1 + ((i * 13) % 17)) * (operation === 'append' ? 0.2 : 1);
  return (0.05 + factor * rows ** exponent) * (compression === 'none' ? 1 : 1.8);
}

function processesOf(base: number, random: Random): ProcessSamples[] {
  return Array.from({ length: PROCESSES }, (_, block) => {
    const shift = 1 + 0.04 * (random() - 0.5);
    const samplesMs = Array.from({ length: SAMPLES }, () => base * shift * (1 + 0.06 * random()));
    return {
      block,
      firstMs: base * 2.5 + 20 * random(),
      samplesMs,
      batch: 1,
      stagesMs: { read: samplesMs.map((ms) => ms * 0.3), decode: samplesMs.map((ms) => ms * 0.7) },
      warmupRuns: 3,
      warm: true,
      gcShare: 0.03 * random(),
    };
  });
}

/** A made interval in the place of the bootstrap's: five thousand of those take their time. */
function timesOf(processes: readonly ProcessSamples[], operation: OperationId): CellRecord['times'] {
  const medians = processes.map(({ samplesMs }) => quantile(samplesMs, 0.5));
  const medianMs = quantile(medians, 0.5);
  const stages = operation === 'write' ? (['encode', 'write'] as const) : (['decode', 'read'] as const);
  return {
    medianMs,
    interval95Ms: [quantile(medians, 0.1), quantile(medians, 0.9)],
    minMs: Math.min(...processes.flatMap(({ samplesMs }) => samplesMs)),
    firstMs: quantile(
      processes.map(({ firstMs }) => firstMs),
      0.5,
    ),
    stagesMs: { [stages[0]]: 0.7 * medianMs, [stages[1]]: 0.3 * medianMs },
    processes: processes.length,
    samples: processes.length * SAMPLES,
  };
}

/** The same cell, with its times multiplied. */
export function slowed(cell: CellRecord, by: number): CellRecord {
  if (cell.times === null) return cell;
  const { medianMs, interval95Ms } = cell.times;
  return {
    ...cell,
    times: {
      ...cell.times,
      medianMs: medianMs * by,
      interval95Ms: interval95Ms === null ? null : [interval95Ms[0] * by, interval95Ms[1] * by],
    },
  };
}

export function formatName(i: number): string {
  return `made-${String.fromCharCode(97 + i)}`;
}

function formatOf(run: string, i: number): FormatRecord {
  return {
    kind: 'format',
    schema: 1,
    run,
    format: formatName(i),
    engine: null,
    title: `Made format ${String.fromCharCode(65 + i)}`,
    engineTitle: null,
    defaultEngine: true,
    extensions: [`.${formatName(i)}`],
    package: `@formatlab/${formatName(i)}`,
    can: {
      roots: ['table'],
      dtypes: { read: ['float64'], write: ['float64'] },
      maxRank: 2,
      attributes: false,
      integrity: i % 4 === 0 ? 'checksum' : 'none',
      references: false,
      batches: { read: true, write: true },
      list: 'index',
      readOne: i % 3 === 0 ? 'seek' : 'whole',
      slice: 'none',
      append: i % 2 === 0 ? 'tail' : 'rewrite',
      update: 'rewrite',
    },
    facts: {
      id: formatName(i),
      title: `Made format ${i}`,
      specification: { text: 'A made specification', source: 'this test' },
      humanReadable: i % 2 === 0,
      languages: [{ language: 'Python', library: 'made', source: 'this test' }],
      portability: [{ text: 'The same on every machine', source: 'this test' }],
      access: [{ text: 'Read whole', source: 'this test' }],
    },
    versions: { node: '20.19.0' },
  };
}

function runOf(run: string, seed: number, cells: number): RunRecord {
  return {
    kind: 'run',
    schema: 1,
    run,
    startedAt: '2026-03-01T10:15:00.000Z',
    command: ['run', '--repeats', '5'],
    seed,
    settings: { repeats: PROCESSES, quick: false, timeoutSeconds: 60, maxSeconds: undefined, sampleMs: 100 },
    machine: {
      fingerprint: 'made00000000',
      cpu: 'A made processor',
      cores: 4,
      memoryBytes: 16e9,
      platform: 'linux',
      arch: 'x64',
      release: '6.0',
      node: '20.19.0',
    },
    cells,
    notLoaded: [],
  };
}
