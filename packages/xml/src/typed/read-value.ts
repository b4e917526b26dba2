import {
  type Budget,
  type Context,
  type DType,
  FormatError,
  isDType,
  isRecord,
  NDArray,
  newRecord,
  Pairs,
  parseFloat64,
  sizeOfShape,
  Tagged,
  type Value,
  type ValueRecord,
  withAttributes,
} from '@formatlab/core';
import { isSpace } from '../parse/characters.js';
import { CDATA, END, END_OF_FILE, START, TEXT, type XmlScanner } from '../parse/scanner.js';
import { decodeBase64 } from './base64.js';
import { cellReader, type ReadCell } from './cell-readers.js';
import { unescaped } from './escapes.js';
import { readTable } from './read-table.js';
import { ESCAPED, ITEM, MARK, NAME, TYPE, VERSION } from './vocabulary.js';

export type ReadContext = Pick<Context<object>, 'loss' | 'progress'> & { readonly budget: Budget };

/** Whether the start tag that was read is the root of a file in the mapping of this package. */
export function isTyped(scanner: XmlScanner): boolean {
  const version = scanner.attribute(MARK);
  if (version === undefined || scanner.attribute(TYPE) === undefined) return false;
  if (version === VERSION) return true;
  throw new FormatError(
    'unsupported',
    `read XML of FormatLab version '${version}': this package reads version ${VERSION}`,
    { format: 'xml', feature: 'version', found: version, supported: [VERSION] },
  );
}

/** Reads values in the mapping of this package. */
export class ValueReader {
  readonly scanner: XmlScanner;
  readonly context: ReadContext;

  constructor(scanner: XmlScanner, context: ReadContext) {
    this.scanner = scanner;
    this.context = context;
  }

  /** The value of the element whose start tag was read, up to its end tag. */
  value(): Value {
    const { scanner } = this;
    const kind = scanner.attribute(TYPE) ?? 'string';
    const tag = scanner.name;
    this.context.budget.takeItems(1, 'XML');
    switch (kind) {
      case 'string':
        return this.string();
      case 'null':
        this.#empty();
        return null;
      case 'bool':
      case 'number':
      case 'integer':
      case 'date':
        return this.#scalar(kind);
      case 'bytes':
        return this.bytes();
      case 'list':
        return this.#list();
      case 'record':
        return this.record();
      case 'array':
        return this.#array();
      case 'table':
        return readTable(this);
      case 'tagged':
        return this.#tagged();
      case 'pairs':
        return this.#pairs();
      case 'attributed':
        return this.#attributed();
      default:
        throw scanner.error(`element '${tag}' is of type '${kind}', which is none`);
    }
  }

  /** The text of the element whose start tag was read; its escapes resolved. */
  string(): string {
    const isEscaped = this.#isEscaped('text');
    const text = this.text();
    return isEscaped ? unescaped(text) : text;
  }

  bytes(): Uint8Array {
    const text = this.text();
    this.context.budget.takeBytes(text.length, 'base64 text');
    const data = decodeBase64(text);
    if (data === undefined) throw this.scanner.error('the text is not base64');
    return data;
  }

  /** All text up to the end tag. */
  text(): string {
    const { scanner } = this;
    let text = '';
    for (;;) {
      const event = scanner.next();
      if (event === TEXT || event === CDATA) text += scanner.text();
      else if (event === END) return text;
      else if (event === START) throw scanner.error(`element '${scanner.name}' stands where text is due`);
    }
  }

  /** Goes on to the next element within the current one; false at its end. */
  child(): boolean {
    const { scanner } = this;
    for (;;) {
      const event = scanner.next();
      if (event === START) return true;
      if (event === END) return false;
      if (event === CDATA || (event === TEXT && !scanner.isBlank()))
        throw scanner.error('text stands where elements are due');
      if (event === END_OF_FILE) throw scanner.error('the file ends here');
    }
  }

  /** The name of a member or column: that of the attribute, or the tag. */
  memberName(): string {
    const { scanner } = this;
    const name = scanner.attribute(NAME);
    if (name === undefined) return scanner.name;
    return this.#isEscaped('name') ? unescaped(name) : name;
  }

  record(): ValueRecord {
    const record = newRecord();
    while (this.child()) {
      const name = this.memberName();
      if (Object.hasOwn(record, name)) throw this.scanner.error(`member '${name}' stands twice`);
      record[name] = this.value();
    }
    return record;
  }

  /** Elements of fixed size from the text up to the end tag. */
  elements(read: ReadCell, first: number, count: number): void {
    const { scanner } = this;
    let event = scanner.next();
    const span = event === TEXT ? scanner.span() : undefined;
    let text = '';
    if (span !== undefined) {
      const { bytes } = scanner;
      event = scanner.next();
      if (event === END) return this.#split(bytes, span.from, span.to, read, first, count);
      // Cut up by a comment or reference: what was skipped is taken as a string after all.
      text = new TextDecoder().decode(bytes.subarray(span.from, span.to));
    }
    for (; event !== END; event = scanner.next()) {
      if (event === TEXT || event === CDATA) text += scanner.text();
      else if (event === START) throw scanner.error(`element '${scanner.name}' stands where text is due`);
    }
    const bytes = new TextEncoder().encode(text);
    this.#split(bytes, 0, bytes.length, read, first, count);
  }

  /** The shape in an attribute. */
  shape(text: string | undefined): readonly number[] {
    const parts = text === undefined || text.trim() === '' ? [] : text.trim().split(/\s+/);
    const shape = parts.map(Number);
    if (
      text === undefined ||
      parts.some((part) => !/^\d{1,16}$/.test(part)) ||
      !Number.isSafeInteger(sizeOfShape(shape))
    )
      throw this.scanner.error(`shape '${text ?? ''}' is none`);
    return shape;
  }

  dtype(): DType {
    const dtype = this.scanner.attribute('dtype');
    if (!isDType(dtype)) throw this.scanner.error(`dtype '${dtype ?? ''}' is none`);
    return dtype;
  }

  /** Charges what is about to be allocated, and checks that the file has room for so many. */
  charge(count: number, width: number, leastBytes: number, what: string): void {
    const { scanner } = this;
    const left = scanner.end - scanner.at;
    if (scanner.isPlain && count * leastBytes > left + 1)
      throw scanner.error(`${count} ${what} are said to be here, in ${left} bytes`);
    this.context.budget.takeItems(count, what);
    this.context.budget.takeBytes(count * width, what);
  }

  /** Strings, bytes or values, each in an element of its own, up to the end tag. */
  items(dtype: 'string' | 'bytes' | 'object', count: number): Value[] {
    const items: Value[] = [];
    while (this.child()) {
      if (items.length === count) throw this.scanner.error(`more than ${count} elements stand here`);
      items.push(this.item(dtype));
    }
    if (items.length < count) throw this.scanner.error(`${items.length} of ${count} elements stand here`);
    return items;
  }

  item(dtype: 'string' | 'bytes' | 'object'): Value {
    return dtype === 'string' ? this.string() : dtype === 'bytes' ? this.bytes() : this.value();
  }

  #split(bytes: Uint8Array, start: number, end: number, read: ReadCell, first: number, count: number): void {
    let at = start;
    for (let i = 0; ; i++) {
      while (at < end && isSpace(bytes[at]!)) at++;
      if (at === end) {
        if (i < count) throw this.scanner.error(`${i} of ${count} elements stand here`);
        return;
      }
      if (i === count) throw this.scanner.error(`more than ${count} elements stand here`);
      const from = at;
      while (at < end && !isSpace(bytes[at]!)) at++;
      if (!read(bytes, from, at, first + i)) throw this.bad(bytes, from, at);
    }
  }

  /** An error for text that is no value of its type. */
  bad(bytes: Uint8Array, from: number, to: number): FormatError {
    const text = new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + 40)));
    const { scanner } = this;
    return scanner.error(`'${text}' is no value of its type`, bytes === scanner.bytes ? from : scanner.at);
  }

  #array(): NDArray {
    const { scanner } = this;
    const dtype = this.dtype();
    const shape = this.shape(scanner.attribute('shape'));
    const unit = scanner.attribute('unit');
    const count = sizeOfShape(shape);
    if (dtype === 'string' || dtype === 'bytes' || dtype === 'object') {
      this.charge(count, 8, 7, `elements of ${dtype}`);
      // Items of the dtype are what its data holds.
      const data = this.items(dtype, count) as NDArray['data'];
      return new NDArray({ dtype, shape, data, unit });
    }
    this.charge(count, 16, 2, `elements of ${dtype}`);
    const cells = cellReader(dtype, count, unit)!;
    this.elements(cells.read, 0, count);
    return new NDArray({ dtype, shape, data: cells.data, unit });
  }

  #scalar(kind: 'bool' | 'number' | 'integer' | 'date'): Value {
    const text = this.text().trim();
    const value = SCALARS[kind](text);
    if (value === undefined) throw this.scanner.error(`'${text.slice(0, 40)}' is no ${kind}`);
    return value;
  }

  #list(): Value[] {
    const list: Value[] = [];
    while (this.child()) {
      if (this.scanner.name !== ITEM)
        throw this.scanner.error(`element '${this.scanner.name}' stands in a list`);
      list.push(this.value());
    }
    return list;
  }

  #tagged(): Tagged {
    const tag = this.scanner.attribute('tag');
    if (tag === undefined) throw this.scanner.error("attribute 'tag' is missing");
    const { value, attributes } = this.#parts();
    if (attributes !== undefined && !isRecord(attributes))
      throw this.scanner.error('attributes are no record');
    return new Tagged(tag, value, attributes);
  }

  #attributed(): Value {
    const { value, attributes } = this.#parts();
    if (!isRecord(attributes)) throw this.scanner.error('attributes are no record');
    if (typeof value !== 'object' || value === null) throw this.scanner.error('the value carries none');
    // The writer puts arrays, tables and records here; on others they do no harm.
    return withAttributes(value as ValueRecord, attributes);
  }

  /** The elements `value` and `attributes`, up to the end tag. */
  #parts(): { readonly value: Value; readonly attributes: Value | undefined } {
    let value: Value | undefined;
    let attributes: Value | undefined;
    while (this.child()) {
      const { name } = this.scanner;
      if (name === 'value' && value === undefined) value = this.value();
      else if (name === 'attributes' && attributes === undefined) attributes = this.value();
      else throw this.scanner.error(`element '${name}' stands where a value and its attributes are due`);
    }
    if (value === undefined) throw this.scanner.error("element 'value' is missing");
    return { value, attributes };
  }

  #pairs(): Pairs {
    const entries: [Value, Value][] = [];
    while (this.child()) {
      const pair: Value[] = [];
      while (this.child()) {
        if (this.scanner.name !== (pair.length === 0 ? 'key' : 'value') || pair.length === 2)
          throw this.scanner.error(`element '${this.scanner.name}' stands in a pair`);
        pair.push(this.value());
      }
      if (pair.length !== 2) throw this.scanner.error('a pair is not complete');
      entries.push([pair[0]!, pair[1]!]);
    }
    return new Pairs(entries);
  }

  #empty(): void {
    if (this.text().trim() !== '') throw this.scanner.error('text stands in an element of type null');
  }

  #isEscaped(part: string): boolean {
    return this.scanner.attribute(ESCAPED)?.split(' ').includes(part) ?? false;
  }
}

const ISO = /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const SCALARS: Readonly<Record<'bool' | 'number' | 'integer' | 'date', (text: string) => Value | undefined>> =
  {
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
