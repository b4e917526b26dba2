import {
  type Column,
  type ColumnType,
  type DType,
  isDType,
  NDArray,
  type ScalarType,
  sizeOfShape,
  slotsPerItem,
  Table,
  type Value,
} from '@formatlab/core';
import type { XmlScanner } from '../parse/scanner.js';
import { cellReader, type ReadCell } from './cell-readers.js';
import type { ValueReader } from './read-value.js';
import { RowReader } from './row-reader.js';
import { ROW } from './vocabulary.js';

/** What is known of a column before its cells. */
interface ColumnHead {
  readonly name: string;
  readonly tag: string;
  readonly type: ColumnType;
  /** How cells are kept: an array of this dtype, or one value a row. */
  readonly stored: DType | 'values';
  /** Of one row's cell. */
  readonly shape: readonly number[];
}

/** A column under way. */
export interface ColumnFill {
  readonly tag: string;
  /** Cells of fixed size, one element a row. */
  readonly read: ReadCell | undefined;
  /** Cells of text: where they go. */
  readonly texts: string[] | undefined;
  /** Reads the cell whose start tag was read. */
  slow(row: number): void;
  setNull(row: number): void;
  /** Rows that were null before a value was found for them are cleared. */
  setValid(row: number): void;
  finish(rows: number): Column;
}

/** The table whose start tag was read: the columns it describes, then its rows. */
export function readTable(reader: ValueReader): Table {
  const { scanner } = reader;
  const count = scanner.attribute('rows');
  if (count === undefined || !/^\d{1,15}$/.test(count))
    throw scanner.error(`a table of '${count ?? ''}' rows is none`);
  const rows = Number(count);
  expectChild(reader, 'columns');
  const heads: ColumnHead[] = [];
  while (reader.child()) heads.push(readHead(reader));
  checkHeads(scanner, heads);
  reader.charge(rows, 0, ROW_BYTES, 'rows');
  const fills = heads.map((head) => fillOf(reader, head, rows));
  const lines = new RowReader(reader, fills);
  for (let row = 0; row < rows; row++) {
    if (row % PROGRESS_ROWS === 0) reader.context.progress(scanner.at, scanner.end);
    if (lines.fast(row)) continue;
    expectChild(reader, ROW);
    lines.slow(row);
  }
  if (reader.child()) throw scanner.error(`element '${scanner.name}' stands behind the last of ${rows} rows`);
  return new Table(
    rows,
    fills.map((fill) => fill.finish(rows)),
  );
}

function expectChild(reader: ValueReader, tag: string): void {
  const { scanner } = reader;
  if (!reader.child()) throw scanner.error(`element '${tag}' is missing`);
  if (scanner.name !== tag) throw scanner.error(`element '${scanner.name}' stands where '${tag}' is due`);
}

const PROGRESS_ROWS = 8192;
/** `<row/>`, at the least. */
const ROW_BYTES = 6;

function readHead(reader: ValueReader): ColumnHead {
  const { scanner } = reader;
  if (scanner.name !== 'column') throw scanner.error(`element '${scanner.name}' stands among columns`);
  if (scanner.attribute('name') === undefined) throw scanner.error('a column has no name');
  const name = reader.memberName();
  const tag = scanner.attribute('element') ?? name;
  const shapeText = scanner.attribute('shape');
  const shape = shapeText === undefined ? [] : reader.shape(shapeText);
  const stored = scanner.attribute('stored');
  const type = readType(reader);
  if (type.kind !== 'scalar') return { name, tag, type, stored: 'values', shape: [] };
  if (stored !== undefined && stored !== 'values' && !isDType(stored))
    throw scanner.error(`column '${name}' is stored as '${stored}', which is no dtype`);
  return { name, tag, type, stored: stored ?? type.dtype, shape };
}

/** The type that the element whose start tag was read describes, up to its end tag. */
function readType(reader: ValueReader): ColumnType {
  const { scanner } = reader;
  const kind = scanner.attribute('kind') ?? 'scalar';
  const nullable = scanner.attribute('nullable') === 'true';
  if (kind === 'scalar') {
    const type = scalarOf(reader, nullable);
    if (reader.child()) throw scanner.error(`element '${scanner.name}' stands in a scalar type`);
    return type;
  }
  const parts: { tag: string; name: string; type: ColumnType }[] = [];
  while (reader.child()) parts.push({ tag: scanner.name, name: reader.memberName(), type: readType(reader) });
  const tags = parts.map(({ tag }) => tag).join(' ');
  if (kind === 'list' && tags === 'item') return { kind, item: parts[0]!.type, nullable };
  if (kind === 'map' && tags === 'key value')
    return { kind, key: parts[0]!.type, value: parts[1]!.type, nullable };
  if (kind === 'struct' && parts.every(({ tag }) => tag === 'field'))
    return { kind, fields: parts.map(({ name, type }) => ({ name, type })), nullable };
  throw scanner.error(`type '${kind}' of '${tags}' is none`);
}

function scalarOf(reader: ValueReader, nullable: boolean): ScalarType {
  const { scanner } = reader;
  const unit = scanner.attribute('unit');
  const zone = scanner.attribute('zone');
  const decimal = scanner.attribute('decimal');
  const dictionary = scanner.attribute('dictionary');
  const [, precision, scale] = /^(\d{1,9}) (-?\d{1,9})$/.exec(decimal ?? '') ?? [];
  if (decimal !== undefined && precision === undefined) throw scanner.error(`decimal '${decimal}' is none`);
  return {
    kind: 'scalar',
    dtype: reader.dtype(),
    nullable,
    ...(unit === undefined ? {} : { unit }),
    ...(zone === undefined ? {} : { zone }),
    ...(decimal === undefined ? {} : { decimal: { precision: Number(precision), scale: Number(scale) } }),
    ...(dictionary === undefined ? {} : { dictionary: dictionary === 'true' }),
  };
}

function checkHeads(scanner: XmlScanner, heads: readonly ColumnHead[]): void {
  for (const part of ['name', 'tag'] as const) {
    const seen = new Set<string>();
    for (const head of heads) {
      if (seen.has(head[part])) throw scanner.error(`column '${head[part]}' is described twice`);
      seen.add(head[part]);
    }
  }
}

function fillOf(reader: ValueReader, head: ColumnHead, rows: number): ColumnFill {
  const { tag, stored, shape, type } = head;
  const width = sizeOfShape(shape);
  // A null takes no bytes in the file, so that the budget alone bounds what is allocated.
  reader.context.budget.takeBytes(rows * (stored === 'values' ? 8 : Math.max(8, width * 8)), 'a column');
  reader.context.budget.takeItems(rows, 'a column');
  const unit = type.kind === 'scalar' ? type.unit : undefined;
  let valid: Uint8Array | undefined;
  const common = {
    tag,
    setNull(row: number): void {
      valid ??= new Uint8Array(rows).fill(1);
      valid[row] = 0;
    },
    setValid(row: number): void {
      if (valid !== undefined) valid[row] = 1;
    },
  };
  const finish = (values: Column['values']): Column => ({
    name: head.name,
    type,
    values,
    ...(valid === undefined ? {} : { valid }),
  });
  if (stored === 'values') {
    const values = new Array<Value>(rows).fill(null);
    return {
      ...common,
      read: undefined,
      texts: undefined,
      slow(row) {
        values[row] = reader.value();
      },
      finish: () => finish(values),
    };
  }
  const full = [rows, ...shape];
  const array = (data: NDArray['data']): Column =>
    finish(new NDArray({ dtype: stored, shape: full, data, unit }));
  if (stored === 'string' || stored === 'bytes' || stored === 'object') {
    const filler = stored === 'string' ? '' : stored === 'bytes' ? new Uint8Array(0) : null;
    const items = new Array<Value>(rows * width).fill(filler);
    const flat = shape.length === 0;
    return {
      ...common,
      read: undefined,
      // Only strings are put in.
      texts: flat && stored === 'string' ? (items as string[]) : undefined,
      slow(row) {
        const found = flat ? [reader.item(stored)] : reader.items(stored, width);
        for (let i = 0; i < found.length; i++) items[row * width + i] = found[i]!;
      },
      finish: () => array(items as NDArray['data']),
    };
  }
  const cells = cellReader(stored, rows * width, unit)!;
  const slots = slotsPerItem(stored);
  const zero: unknown = typeof cells.data[0] === 'bigint' ? 0n : 0;
  return {
    ...common,
    read: shape.length === 0 ? cells.read : undefined,
    texts: undefined,
    setNull(row: number): void {
      common.setNull(row);
      // Cells of fixed size are kept in typed arrays; a bigint array takes a bigint.
      (cells.data as Uint8Array).fill(zero as number, row * width * slots, (row + 1) * width * slots);
    },
    slow(row) {
      if (shape.length > 0) return reader.elements(cells.read, row * width, width);
      reader.elements(cells.read, row, 1);
    },
    finish: () => array(cells.data),
  };
}
