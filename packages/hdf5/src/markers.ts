/**
 * Attributes by which this package keeps what HDF5 has no form for. Other readers see plain datasets and groups
 * with an attribute more.
 */
export const MARKER = {
  /** On the root group: the name of the member that is the value itself, for a file of one array or table. */
  root: 'formatlab_root',
  /** On a group: its member names are percent-escaped. */
  escapedNames: 'formatlab_escaped_names',
  /** On a dataset or group: `list`, `bytes`, `date`, `pairs`, `tagged`, `text`. */
  type: 'formatlab_type',
  /** On a group that stands for a tagged value: the tag. */
  tag: 'formatlab_tag',
  /** On a group that stands for a list or pairs: how many there are. */
  length: 'formatlab_length',
  /** On a compound dataset: the column types as JSON. */
  columns: 'formatlab_columns',
  /** On an integer dataset in memory: names and values of its enumeration, as JSON. */
  enumeration: 'formatlab_enum',
} as const;

const NAMES: ReadonlySet<string> = new Set(Object.values(MARKER));

export function isMarker(name: string): boolean {
  return NAMES.has(name);
}
