import { parseFloat64, type Value } from '@formatlab/core';

const ISO = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The value of a text, by its type; undefined where it is none. */
export const SCALARS: Readonly<
  Record<'bool' | 'number' | 'integer' | 'date', (text: string) => Value | undefined>
> = {
  bool: (text) =>
    text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined,
  number(text) {
    if (/^nan$/i.test(text)) return Number.NaN;
    if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
    const bytes = new TextEncoder().encode(text);
    return parseFloat64(bytes, 0, bytes.length);
  },
  integer: (text) => (/^-?\d+$/.test(text) ? BigInt(text) : undefined),
  date(text) {
    if (text === 'NaT') return new Date(Number.NaN);
    const date = new Date(text);
    return ISO.test(text) && !Number.isNaN(date.getTime()) ? date : undefined;
  },
};
