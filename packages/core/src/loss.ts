/** What of a value does not survive. */
export type LossKind =
  /** The element type changes. */
  | 'dtype'
  /** Digits of a number, or ticks of a time, are cut. */
  | 'precision'
  /** NaN or an infinity becomes something else. */
  | 'nan'
  /** A null becomes something else. */
  | 'null'
  /** The memory order or the order of members changes. */
  | 'order'
  | 'attributes'
  /** A value of one kind comes back as another: a list as an array, a tuple as a list. */
  | 'type'
  | 'shape'
  /** Unit or time zone. */
  | 'unit'
  /** A name is changed. */
  | 'name'
  /** A shared reference or a cycle. */
  | 'reference'
  /** A value is left out. */
  | 'dropped';

/** One value, or a group of them, that does not survive. */
export interface Loss {
  /** JSON Pointer of the value. */
  readonly path: string;
  readonly kind: LossKind;
  /** What it was, in words: `int16`. */
  readonly from: string;
  /** What it becomes: `int64`. */
  readonly to: string;
  /** How many elements, where that is known. */
  readonly count?: number;
}

/** `/a: int16 becomes int64 (dtype)` */
export function lossLine(loss: Loss): string {
  const count = loss.count === undefined ? '' : `, ${loss.count} ${loss.count === 1 ? 'value' : 'values'}`;
  return `${loss.path === '' ? 'the root' : loss.path}: ${loss.from} becomes ${loss.to} (${loss.kind}${count})`;
}
