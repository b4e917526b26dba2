import {
  type Column,
  type ColumnType,
  cellsOf,
  childPath,
  firstDifference,
  isNDArray,
  isoTime,
  isTable,
  type Loss,
  type NDArray,
  type Table,
  type Value,
} from '@formatlab/core';
import { wrongValue } from '../measure/findings.js';

/** What a peer's way through a file did to a value. */
export interface FoundDifferences {
  readonly losses: readonly Loss[];
  /** Set where values were lost that no type explains. */
  readonly wrong?: string | undefined;
}

/** Numbers that differ by a larger share were not rounded, they are others. */
const ROUNDING = 1e-6;

/**
 * A bare library reports no losses: they are told from what came back. Another type for the same values, and digits that
 * are missing, are losses; everything else is wrong.
 */
export function compareFound(value: Value, found: Value): FoundDifferences {
  if (isTable(value) && isTable(found)) return compareTables(value, found);
  return { losses: [], wrong: wrongValue('read back', firstDifference(value, found)) };
}

function compareTables(value: Table, found: Table): FoundDifferences {
  const losses: Loss[] = [];
  if (found.rows !== value.rows || found.columns.length !== value.columns.length) {
    const wrong = `read back '': ${sizeText(value)} came back as ${sizeText(found)}`;
    return { losses, wrong };
  }
  for (const column of value.columns) {
    const other = found.columns.find(({ name }) => name === column.name);
    const path = childPath('', column.name);
    if (other === undefined) return { losses, wrong: `read back '${path}': the column is missing` };
    const compared = compareColumns(column, other, path, value.rows);
    losses.push(...compared.losses);
    if (compared.wrong !== undefined) return { losses, wrong: compared.wrong };
  }
  return { losses };
}

function compareColumns(ours: Column, theirs: Column, path: string, rows: number): FoundDifferences {
  const losses: Loss[] = [];
  const [from, to] = [typeText(ours.type), typeText(theirs.type)];
  if (from !== to) losses.push({ path, kind: 'type', from, to });
  const [a, b] = [comparableCells(ours, theirs), comparableCells(theirs, ours)];
  let rounded = 0;
  let first: readonly [string, string] | undefined;
  for (let row = 0; row < rows; row++) {
    const [left, right] = [a(row), b(row)];
    if (left === right || (left !== left && right !== right)) continue;
    if (!isRounded(left, right)) {
      const wrong = `read back '${path}/${row}': ${String(left)} came back as ${String(right)}`;
      return { losses, wrong };
    }
    rounded++;
    first ??= [String(left), String(right)];
  }
  if (first !== undefined)
    losses.push({ path, kind: 'precision', from: first[0], to: first[1], count: rounded });
  return { losses };
}

type Comparable = string | number;

/** Cells of both columns in one form: numbers, booleans and ticks as numbers in the finer unit, all else as text. */
function comparableCells(column: Column, other: Column): (row: number) => Comparable {
  const factor = isTime(column) && isTime(other) ? unitRatio(column, other) : 1n;
  const { values } = column;
  if (isTime(column) && isText(other)) {
    const ticks = (values as NDArray<'datetime64'>).data;
    return (row) => isoTime(ticks[row]!, unitOf(column), true) ?? '';
  }
  if (isNDArray(values) && (values.data instanceof BigInt64Array || values.data instanceof Int32Array)) {
    const { data } = values;
    return (row) => textOrNumber(BigInt(data[row]!) * factor);
  }
  const cells = cellsOf(column);
  const beside = isText(other);
  return (row) => {
    const cell = cells(row);
    if (typeof cell === 'boolean' && !beside) return Number(cell);
    return typeof cell === 'number' ? cell : String(cell);
  };
}

/** Exact in both forms: a 64-bit integer that a double holds equals that double. */
function textOrNumber(integer: bigint): Comparable {
  const number = Number(integer);
  return BigInt(number) === integer ? number : String(integer);
}

function isRounded(left: Comparable, right: Comparable): boolean {
  const [a, b] = [Number(left), Number(right)];
  if (typeof left === 'string' && typeof right === 'string' && !/^-?\d+$/.test(left + right)) return false;
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}

const PER_SECOND: Readonly<Record<string, bigint>> = {
  s: 1n,
  ms: 1_000n,
  us: 1_000_000n,
  ns: 1_000_000_000n,
};

/** By what the ticks of the coarser of two columns have to be multiplied. */
function unitRatio(column: Column, other: Column): bigint {
  const [own, theirs] = [unitOf(column), unitOf(other)];
  const [a, b] = [PER_SECOND[own], PER_SECOND[theirs]];
  return a === undefined || b === undefined || a >= b ? 1n : b / a;
}

function isTime({ values }: Column): boolean {
  return isNDArray(values) && values.dtype === 'datetime64';
}

function isText({ values }: Column): boolean {
  return isNDArray(values) && values.dtype === 'string';
}

function unitOf({ values }: Column): string {
  return (isNDArray(values) ? values.unit : undefined) ?? 'us';
}

/** `datetime64[us]`; dictionaries are a way of keeping strings, not another type of them. */
function typeText(type: ColumnType): string {
  if (type.kind !== 'scalar') return type.kind;
  return type.unit === undefined ? type.dtype : `${type.dtype}[${type.unit}]`;
}

function sizeText({ rows, columns }: Table): string {
  return `${rows} rows of ${columns.length} columns`;
}
