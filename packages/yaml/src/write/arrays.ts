import { type Context, elementAt, type NDArray, type Table, toCOrder, type Value } from '@formatlab/core';
import { cellTexts, reportColumns } from './cells.js';
import { cellText, elementText, keyText } from './inline.js';
import { type Lead, type Lines, STEP } from './lines.js';
import type { Losses } from './losses.js';
import { payloadsOf } from './payloads.js';

const ROWS_PER_REPORT = 4096;

/** What a collection needs to be written. */
export interface Place {
  readonly lead: Lead;
  readonly indent: number;
  readonly depth: number;
  /** Whether the reader makes the same of it again. */
  readonly kept: boolean;
}

type Tools = {
  readonly lines: Lines;
  readonly losses: Losses;
  readonly context: Pick<Context<object>, 'progress'>;
};

/** Nested lists, the innermost in brackets. The array has at least one dimension, its elements are scalars. */
export function writeArray(array: NDArray, { lead, indent, depth, kept }: Place, tools: Tools): void {
  const { lines, losses, context } = tools;
  const { dtype, shape, unit } = array;
  if (!kept) {
    if (dtype === 'datetime64') losses.lose(depth, 'dtype', `${dtype}[${unit}]`, 'ISO string');
    losses.lose(depth, 'type', `${dtype} array of shape [${shape}]`, 'list');
  }
  const ordered = toCOrder(array);
  const payloads = payloadsOf(ordered.data);
  if (payloads > 0) losses.lose(depth, 'nan', 'NaN with a payload', 'NaN', payloads);
  let at = 0;
  const walk = (level: number, before: Lead, column: number): void => {
    const length = shape[level]!;
    if (level === shape.length - 1) {
      lines.row(length, () => elementText(ordered, at++, losses), before, column);
      return context.progress(lines.out.written);
    }
    if (length === 0) return lines.line(before, '[]');
    for (let i = 0; i < length; i++) {
      lines.begin(before, column, i === 0, '-');
      walk(level + 1, 'dash', column + STEP);
    }
  };
  walk(0, lead, indent);
}

/** The elements of an array of objects as nested lists. */
export function nestedObjects(array: NDArray): Value {
  const ordered = toCOrder(array);
  let at = 0;
  const nested = (level: number): Value =>
    level === ordered.shape.length
      ? elementAt(ordered, at++)
      : Array.from({ length: ordered.shape[level]! }, () => nested(level + 1));
  return nested(0);
}

/** A list of maps in brackets, one a line. */
export function writeTable(table: Table, { lead, indent, depth, kept }: Place, tools: Tools): void {
  const { lines, losses, context } = tools;
  if (!kept) losses.lose(depth, 'type', 'table', table.rows === 0 ? 'empty list' : 'list of records');
  else if (!losses.isMuted) reportColumns(table, losses.path(depth), losses.context);
  if (table.rows === 0) return lines.line(lead, '[]');
  const heads = table.columns.map(({ name }, i) => `${i === 0 ? '{' : ', '}${keyText(name)}: `);
  const cells = table.columns.map((column) => cellTexts(column, (value) => cellText(value, losses)));
  for (let row = 0; row < table.rows; row++) {
    let line = heads.length === 0 ? '{' : '';
    for (let i = 0; i < cells.length; i++) line += heads[i]! + cells[i]!(row);
    lines.begin(lead, indent, row === 0, `- ${line}}\n`);
    if ((row + 1) % ROWS_PER_REPORT === 0) context.progress(lines.out.written);
  }
}
