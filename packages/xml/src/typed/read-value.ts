import {
  FormatError,
  isRecord,
  NDArray,
  newRecord,
  Pairs,
  sizeOfShape,
  Tagged,
  type Value,
  type ValueRecord,
  withAttributes,
} from '@formatlab/core';
import type { XmlScanner } from '../parse/scanner.js';
import { cellReader } from './cell-readers.js';
import { ElementReader } from './element-reader.js';
import { readTable } from './read-table.js';
import { SCALARS } from './scalars.js';
import { ITEM, MARK, TYPE, VERSION } from './vocabulary.js';

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
export class ValueReader extends ElementReader {
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

  record(): ValueRecord {
    const record = newRecord();
    while (this.child()) {
      const name = this.memberName();
      if (Object.hasOwn(record, name)) throw this.scanner.error(`member '${name}' stands twice`);
      record[name] = this.value();
    }
    return record;
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
}
