import {
  attributesOf,
  type Budget,
  type Bytes,
  elementAt,
  FormatError,
  formatFloat64,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  MAX_FLOAT_LENGTH,
  type NDArray,
  type Pairs,
  type Tagged,
  toCOrder,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { isCommonName, isXmlText } from '../parse/characters.js';
import { XmlWriter } from '../write/xml-writer.js';
import { base64Length, encodeBase64 } from './base64.js';
import { CELL_ROOM, cellWriter } from './cell-writers.js';
import { escaped } from './escapes.js';
import { ESCAPED, ITEM, type Kind, MARK, MEMBER, NAME, TYPE, VERSION } from './vocabulary.js';
import { writeTable } from './write-table.js';

const MOST_INDENT = 24;
const BATCH = 512;

/** An element about to be written: its tag, and the name of the member it is where that can't be the tag. */
export interface Opening {
  readonly tag: string;
  readonly name?: string | undefined;
  readonly root?: boolean;
}

export interface WriteContext {
  readonly budget: Budget;
  progress(done: number, total?: number): void;
}

/** Writes any value in the mapping of this package. */
export class ValueWriter {
  readonly out = new XmlWriter();
  readonly context: WriteContext;

  constructor(context: WriteContext) {
    this.context = context;
  }

  document(value: Value): Bytes {
    this.out.ascii('<?xml version="1.0" encoding="UTF-8"?>\n');
    this.element({ tag: kindOf(value), root: true }, value, 1);
    this.out.ascii('\n');
    return this.out.pieces();
  }

  element(opening: Opening, value: Value, depth: number): void {
    this.context.budget.checkDepth(depth, 'XML');
    const kind = kindOf(value);
    const { out } = this;
    switch (kind) {
      case 'string':
        return this.text(opening, value as string);
      case 'null':
        this.begin(opening, kind);
        return out.ascii('/>');
      case 'record':
        return this.#record(opening, value as ValueRecord, depth);
      case 'list':
        return this.#list(opening, value as readonly Value[], depth);
      case 'array':
        return this.#array(opening, value as NDArray, depth);
      case 'table':
        return writeTable(this, opening, value as Parameters<typeof writeTable>[2], depth);
      case 'tagged':
        return this.#tagged(opening, value as Tagged, depth);
      case 'pairs':
        return this.#pairs(opening, value as Pairs, depth);
      case 'attributed':
        return this.#attributed(opening, value, depth);
      default:
        this.begin(opening, kind);
        out.ascii('>');
        this.#scalar(value);
        return this.close(opening.tag);
    }
  }

  /** The start tag up to where further attributes or its end stand. */
  begin({ tag, name, root = false }: Opening, kind: Kind, textEscaped = false): void {
    const { out } = this;
    out.ascii('<');
    out.literal(tag);
    const nameEscaped = name !== undefined && !isXmlText(name);
    if (name !== undefined) out.attribute(NAME, nameEscaped ? escaped(name) : name);
    if (root) out.attribute(MARK, VERSION);
    if (kind !== 'string' || root) out.attribute(TYPE, kind);
    if (nameEscaped || textEscaped)
      out.attribute(ESCAPED, [...(nameEscaped ? ['name'] : []), ...(textEscaped ? ['text'] : [])].join(' '));
  }

  close(tag: string): void {
    this.out.ascii('</');
    this.out.literal(tag);
    this.out.ascii('>');
  }

  text(opening: Opening, text: string): void {
    const clean = isXmlText(text);
    this.begin(opening, 'string', !clean);
    this.out.ascii('>');
    this.out.text(clean ? text : escaped(text));
    this.close(opening.tag);
  }

  line(depth: number): void {
    this.out.ascii(`\n${'  '.repeat(Math.min(depth, MOST_INDENT))}`);
  }

  base64(data: Uint8Array): void {
    this.out.reserve(base64Length(data.length));
    this.out.at = encodeBase64(data, this.out.bytes, this.out.at);
  }

  /** The elements of an array that are no texts of fixed form, each in an element. */
  items(array: NDArray, from: number, to: number, depth: number): void {
    for (let i = from; i < to; i++) {
      this.line(depth);
      if (array.dtype === 'bytes') {
        this.out.ascii('<item>');
        this.base64(array.data[i] as Uint8Array);
        this.out.ascii('</item>');
      } else this.element({ tag: ITEM }, elementAt(array, i), depth + 1);
    }
  }

  #scalar(value: Value): void {
    const { out } = this;
    if (typeof value === 'number') {
      out.reserve(MAX_FLOAT_LENGTH);
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) out.ascii(String(value));
      else if (Number.isFinite(value)) out.at = formatFloat64(Float64Array.of(value), 0, out.bytes, out.at);
      else out.ascii(Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF');
    } else if (value instanceof Date) out.ascii(Number.isNaN(value.getTime()) ? 'NaT' : value.toISOString());
    else if (value instanceof Uint8Array) this.base64(value);
    else out.ascii(String(value));
  }

  #record(opening: Opening, record: ValueRecord, depth: number): void {
    this.begin(opening, 'record');
    let empty = true;
    for (const name of Object.keys(record)) {
      const member = record[name];
      if (member === undefined) continue;
      if (empty) this.out.ascii('>');
      empty = false;
      this.line(depth);
      this.element(memberOpening(name), member, depth + 1);
    }
    this.#end(opening, empty, depth);
  }

  #list(opening: Opening, list: readonly Value[], depth: number): void {
    this.begin(opening, 'list');
    if (list.length > 0) this.out.ascii('>');
    for (const item of list) {
      this.line(depth);
      this.element({ tag: ITEM }, item, depth + 1);
    }
    this.#end(opening, list.length === 0, depth);
  }

  #end(opening: Opening, empty: boolean, depth: number): void {
    if (empty) return this.out.ascii('/>');
    this.line(depth - 1);
    this.close(opening.tag);
  }

  #array(opening: Opening, held: NDArray, depth: number): void {
    const array = toCOrder(held);
    const { dtype, shape, unit } = array;
    this.begin(opening, 'array');
    this.out.attribute('dtype', dtype);
    this.out.attribute('shape', shape.join(' '));
    if (unit !== undefined) this.out.attribute('unit', unit);
    const { size } = array;
    if (size === 0) return this.out.ascii('/>');
    this.out.ascii('>');
    const write = cellWriter(array);
    if (write === undefined) {
      this.items(array, 0, size, depth);
      this.line(depth - 1);
    } else this.#elements(write, size, shape.at(-1) ?? 1);
    this.close(opening.tag);
  }

  /** Elements with blanks between them, a line for each run along the last dimension. */
  #elements(write: (writer: XmlWriter, index: number) => void, size: number, width: number): void {
    const { out } = this;
    let column = 0;
    for (let start = 0; start < size; start += BATCH) {
      const end = Math.min(size, start + BATCH);
      out.reserve((end - start) * (CELL_ROOM + 1));
      for (let i = start; i < end; i++) {
        if (i > 0) out.bytes[out.at++] = column === 0 ? 0x0a : 0x20;
        write(out, i);
        if (++column === width) column = 0;
      }
    }
  }

  #tagged(opening: Opening, value: Tagged, depth: number): void {
    this.begin(opening, 'tagged');
    this.out.attribute('tag', value.tag);
    this.out.ascii('>');
    this.line(depth);
    this.element({ tag: 'value' }, value.value, depth + 1);
    if (value.attributes !== undefined) {
      this.line(depth);
      this.element({ tag: 'attributes' }, value.attributes, depth + 1);
    }
    this.#end(opening, false, depth);
  }

  #pairs(opening: Opening, { entries }: Pairs, depth: number): void {
    this.begin(opening, 'pairs');
    if (entries.length > 0) this.out.ascii('>');
    for (const [key, value] of entries) {
      this.line(depth);
      this.out.ascii('<pair>');
      this.element({ tag: 'key' }, key, depth + 2);
      this.element({ tag: 'value' }, value, depth + 2);
      this.out.ascii('</pair>');
    }
    this.#end(opening, entries.length === 0, depth);
  }

  /** What carries attributes stands beside them, so that its own element stays as it is. */
  #attributed(opening: Opening, value: Value, depth: number): void {
    this.begin(opening, 'attributed');
    this.out.ascii('>');
    this.line(depth);
    this.#bare({ tag: 'value' }, value, depth + 1);
    this.line(depth);
    this.element({ tag: 'attributes' }, attributesOf(value) ?? null, depth + 1);
    this.#end(opening, false, depth);
  }

  #bare(opening: Opening, value: Value, depth: number): void {
    if (isNDArray(value)) this.#array(opening, value, depth);
    else if (isTable(value)) writeTable(this, opening, value, depth);
    else this.#record(opening, value as ValueRecord, depth);
  }
}

/** A member of a record: its name is the tag where it may be one. */
export function memberOpening(name: string): Opening {
  return isTag(name) ? { tag: name } : { tag: MEMBER, name };
}

export function isTag(name: string): boolean {
  return isCommonName(name) && !/^xml/i.test(name);
}

function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'integer';
    default:
  }
  if (value === null) return 'null';
  const attributes = attributesOf(value);
  if (attributes !== undefined && Object.keys(attributes).length > 0) return 'attributed';
  if (isNDArray(value)) return 'array';
  if (isTable(value)) return 'table';
  if (isTagged(value)) return 'tagged';
  if (isPairs(value)) return 'pairs';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'date';
  if (value instanceof Uint8Array) return 'bytes';
  if (isRecord(value)) return 'record';
  throw new FormatError(
    'unsupported',
    `write ${kindOfValue(value)} as XML: it is not a value of this model`,
    { format: 'xml' },
  );
}
