import {
  attributesOf,
  type Budget,
  cellsOf,
  childPath,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type Loss,
  type NDArray,
  newRecord,
  type Table,
  toNested,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { isPlainName, isXmlText } from '../parse/characters.js';
import { ATTRIBUTE, CONTENT, type Tree } from './tree.js';

export interface TreeContext {
  readonly budget: Budget;
  loss(loss: Loss): void;
}

/** A document of one root element. */
export interface TreeDocument {
  /** Undefined where the value is not one element: it needs one around it. */
  readonly name: string | undefined;
  readonly tree: Tree;
}

/**
 * A value as elements by name. What plain XML has no types for becomes text, with reported losses.
 *
 * @throws FormatError `unsupported` for names that are none in XML, and characters that it does not have
 */
export function toTree(value: Value, context: TreeContext): TreeDocument {
  const making = new Making(context);
  if (isRecord(value)) {
    const names = Object.keys(value);
    const [name = ''] = names;
    const member = value[name];
    if (names.length === 1 && isPlainName(name) && member !== undefined && !isMany(member))
      return { name, tree: making.one(member, childPath('', name), 1) };
  }
  if (isMany(value)) {
    making.lose('', 'type', kindOfValue(value), 'a record of elements');
    const tree = newRecord() as { [name: string]: Tree | readonly Tree[] };
    tree['item'] = making.many(value, '', 1);
    return { name: undefined, tree };
  }
  if (!isRecord(value)) making.lose('', 'type', kindOfValue(value), 'a record with text');
  else if (CONTENT in value || Object.keys(value).some((name) => name.startsWith(ATTRIBUTE)))
    making.lose('', 'type', 'attributes of no element', 'attributes of the element around them');
  const tree = making.one(value, '', 1);
  return { name: undefined, tree };
}

/** Lists, arrays and tables are elements that repeat. */
function isMany(value: Value): value is readonly Value[] | NDArray | Table {
  return Array.isArray(value) || isTable(value) || (isNDArray(value) && value.shape.length > 0);
}

class Making {
  readonly #context: TreeContext;

  constructor(context: TreeContext) {
    this.#context = context;
  }

  lose(path: string, kind: Loss['kind'], from: string, to: string): void {
    this.#context.loss({ path, kind, from, to });
  }

  /** One element's content. */
  one(value: Value, path: string, depth: number): Tree {
    this.#context.budget.checkDepth(depth, 'XML');
    if (isMany(value)) {
      this.lose(path, 'type', kindOfValue(value), "a record with 'item'");
      const record = newRecord() as { [name: string]: Tree | readonly Tree[] };
      record['item'] = this.many(value, path, depth + 1);
      return record;
    }
    if (isRecord(value)) return this.#record(value, path, depth);
    return this.#text(value, path);
  }

  many(value: readonly Value[] | NDArray | Table, path: string, depth: number): readonly Tree[] {
    const items = Array.isArray(value)
      ? (value as readonly Value[])
      : this.#itemsOf(value as NDArray | Table, path);
    if (items.length < 2)
      this.lose(path, 'type', `a list of ${items.length}`, items.length === 0 ? 'nothing' : 'its element');
    return items.map((item, i) => this.one(item, childPath(path, i), depth));
  }

  #itemsOf(value: NDArray | Table, path: string): readonly Value[] {
    this.lose(path, 'type', kindOfValue(value), 'elements that repeat');
    if (isNDArray(value)) return toNested(value) as readonly Value[];
    const cells = value.columns.map((column) => [column.name, cellsOf(column)] as const);
    return Array.from({ length: value.rows }, (_, row) => {
      const record = newRecord();
      for (const [name, cell] of cells) {
        const item = cell(row);
        if (item !== null) record[name] = item;
      }
      return record;
    });
  }

  #record(value: ValueRecord, path: string, depth: number): Tree {
    const tree = newRecord() as { [name: string]: Tree | readonly Tree[] };
    const attributes = attributesOf(value);
    if (attributes !== undefined) this.lose(path, 'attributes', 'attributes', 'nothing');
    const names = Object.keys(value);
    for (const name of names) {
      const member = value[name];
      if (member === undefined) continue;
      const inner = childPath(path, name);
      if (name.startsWith(ATTRIBUTE) || name === CONTENT) {
        if (name !== CONTENT && !isPlainNameOrPrefixed(name.slice(1))) throw refuseName(name, inner);
        tree[name] = this.#text(member, inner);
        continue;
      }
      if (!isPlainNameOrPrefixed(name)) throw refuseName(name, inner);
      tree[name] = isMany(member) ? this.many(member, inner, depth + 1) : this.one(member, inner, depth + 1);
    }
    if (names.length === 0 && path !== '') this.lose(path, 'type', 'an empty record', "''");
    if (names.length === 1 && names[0] === CONTENT) this.lose(path, 'type', 'a record of text', 'the text');
    else if (CONTENT in value && /^[\x20\t\r\n]*$/.test(String(value[CONTENT])))
      this.lose(path, 'dropped', 'blank text', 'nothing');
    return tree;
  }

  #text(value: Value, path: string): string {
    const text = textOf(value, path);
    if (typeof value !== 'string')
      this.lose(path, value === null ? 'null' : 'type', kindOfValue(value), 'text');
    if (!isXmlText(text)) {
      throw new FormatError(
        'unsupported',
        `write the text at '${path}' as XML: it has characters that XML does not have`,
        { format: 'xml', path, feature: 'characters' },
      );
    }
    return text;
  }
}

function isPlainNameOrPrefixed(name: string): boolean {
  const parts = name.split(':');
  return parts.length <= 2 && parts.every(isPlainName);
}

function textOf(value: Value, path: string): string {
  if (value === null) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'NaT' : value.toISOString();
  if (typeof value === 'object') {
    const scalar = isNDArray(value) ? toNested(value) : undefined;
    if (scalar !== undefined && (scalar === null || typeof scalar !== 'object')) return String(scalar);
    const what = isTagged(value) || isPairs(value) ? kindOfValue(value) : 'this value';
    throw new FormatError('unsupported', `write ${what} at '${path}' as plain XML: it is no text`, {
      format: 'xml',
      path,
      feature: kindOfValue(value),
    });
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

function refuseName(name: string, path: string): FormatError {
  return new FormatError(
    'unsupported',
    `write a member named '${name}' as plain XML: that is no name of an element`,
    { format: 'xml', path, feature: 'names', found: name },
  );
}
