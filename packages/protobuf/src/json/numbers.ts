import { type JsonNode, JsonNumber } from './tokens.js';

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** More digits than any integer of 64 bits has. */
const MOST_DIGITS = 20;

/** A whole number from a JSON number or its text, exact: `1e5`, `"100000.000"`. Undefined for others. */
export function wholeOf(node: JsonNode): bigint | undefined {
  const text = node instanceof JsonNumber ? node.text : typeof node === 'string' ? node : undefined;
  const match = text === undefined ? null : NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
  if (/^0+$/.test(digits)) return 0n;
  const shift = Number(exponent) - fraction.length;
  if (digits.length + shift > MOST_DIGITS) return undefined;
  let value = digits;
  if (shift >= 0) value += '0'.repeat(shift);
  else {
    const cut = Math.max(0, digits.length + shift);
    if (!/^0*$/.test(digits.slice(cut))) return undefined;
    value = digits.slice(0, cut) || '0';
  }
  return sign === '-' ? -BigInt(value) : BigInt(value);
}

/** A float from a JSON number, its text, or the names of what JSON has no number for. Undefined where it is too large. */
export function floatOf(node: JsonNode, single: boolean): number | undefined {
  if (node === 'NaN') return Number.NaN;
  if (node === 'Infinity') return Number.POSITIVE_INFINITY;
  if (node === '-Infinity') return Number.NEGATIVE_INFINITY;
  const text =
    node instanceof JsonNumber ? node.text : typeof node === 'string' && NUMBER.test(node) ? node : undefined;
  if (text === undefined) return undefined;
  const value = Number(text);
  return Number.isFinite(single ? Math.fround(value) : value) ? value : undefined;
}
