import type {
  CellRecord,
  FormatRecord,
  OperationId,
  ResultRecord,
  RunRecord,
  WorkloadRecord,
} from '../results/record.js';

/** Results arranged for a reader: by workload, then one row a format, engine and compression. */
export interface ReportModel {
  readonly runs: readonly RunRecord[];
  readonly formats: readonly FormatRecord[];
  readonly workloads: readonly WorkloadResults[];
}

export interface WorkloadResults {
  /** Id and parameters: different sizes of one workload are different. */
  readonly key: string;
  readonly workload: WorkloadRecord;
  readonly operations: readonly OperationId[];
  readonly rows: readonly Row[];
}

export interface Row {
  /** `parquet (parquetjs-lite) + gzip`. */
  readonly label: string;
  readonly format: string;
  readonly engine: string | null;
  readonly compression: CellRecord['compression'];
  readonly cells: ReadonlyMap<OperationId, CellRecord>;
}

/** How a cell compares with the best of its column. */
export interface Standing {
  readonly cell: CellRecord;
  /** Median over the best median; 1 is the best. */
  readonly ratio: number;
  /** The 95 % intervals of this cell and of the best overlap: no difference is claimed. */
  readonly tied: boolean;
}

const OPERATION_ORDER: readonly OperationId[] = [
  'write',
  'read',
  'read-one',
  'read-each',
  'append',
  'update',
  'create',
  'increment',
  'list',
  'pipe',
  'socket',
];

/** What operations are called in the report. */
export const OPERATION_TITLES: Readonly<Record<OperationId, string>> = {
  write: 'write all',
  read: 'read all',
  'read-one': 'read one',
  'read-each': 'read each by name',
  append: 'append one',
  update: 'replace one',
  create: 'create the file',
  increment: 'increment one',
  list: 'list all',
  pipe: 'over a pipe',
  socket: 'over a socket',
};

/** The last line of each cell counts, over all runs. */
export function reportModel(records: readonly ResultRecord[]): ReportModel {
  const cells = new Map<string, CellRecord>();
  const formats = new Map<string, FormatRecord>();
  const runs: RunRecord[] = [];
  for (const record of records) {
    if (record.kind === 'run') runs.push(record);
    else if (record.kind === 'format') formats.set(`${record.format}@${record.engine}`, record);
    else cells.set(record.cell, record);
  }
  return {
    runs,
    formats: [...formats.values()],
    workloads: groupByWorkload([...cells.values()], [...formats.values()]),
  };
}

/** The cells of one operation that have times, best first. */
export function standings(rows: readonly Row[], operation: OperationId): Map<Row, Standing> {
  const timed = rows.flatMap((row) => {
    const cell = row.cells.get(operation);
    return cell?.times == null ? [] : [{ row, cell, median: cell.times.medianMs }];
  });
  timed.sort((a, b) => a.median - b.median);
  const best = timed[0];
  return new Map(
    timed.map(({ row, cell, median }) => [
      row,
      { cell, ratio: median / best!.median, tied: cell !== best!.cell && overlaps(cell, best!.cell) },
    ]),
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

function groupByWorkload(cells: readonly CellRecord[], formats: readonly FormatRecord[]): WorkloadResults[] {
  const groups = new Map<string, CellRecord[]>();
  for (const cell of cells) {
    const key = `${cell.workload.id} ${JSON.stringify(cell.workload.parameters)}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups].map(([key, members]) => {
    const operations = OPERATION_ORDER.filter((operation) =>
      members.some((cell) => cell.operation === operation),
    );
    return { key, workload: members[0]!.workload, operations, rows: rowsOf(members, formats) };
  });
}

function rowsOf(cells: readonly CellRecord[], formats: readonly FormatRecord[]): Row[] {
  const rows = new Map<string, { row: Omit<Row, 'cells'>; cells: Map<OperationId, CellRecord> }>();
  for (const cell of cells) {
    const label = rowLabel(cell, formats);
    const found = rows.get(label) ?? {
      row: { label, format: cell.format, engine: cell.engine, compression: cell.compression },
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
