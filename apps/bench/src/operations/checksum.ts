import { isNDArray, isPairs, isTable, isTagged } from '@formatlab/core';

/**
 * Visits every value, of ours or as a library gives it, so that what is read lazily is read now. The numbers of a typed
 * array are in memory once the array is there: of it the two ends are taken. A string is visited at both ends, which makes
 * the engine join the pieces of one that it has only noted down.
 *
 * @returns a number that depends on the values, for nobody to leave the work out
 */
export function checksum(value: unknown): number {
  const seen = new Set<object>();
  const visit = (item: unknown): number => {
    switch (typeof item) {
      case 'number':
        return item;
      case 'bigint':
        return item === 0n ? 0 : 1;
      case 'boolean':
        return item ? 1 : 0;
      case 'string':
        return item.length === 0 ? 0 : item.charCodeAt(0) + item.charCodeAt(item.length - 1);
      case 'object':
        return item === null ? 0 : within(item);
      default:
        return 0;
    }
  };
  const all = (items: readonly unknown[]): number => {
    let sum = 0;
    for (let i = 0; i < items.length; i++) sum += visit(items[i]);
    return sum;
  };
  const within = (item: object): number => {
    if (ArrayBuffer.isView(item)) return ends(item);
    if (item instanceof Date) return item.getTime();
    // Shared references and cycles are allowed.
    if (seen.has(item)) return 0;
    seen.add(item);
    if (Array.isArray(item)) return all(item);
    if (isNDArray(item)) return visit(item.data);
    if (isTable(item)) return all(item.columns.flatMap(({ values, valid }) => [values, valid]));
    if (isTagged(item)) return visit(item.value) + visit(item.attributes);
    if (isPairs(item)) return all(item.entries.flat());
    return all(Object.values(item));
  };
  return visit(value);
}

/** The view of a typed array, or of bytes. */
function ends(view: ArrayBufferView): number {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return bytes.length === 0 ? 0 : bytes[0]! + bytes[bytes.length - 1]!;
}
