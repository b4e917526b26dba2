/** What one program found with one format, in Python or here. */
export interface ChapterRow {
  /** `hdf5`, `json.gz`. */
  readonly job: string;
  /** What has to be the same on both sides: values as JSON, arrays as a hash of their shapes and bits. */
  readonly facts: unknown;
  readonly bytes: number | null;
  /** Medians in ms; null for what the program does not do. */
  readonly writeMs: number | null;
  readonly readMs: number | null;
  /** Reaching one entry, or changing one, with the file opened for it. */
  readonly oneMs: number | null;
}

export interface ChapterSettings {
  readonly folder: string;
  readonly repeats: number;
  readonly rows: number;
  readonly columns: number;
  readonly count: number;
}

export const PROGRAMS = ['scalars', 'counter', 'check', 'single_array', 'many_arrays'] as const;
export type Program = (typeof PROGRAMS)[number];

/** The numbers of the arrays, raw: the same for both sides. */
export const ONE_RAW = 'one.raw';
export const MANY_RAW = 'many.raw';
