import {
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  toNested,
  toRows,
  type Value,
} from '@formatlab/core';

/** Deeper cells are refused. */
const MOST_LEVELS = 100;

/**
 * A nested cell as JSON text: int64 with all digits, times as ISO 8601, bytes as base64, NaN and the infinities
 * as `NaN` and `Infinity`, as Python writes them.
 *
 * @throws FormatError `unsupported` for what JSON has no form for
 */
export function jsonText(value: Value, path: string, level = 0): string {
  if (level > MOST_LEVELS) throw noForm(path, `nested deeper than ${MOST_LEVELS} levels`);
  const inner = (item: Value): string => jsonText(item, path, level + 1);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (isNDArray(value)) return inner(toNested(value));
  if (isTable(value)) return inner(toRows(value));
  if (value instanceof Date) return JSON.stringify(value);
  if (value instanceof Uint8Array) return JSON.stringify(btoa(String.fromCharCode(...value)));
  if (Array.isArray(value)) return `[${value.map((item) => inner(item as Value)).join(', ')}]`;
  if (isPairs(value))
    return `[${value.entries.map(([key, item]) => `[${inner(key)}, ${inner(item)}]`).join(', ')}]`;
  if (isRecord(value) && !isTagged(value)) {
    return `{${Object.entries(value)
      .map(([name, item]) => `${JSON.stringify(name)}: ${inner(item)}`)
      .join(', ')}}`;
  }
  throw noForm(path, `${kindOfValue(value)} has no form in JSON`);
}

function noForm(path: string, state: string): FormatError {
  return new FormatError('unsupported', `write '${path}' as JSON text in a cell: ${state}`, {
    format: 'csv',
    path,
  });
}
