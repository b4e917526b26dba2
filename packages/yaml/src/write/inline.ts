import {
  elementAt,
  FormatError,
  isNDArray,
  isoTime,
  isPairs,
  isRecord,
  isTagged,
  kindOfValue,
  type NDArray,
  type Value,
} from '@formatlab/core';
import { encodeBase64 } from '../schema/base64.js';
import type { Losses } from './losses.js';
import { floatText, isLiteral, stringText } from './scalar-text.js';

/** A key has at most 1024 characters in one line (YAML 1.2.2, section 7.4.2); some are left for its tag. */
export const MOST_KEY = 1000;

/** The text of what stands in one line; undefined for collections and texts of several lines. */
export function scalarText(value: Value, losses: Losses, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return isLiteral(value) ? undefined : stringText(value);
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : floatText(value);
    case 'boolean':
      return String(value);
    case 'bigint':
      if (Number.isSafeInteger(Number(value))) losses.lose(depth, 'type', 'bigint', 'number');
      return String(value);
  }
  if (value === null) return 'null';
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return `!!timestamp ${value.toISOString()}`;
    losses.lose(depth, 'type', 'invalid date', 'null');
    return 'null';
  }
  if (value instanceof Uint8Array)
    return value.length === 0 ? "!!binary ''" : `!!binary ${encodeBase64(value)}`;
  if (isNDArray(value) && value.shape.length === 0) return zeroRankText(value, losses, depth);
  const isTime = isTagged(value) && value.tag === 'timestamp' && value.attributes === undefined;
  if (isTime && typeof value.value === 'string') return `!!timestamp ${stringText(value.value)}`;
  return undefined;
}

/** A 0-d array is its element. */
function zeroRankText(array: NDArray, losses: Losses, depth: number): string | undefined {
  const { dtype, unit, data } = array;
  if (dtype === 'object') return undefined;
  if (dtype === 'int64') return scalarText((data as BigInt64Array)[0]!, losses, depth);
  if (dtype === 'datetime64') losses.lose(depth, 'dtype', `${dtype}[${unit}]`, 'ISO string');
  if (dtype === 'bytes') losses.lose(depth, 'dtype', 'bytes array', 'bytes');
  return elementText(array, 0, losses);
}

/** An element of an array of scalars. */
export function elementText(array: NDArray, index: number, losses: Losses): string {
  switch (array.dtype) {
    case 'float64':
      return floatText((array.data as Float64Array)[index]!);
    case 'int64':
      return String((array.data as BigInt64Array)[index]!);
    case 'datetime64': {
      const text = isoTime((array.data as BigInt64Array)[index]!, array.unit ?? 'generic', false);
      return text === undefined ? 'null' : stringText(text);
    }
    default:
      return cellText(elementAt(array, index), losses);
  }
}

/** A value of any kind in one line, in brackets where it has members; what it loses was reported before. */
export function cellText(value: Value, losses: Losses): string {
  const inner = (item: Value): string => cellText(item, losses);
  if (typeof value === 'string') return stringText(value);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (isNDArray(value) && value.shape.length > 0)
    return `[${Array.from({ length: value.data.length }, (_, i) => inner(elementAt(value, i))).join(', ')}]`;
  if (isTagged(value) && value.tag !== 'timestamp') return inner(value.value);
  if (isPairs(value))
    return `{${value.entries.map(([key, member]) => `? ${inner(key)} : ${inner(member)}`).join(', ')}}`;
  if (isRecord(value))
    return `{${Object.entries(value)
      .map(([name, member]) => `${keyText(name)}: ${inner(member)}`)
      .join(', ')}}`;
  const text = losses.muted(() => scalarText(value, losses, 0));
  if (text !== undefined) return text;
  throw new FormatError(
    'unsupported',
    `write ${kindOfValue(value)} in a row of YAML: only values of this model stand there`,
    {
      format: 'yaml',
    },
  );
}

/** A key in brackets. */
export function keyText(name: string): string {
  const text = stringText(name);
  return text.length <= MOST_KEY ? text : `? ${text} `;
}
