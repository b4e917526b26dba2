import type {
  CellRecord,
  FormatRecord,
  OperationId,
  ResultRecord,
  RunRecord,
  WorkloadRecord,
} from '../results/record.js';
import { type Noise, noiseOf } from './noise.js';
import { OPERATION_ORDER } from './operations.js';

/** Results arranged for a reader: by workload, then one row a format, engine and compression. */
export interface ReportModel {
  readonly runs: readonly RunRecord[];
  readonly formats: readonly FormatRecord[];
  readonly workloads: readonly WorkloadResults[];
  /** The A/A difference, where a run measured it. */
  readonly noise: Noise | undefined;
}

export interface WorkloadResults {
  /** Unique in a report, such as `array(1000x1000)`; with the machine where there are several. */
  readonly key: string;
  /** Fingerprint: what different machines measured is never ranked together. */
  readonly machine: string;
  readonly workload: WorkloadRecord;
  readonly operations: readonly OperationId[];
  readonly rows: readonly Row[];
  /** Bare libraries on the same data: shown beside the rows, never ranked with them. */
  readonly peers: readonly Row[];
}

export interface Row {
  /** `parquet (parquetjs-lite) + gzip`. */
  readonly label: string;
  readonly format: string;
  readonly engine: string | null;
  readonly compression: CellRecord['compression'];
  /** Id of the library, where it is a peer. */
  readonly peer?: string;
  readonly cells: ReadonlyMap<OperationId, CellRecord>;
}

/** How a cell compares with the best of its column. */
export interface Standing {
  readonly cell: CellRecord;
  /** Median over the best median of ours; 1 is the best, a peer may be below it. */
  readonly ratio: number;
  /** The 95 % intervals of this cell and of the best overlap: no difference is claimed. */
  readonly tied: boolean;
}

/** The last line of each cell counts, over all runs. */
export function reportModel(records: readonly ResultRecord[]): ReportModel {
  const cells = new Map<string, CellRecord>();
  const formats = new Map<string, FormatRecord>();
  const runs: RunRecord[] = [];
  for (const record of records) {
    if (record.kind === 'run') runs.push(record);
    else if (record.kind === 'format') formats.set(`${record.format}@${record.engine}`, record);
    else if (record.kind === 'cell') cells.set(`${record.machine} ${record.cell}`, record);
  }
  return {
    runs,
    formats: [...formats.values()],
    workloads: groupByWorkload([...cells.values()], [...formats.values()]),
    noise: noiseOf(records),
  };
}

/**
 * The cells of one operation that have times, fastest first; `noise` is the share below which nothing is told apart.
 * The best is one of ours where there is one.
 */
export function standings(rows: readonly Row[], operation: OperationId, noise = 0): Map<Row, Standing> {
  const timed = rows.flatMap((row) => {
    const cell = row.cells.get(operation);
    return cell?.times == null ? [] : [{ row, cell, median: cell.times.medianMs }];
  });
  timed.sort((a, b) => a.median - b.median);
  const best = timed.find(({ row }) => row.peer === undefined) ?? timed[0];
  return new Map(
    timed.map(({ row, cell, median }) => {
      const ratio = median / best!.median;
      const near = overlaps(cell, best!.cell) || Math.max(ratio, 1 / ratio) <= 1 + noise;
      return [row, { cell, ratio, tied: cell !== best!.cell && near }];
    }),
  );
}

/** The rows, then those peers that could do something with this data. */
export function withPeers({ rows, peers }: WorkloadResults): readonly Row[] {
  const able = peers.filter(({ cells }) =>
    [...cells.values()].some(({ status }) => status !== 'unsupported'),
  );
  return [...rows, ...able];
}

/** Whether two machines, or one of them twice, measured the same values. */
export function sameData({ workload: one }: WorkloadResults, { workload: other }: WorkloadResults): boolean {
  return (
    one.id === other.id &&
    one.dataset.sha256 === other.dataset.sha256 &&
    JSON.stringify(one.parameters) === JSON.stringify(other.parameters)
  );
}

/** What is shown where nothing was chosen: the data in which most was measured; of equals the largest. */
export function fullestOf(workloads: readonly WorkloadResults[]): WorkloadResults | undefined {
  const weighed = workloads.map((results) => ({
    results,
    cells: timedCells(results),
    bytes: results.workload.dataset.bytes,
  }));
  return weighed.sort((a, b) => b.cells - a.cells || b.bytes - a.bytes)[0]?.results;
}

function timedCells({ rows }: WorkloadResults): number {
  return rows.reduce(
    (sum, { cells }) => sum + [...cells.values()].filter(({ times }) => times !== null).length,
    0,
  );
}

/** The size of the file that a row's format makes of the whole value. */
export function fileBytes(row: Row): number | undefined {
  return (
    (row.cells.get('write') ?? row.cells.get('create') ?? row.cells.get('read'))?.file?.bytes ?? undefined
  );
}

/** Most memory that writing or reading the whole added, where it was measured. */
export function peakBytes(row: Row): number | undefined {
  const peaks = (['write', 'read'] as const).flatMap(
    (operation) => row.cells.get(operation)?.memory?.peakBytes ?? [],
  );
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

/** A row none of whose cells has a time, and why. */
export function rowProblem(row: Row): string | undefined {
  const cells = [...row.cells.values()];
  if (cells.some((cell) => cell.status === 'ok')) return undefined;
  return cells.find((cell) => cell.reason !== null)?.reason ?? cells[0]?.status;
}

/** What became of a row without a time: a failure tells more than a lack, and that more than a run that ended. */
export function rowStanding(row: Row): 'failed' | 'not supported' | 'not measured' {
  const met = new Set([...row.cells.values()].map(({ status }) => status));
  return met.has('failed') ? 'failed' : met.has('unsupported') ? 'not supported' : 'not measured';
}

function groupByWorkload(cells: readonly CellRecord[], formats: readonly FormatRecord[]): WorkloadResults[] {
  const groups = new Map<string, CellRecord[]>();
  for (const cell of cells) {
    const key = `${cell.machine} ${cell.workload.id} ${JSON.stringify(cell.workload.parameters)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  const several = new Set(cells.map(({ machine }) => machine)).size > 1;
  return [...groups.values()].map((members) => {
    const [first] = members;
    const operations = OPERATION_ORDER.filter((operation) =>
      members.some((cell) => cell.operation === operation),
    );
    return {
      key: `${datasetName(first!)}${several ? `@${first!.machine}` : ''}`,
      machine: first!.machine,
      workload: first!.workload,
      operations,
      rows: rowsOf(
        members.filter(({ peer }) => peer === undefined),
        formats,
      ),
      peers: rowsOf(
        members.filter(({ peer }) => peer !== undefined),
        formats,
      ),
    };
  });
}

/** The first part of a cell's name: `array(1000x1000)`. */
function datasetName({ cell, workload }: CellRecord): string {
  const end = cell.indexOf(')/');
  return end < 0 ? `${workload.id} ${JSON.stringify(workload.parameters)}` : cell.slice(0, end + 1);
}

function rowsOf(cells: readonly CellRecord[], formats: readonly FormatRecord[]): Row[] {
  const rows = new Map<string, { row: Omit<Row, 'cells'>; cells: Map<OperationId, CellRecord> }>();
  for (const cell of cells) {
    const label = rowLabel(cell, formats);
    const found = rows.get(label) ?? {
      row: {
        label,
        format: cell.format,
        engine: cell.engine,
        compression: cell.compression,
        ...(cell.peer === undefined ? {} : { peer: cell.peer }),
      },
      cells: new Map(),
    };
    found.cells.set(cell.operation, cell);
    rows.set(label, found);
  }
  return [...rows.values()]
    .map(({ row, cells: own }) => ({ ...row, cells: own }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

function rowLabel(cell: CellRecord, formats: readonly FormatRecord[]): string {
  if (cell.peer !== undefined) return `${cell.format}: ${cell.peer} (peer)`;
  const format = formats.find((record) => record.format === cell.format && record.engine === cell.engine);
  const engine = cell.engine === null || format?.defaultEngine !== false ? '' : ` (${cell.engine})`;
  const options = Object.entries(cell.options).map(([name, value]) => `${name}=${String(value)}`);
  const layer = cell.compression === 'none' ? '' : ` + ${cell.compression}`;
  return `${cell.format}${engine}${options.length === 0 ? '' : ` [${options.join(', ')}]`}${layer}`;
}

function overlaps(one: CellRecord, other: CellRecord): boolean {
  const a = one.times?.interval95Ms;
  const b = other.times?.interval95Ms;
  // Without an interval nothing can be told apart.
  if (a == null || b == null) return false;
  return a[0] <= b[1] && b[0] <= a[1];
}
