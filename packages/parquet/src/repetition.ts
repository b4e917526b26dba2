/** The dimension in which element `entry` follows the one before, 0 for a new row. */
export function repetitionAt(entry: number, shape: readonly number[]): number {
  let rep = shape.length;
  for (let axis = shape.length - 1, rest = entry; axis >= 0 && rest % shape[axis]! === 0; axis--) {
    rest /= shape[axis]!;
    rep = axis;
  }
  return rep;
}
