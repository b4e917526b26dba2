import type { IoUse } from '../results/record.js';
import { fileBytes, type ReportModel, type Row, sameData, type WorkloadResults, withPeers } from './model.js';

/** One dataset's files, whichever machine wrote them: sizes and bytes are the same everywhere, so all are ranked together. */
export interface SizeRanking {
  /** `one table of 100000 rows`. */
  readonly title: string;
  /** Smallest file first. */
  readonly rows: readonly SizedRow[];
}

export interface SizedRow {
  readonly row: Row;
  readonly bytes: number;
  /** File over the smallest file. */
  readonly ratio: number;
  /** Of reading one entry, and of appending one; undefined where they were not measured. */
  readonly readOne: IoUse | undefined;
  readonly append: IoUse | undefined;
}

/** Sizes over all machines of a report, one ranking for each dataset. */
export function sizesOf(model: ReportModel): SizeRanking[] {
  const { workloads } = model;
  const first = workloads.filter((one, i) => workloads.findIndex((other) => sameData(one, other)) === i);
  return first.map((results) => ({
    title: results.workload.title,
    rows: ranked(sizedRows(model, results).filter(({ peer }) => peer === undefined)),
  }));
}

/**
 * The rows whose files can be compared with those of `results`, peers too: those that another machine measured on the
 * same data belong here. A row whose operations were measured on several machines is put together again.
 */
export function sizedRows({ workloads }: ReportModel, results: WorkloadResults): readonly Row[] {
  const rows = new Map(withPeers(results).map((row) => [row.label, row]));
  for (const other of workloads) {
    if (other === results || !sameData(other, results)) continue;
    for (const row of withPeers(other)) {
      const own = rows.get(row.label);
      rows.set(row.label, own === undefined ? row : { ...own, cells: new Map([...row.cells, ...own.cells]) });
    }
  }
  return [...rows.values()];
}

function ranked(rows: readonly Row[]): SizedRow[] {
  const sized = rows.flatMap((row) => {
    const bytes = fileBytes(row);
    return bytes === undefined ? [] : [{ row, bytes }];
  });
  sized.sort((a, b) => a.bytes - b.bytes);
  return sized.map(({ row, bytes }) => ({
    row,
    bytes,
    ratio: bytes / sized[0]!.bytes,
    readOne: row.cells.get('read-one')?.io ?? undefined,
    append: row.cells.get('append')?.io ?? undefined,
  }));
}
