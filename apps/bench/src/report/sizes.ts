import type { IoUse } from '../results/record.js';
import { fileBytes, type ReportModel, type Row } from './model.js';

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
export function sizesOf({ workloads }: ReportModel): SizeRanking[] {
  const sets = new Map<string, { title: string; rows: Map<string, Row> }>();
  for (const { workload, rows } of workloads) {
    const { title, dataset } = workload;
    const set = sets.get(dataset.sha256) ?? { title, rows: new Map<string, Row>() };
    sets.set(dataset.sha256, set);
    for (const row of rows) {
      const other = set.rows.get(row.label);
      // A row whose operations were measured on several machines is put together again.
      set.rows.set(
        row.label,
        other === undefined ? row : { ...row, cells: new Map([...other.cells, ...row.cells]) },
      );
    }
  }
  return [...sets.values()].map(({ title, rows }) => ({ title, rows: ranked([...rows.values()]) }));
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
