import { FormatError, formatFloat64, MAX_FLOAT_LENGTH, type NDArray } from '@formatlab/core';
import type { EncodeContext } from '../encode.js';
import type { TextOptions } from '../options.js';
import type { Chunks } from './chunks.js';
import { type Conversion, formatNumber, parseFormat, type RowFormat } from './printf.js';

/**
 * Writes rows as `savetxt` does under `fmt`, and reports how many numbers their texts do not give back.
 *
 * @throws FormatError `options` for a format that does not fit the columns
 */
export function writeFormatted(
  array: NDArray,
  rows: number,
  columns: number,
  fmt: NonNullable<TextOptions['fmt']>,
  separator: string,
  newline: string,
  chunks: Chunks,
  context: EncodeContext,
): void {
  const complex = array.dtype === 'complex128';
  const row = rowFormat(fmt, columns, complex, separator);
  const tally = { changed: 0, integers: true };
  const data = array.data as Float64Array | BigInt64Array;
  const slots = complex ? 2 : 1;
  const encoder = new TextEncoder();
  let index = 0;
  for (let line = 0; line < rows; line++) {
    let text = '';
    for (const conversion of row.conversions) {
      const cell = formatNumber(data[index]!, conversion, shortestText(data, index));
      judge(data[index]!, cell, tally);
      text += conversion.before + cell;
      index++;
    }
    const whole = text + row.after;
    chunks.put(encoder.encode((complex ? whole.replaceAll('+-', '-') : whole) + newline));
  }
  if (tally.changed > 0)
    context.loss({
      path: '',
      kind: 'precision',
      from: array.dtype,
      to: `text of format '${String(fmt)}'`,
      count: tally.changed,
    });
  if (complex || index === 0) return;
  const read = tally.integers ? 'int64' : 'float64';
  if (read !== array.dtype)
    context.loss({ path: '', kind: 'dtype', from: array.dtype, to: read, count: index / slots });
}

/** The shortest text that reads back as the number, as Python's `repr` gives it. */
export function shortestText(data: Float64Array | BigInt64Array, index: number): string {
  if (data instanceof BigInt64Array) return String(data[index]);
  const end = formatFloat64(data, index, scratch, 0);
  return String.fromCharCode(...scratch.subarray(0, end));
}

const scratch = new Uint8Array(MAX_FLOAT_LENGTH + 8);

function judge(value: number | bigint, cell: string, tally: { changed: number; integers: boolean }): void {
  const text = cell.trim();
  if (!/^[+-]?\d+$/.test(text)) tally.integers = false;
  if (typeof value === 'bigint') {
    const same = /^[+-]?\d+$/.test(text)
      ? BigInt(text) === value
      : BigInt(Math.trunc(Number(text) || 0)) === value;
    if (!same) tally.changed++;
    return;
  }
  const back = /nan/i.test(text) ? Number.NaN : Number(text.replace(/inf/i, 'Infinity').replace(/^\+/, ''));
  if (!Object.is(back, value)) tally.changed++;
}

/** One format for every cell, a list of one for each column, or one for the whole row. */
function rowFormat(
  fmt: NonNullable<TextOptions['fmt']>,
  columns: number,
  complex: boolean,
  separator: string,
): RowFormat {
  const slots = complex ? 2 : 1;
  if (typeof fmt !== 'string') {
    if (!Array.isArray(fmt) || fmt.length !== columns || !fmt.every((text) => typeof text === 'string'))
      throw refuse(String(fmt), `a list has one format for each of ${columns} columns`);
    return joined(
      (fmt as readonly string[]).map((text) => cellFormat(text, complex)),
      separator,
    );
  }
  const whole = parseFormat(fmt);
  const count = whole.conversions.length;
  if (count === 1) {
    const cell = cellFormat(fmt, complex);
    return joined(
      Array.from({ length: columns }, () => cell),
      separator,
    );
  }
  if (count === columns * slots) return whole;
  throw refuse(fmt, `it has ${count} conversions for ${columns} columns`);
}

function cellFormat(text: string, complex: boolean): RowFormat {
  const part = parseFormat(text);
  if (complex && part.conversions.length === 1) {
    // As savetxt writes complex numbers: ' (%s+%sj)' with the format for both parts.
    const [one] = part.conversions as readonly [Conversion];
    const second = { ...one, before: `${part.after}+${one.before}` };
    return { conversions: [{ ...one, before: ` (${one.before}` }, second], after: `${part.after}j)` };
  }
  if (part.conversions.length !== (complex ? 2 : 1)) throw refuse(text, 'a column has one conversion');
  return part;
}

function joined(cells: readonly RowFormat[], separator: string): RowFormat {
  const conversions: Conversion[] = [];
  let carried = '';
  cells.forEach((cell, i) => {
    cell.conversions.forEach((conversion, part) => {
      const gap = part === 0 ? carried + (i > 0 ? separator : '') : '';
      conversions.push({ ...conversion, before: gap + conversion.before });
    });
    carried = cell.after;
  });
  return { conversions, after: carried };
}

function refuse(text: string, state: string): FormatError {
  return new FormatError('options', `set option 'fmt' to '${text}': ${state}`, { format: 'text' });
}
