import type { Entry, ReadSelection } from '../contract/reader.js';
import { resolveSelection } from '../selection/selection.js';
import { itemSize } from '../values/dtype.js';

/** Bytes of the numbers of an entry, or of what is selected of it; 0 where its types or lengths are not told. */
export function decodedSize(
  { dtype, shape, rows, columns }: Entry,
  { slice, columns: names }: ReadSelection,
): number {
  if (dtype !== undefined && shape !== undefined)
    return resolveSelection(slice, shape).reduce((size, { count }) => size * count, itemSize(dtype));
  if (rows === undefined || columns === undefined) return 0;
  const [span] = resolveSelection(slice, [rows]);
  const wanted = columns.filter(({ name }) => names === undefined || names.includes(name));
  return wanted.reduce(
    (size, { type }) => size + (type.kind === 'scalar' ? span!.count * itemSize(type.dtype) : 0),
    0,
  );
}
