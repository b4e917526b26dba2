import {
  type Context,
  childPath,
  elementAt,
  FormatError,
  formatFloat64,
  formatInteger,
  isNDArray,
  isoTime,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  joinBytes,
  joinPath,
  kindOfValue,
  type LossKind,
  MAX_FLOAT_LENGTH,
  type NDArray,
  type Table,
  toCOrder,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { base64Length, encodeBase64 } from '../base64.js';
import type { Rules } from '../options.js';
import { ByteWriter } from './byte-writer.js';
import { dropPlus, LEAST_PLUS, NonFinite, writeArray } from './numbers.js';
import { readsAs } from './predict.js';
import { cellWriters, reportColumns } from './tables.js';

const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_RECORD = 0x7b;
const CLOSE_RECORD = 0x7d;
const LINE_FEED = 0x0a;
const BLANK = 0x20;
/** Whole numbers below it are written by their digits. */
const MOST_DIGITS = 1e15;
const ROWS_PER_REPORT = 4096;

export type WriteContext = Pick<Context<object>, 'budget' | 'loss' | 'progress'>;

/** Writes values as JSON that everybody reads, and reports what reading it back will not give. */
export class PlainWriter {
  readonly out = new ByteWriter();
  readonly rules: Rules;
  readonly context: WriteContext;
  readonly #names: (string | number)[] = [];
  readonly #one = new Float64Array(1);
  /** Above zero: inside of what was reported as a whole. */
  #muted = 0;

  constructor(rules: Rules, context: WriteContext) {
    this.rules = rules;
    this.context = context;
  }

  /** Writes a value that stands `depth` levels deep; `seen`: the reader looks for an array or table here. */
  value(value: Value, depth: number, seen: boolean): void {
    switch (typeof value) {
      case 'string':
        return this.out.string(value);
      case 'number':
        return this.#number(value, depth);
      case 'boolean':
        return this.out.ascii(value ? 'true' : 'false');
      case 'bigint':
        return this.#bigint(value, depth);
      default:
        return value === null ? this.out.ascii('null') : this.#object(value, depth, seen);
    }
  }

  /** Remembers the name or index of the value under way `depth` levels deep, for the paths of losses. */
  name(depth: number, name: string | number): void {
    this.#names[depth] = name;
  }

  path(depth: number): string {
    return joinPath(this.#names.slice(0, depth).map(String));
  }

  lose(depth: number, kind: LossKind, from: string, to: string): void {
    if (this.#muted === 0) this.context.loss({ path: this.path(depth), kind, from, to });
  }

  /** Writes the rows of a table as records; `separate` is called before each. */
  rows(table: Table, depth: number, separate: (row: number) => void): void {
    const { out } = this;
    const spaced = this.rules.indent > 0;
    const nonFinite = table.columns.map(() => new NonFinite(this.rules.nan));
    const cells = cellWriters(this, table, depth, nonFinite);
    const heads = table.columns.map(({ name }, i) => {
      const head = new ByteWriter();
      if (i > 0) head.ascii(spaced ? ', ' : ',');
      head.string(name);
      head.ascii(spaced ? ': ' : ':');
      return joinBytes(head.pieces());
    });
    for (let row = 0; row < table.rows; row++) {
      separate(row);
      this.name(depth, row);
      out.byte(OPEN_RECORD);
      for (let i = 0; i < cells.length; i++) {
        const head = heads[i]!;
        out.reserve(head.length + MAX_FLOAT_LENGTH);
        for (let j = 0; j < head.length; j++) out.bytes[out.at + j] = head[j]!;
        out.at += head.length;
        cells[i]!(row);
      }
      out.byte(CLOSE_RECORD);
      if ((row + 1) % ROWS_PER_REPORT === 0) this.context.progress(out.length);
    }
    const path = this.path(depth);
    nonFinite.forEach((each, i) => {
      if (this.#muted === 0) each.report(childPath(path, table.columns[i]!.name), this.context);
    });
  }

  /** Writes what has no form of its own in JSON, its loss reported before. */
  muted(write: () => void): void {
    this.#muted++;
    write();
    this.#muted--;
  }

  base64(data: Uint8Array): void {
    const { out } = this;
    out.reserve(base64Length(data.length) + 2);
    out.bytes[out.at++] = QUOTE;
    out.at = encodeBase64(data, out.bytes, out.at);
    out.bytes[out.at++] = QUOTE;
  }

  /** Writes ISO 8601 text; NaT as null. */
  time(ticks: bigint, unit: string, utc: boolean): void {
    const text = isoTime(ticks, unit, utc);
    this.out.ascii(text === undefined ? 'null' : `"${text}"`);
  }

  #number(value: number, depth: number): void {
    const { out } = this;
    out.reserve(MAX_FLOAT_LENGTH);
    if (Number.isInteger(value) && value < MOST_DIGITS && value > -MOST_DIGITS && !Object.is(value, -0)) {
      out.at = formatInteger(value, out.bytes, out.at);
      return;
    }
    if (Number.isSafeInteger(value) && value !== 0) return out.ascii(String(value));
    this.#one[0] = value;
    if (Number.isFinite(value)) {
      out.at = formatFloat64(this.#one, 0, out.bytes, out.at);
      if (Math.abs(value) >= LEAST_PLUS) dropPlus(out);
      return;
    }
    if (this.rules.nan === 'null') this.lose(depth, 'nan', String(value), 'null');
    out.ascii(new NonFinite(this.rules.nan).text(value, this.path(depth)));
  }

  #bigint(value: bigint, depth: number): void {
    if (BigInt.asIntN(54, value) === value && value !== -(2n ** 53n))
      this.lose(depth, 'type', 'bigint', 'number');
    this.out.ascii(String(value));
  }

  #object(value: Exclude<Value, null> & object, depth: number, seen: boolean): void {
    const looked = seen || this.rules.arrays === 'always' || this.rules.tables === 'always';
    if (isNDArray(value)) return this.#array(value, depth, looked && this.#isRead(value, 'array', seen));
    if (isTable(value)) return this.#table(value, depth, looked && this.#isRead(value, 'table', seen));
    if (value instanceof Date) return this.#date(value, depth);
    if (value instanceof Uint8Array) {
      this.lose(depth, 'type', 'bytes', 'base64 string');
      return this.base64(value);
    }
    this.context.budget.checkDepth(depth + 1, 'JSON');
    if (Array.isArray(value)) {
      if (looked) this.#reportList(value, depth, seen);
      return this.#list(value, depth);
    }
    if (isTagged(value)) {
      this.lose(depth, 'type', `tagged '${value.tag}'`, 'its value');
      if (value.attributes !== undefined) this.lose(depth, 'attributes', 'attributes', 'nothing');
      return this.muted(() => this.value(value.value, depth, false));
    }
    if (isPairs(value)) {
      this.lose(depth, 'type', 'pairs', 'list of lists');
      // A pair is a list of its key and its value.
      return this.muted(() => this.#list(value.entries as readonly Value[], depth));
    }
    if (isRecord(value)) return this.record(value, depth, false);
    throw new FormatError(
      'unsupported',
      `write '${this.path(depth)}' as json: ${kindOfValue(value)} is not a value of this model`,
      {
        format: 'json',
        path: this.path(depth),
      },
    );
  }

  /** Whether reading gives the array or table back at this place. */
  #isRead(value: NDArray | Table, kind: 'array' | 'table', seen: boolean): boolean {
    const { rules } = this;
    return (
      (seen || (kind === 'array' ? rules.arrays : rules.tables) === 'always') &&
      readsAs(value, rules) === kind
    );
  }

  #reportList(list: readonly Value[], depth: number, seen: boolean): void {
    const kind = readsAs(list, this.rules);
    if (kind === undefined || !(seen || this.rules[kind === 'array' ? 'arrays' : 'tables'] === 'always'))
      return;
    this.lose(depth, 'type', kind === 'array' ? 'list of numbers' : 'list of records', kind);
  }

  #list(list: readonly Value[], depth: number): void {
    const { out } = this;
    out.byte(OPEN_LIST);
    for (let i = 0; i < list.length; i++) {
      if (i > 0) out.byte(COMMA);
      this.#breakLine(depth + 1);
      this.name(depth, i);
      this.value(list[i]!, depth + 1, false);
    }
    if (list.length > 0) this.#breakLine(depth);
    out.byte(CLOSE_LIST);
  }

  /** `entries`: the reader looks for arrays and tables among the members. */
  record(record: ValueRecord, depth: number, entries: boolean): void {
    const { out } = this;
    out.byte(OPEN_RECORD);
    let first = true;
    for (const name of Object.keys(record)) {
      const member = record[name];
      if (member === undefined) continue;
      if (!first) out.byte(COMMA);
      first = false;
      this.#breakLine(depth + 1);
      out.string(name);
      out.byte(COLON);
      if (this.rules.indent > 0) out.byte(BLANK);
      this.name(depth, name);
      this.value(member, depth + 1, entries);
    }
    if (!first) this.#breakLine(depth);
    out.byte(CLOSE_RECORD);
  }

  #date(date: Date, depth: number): void {
    const valid = !Number.isNaN(date.getTime());
    this.lose(depth, 'type', valid ? 'date' : 'invalid date', valid ? 'ISO string' : 'null');
    this.out.ascii(valid ? `"${date.toISOString()}"` : 'null');
  }

  #array(array: NDArray, depth: number, kept: boolean): void {
    if (array.dtype === 'int64' && array.shape.length === 0)
      return this.#bigint(elementAt(array, 0) as bigint, depth);
    if (!kept) this.#reportArray(array, depth);
    const path = this.path(depth);
    const { unit } = array;
    const nonFinite = new NonFinite(this.rules.nan);
    this.muted(() =>
      writeArray(this.out, toCOrder(array), {
        nonFinite,
        path,
        breakLine: this.rules.indent === 0 ? undefined : (inner) => this.#breakLine(depth + inner),
        element: (value) =>
          unit === undefined
            ? this.value(value, depth + array.shape.length, false)
            : this.time(value as bigint, unit, false),
      }),
    );
    if (this.#muted === 0) nonFinite.report(path, this.context);
  }

  #reportArray(array: NDArray, depth: number): void {
    const { dtype, shape } = array;
    const scalar = shape.length === 0;
    if (dtype === 'datetime64' || dtype === 'bytes') {
      this.lose(
        depth,
        'dtype',
        array.unit === undefined ? dtype : `${dtype}[${array.unit}]`,
        dtype === 'bytes' ? 'base64 string' : 'ISO string',
      );
    }
    if (!scalar || dtype === 'object')
      this.lose(depth, 'type', `${dtype} array of shape [${shape}]`, scalar ? 'its element' : 'list');
  }

  #table(table: Table, depth: number, kept: boolean): void {
    if (!kept) this.lose(depth, 'type', 'table', table.rows === 0 ? 'empty list' : 'list of records');
    else if (this.#muted === 0) reportColumns(table, this.path(depth), this.context);
    const { out } = this;
    out.byte(OPEN_LIST);
    this.rows(table, depth, (row) => {
      if (row > 0) out.byte(COMMA);
      this.#breakLine(depth + 1);
    });
    if (table.rows > 0) this.#breakLine(depth);
    out.byte(CLOSE_LIST);
  }

  /** Starts a new line at this depth, where lines are broken at all. */
  #breakLine(depth: number): void {
    const { indent } = this.rules;
    if (indent === 0) return;
    const { out } = this;
    out.reserve(1 + indent * depth);
    out.bytes[out.at++] = LINE_FEED;
    out.bytes.fill(BLANK, out.at, out.at + indent * depth);
    out.at += indent * depth;
  }
}
