import type { Budget, Value } from '@formatlab/core';
import { resolvePlain, type Version } from '../schema/resolve.js';
import { type Built, taggedCollection, taggedScalar } from '../schema/tags.js';
import type { Cursor } from './cursor.js';
import type { Properties } from './properties.js';

/** Memory of a node, as charged to the budget. */
const NODE_BYTES = 16;
const MERGE = '<<';
const MOST_KEYS = 1000;

/**
 * Which whole numbers were written as floats (`1.0`): a number alone does not tell. Of others the value does: it has
 * a fraction, is too large for an integer that is a number, or is −0.
 */
export class FloatMarks {
  readonly #lists = new WeakSet<object>();
  readonly #members = new WeakMap<object, Set<string>>();

  addItem(list: readonly Value[]): void {
    this.#lists.add(list);
  }

  addMember(record: object, name: string): void {
    const names = this.#members.get(record);
    if (names === undefined) this.#members.set(record, new Set([name]));
    else names.add(name);
  }

  /** Whether an item of the list was written as a float. */
  inList(list: readonly Value[]): boolean {
    return this.#lists.has(list);
  }

  inMember(record: object, name: string): boolean {
    return this.#members.get(record)?.has(name) === true;
  }
}

interface Anchored {
  readonly value: Value;
  readonly nodes: number;
  readonly float: boolean;
}

export interface NodeRules {
  readonly version: Version;
  /** Nodes that aliases may repeat in all. */
  readonly aliases: number;
}

/** Makes values of what the parser finds: resolves scalars, applies tags, keeps anchors, counts. */
export class Nodes {
  readonly marks = new FloatMarks();
  /** Of the node made last: whether it is a whole number written as a float. */
  float = false;
  /** Of the scalar made last: whether it is the key that merges maps into this one. */
  isMerge = false;
  /** Nodes so far, those that aliases repeat among them. */
  count = 0;
  version: Version;
  readonly #cursor: Cursor;
  readonly #budget: Budget;
  readonly #rules: NodeRules;
  #anchors = new Map<string, Anchored>();
  #repeated = 0;
  readonly #keys = new Map<string, string>();

  constructor(cursor: Cursor, budget: Budget, rules: NodeRules) {
    this.#cursor = cursor;
    this.#budget = budget;
    this.#rules = rules;
    this.version = rules.version;
  }

  /** Forgets the anchors of the document before. */
  startDocument(version: Version | undefined): void {
    this.#anchors = new Map();
    this.version = version ?? this.#rules.version;
  }

  checkDepth(depth: number): void {
    this.#budget.checkDepth(depth, 'YAML');
  }

  empty(properties: Properties | undefined): Value {
    return properties === undefined ? this.scalar(null, false) : this.plain('', properties);
  }

  plain(text: string, properties: Properties | undefined): Value {
    const { tag } = properties ?? NONE;
    if (tag !== undefined) return this.#tagged(taggedScalar(tag, text, true, this.version), properties!);
    const resolved = resolvePlain(text, this.version);
    const value = resolved === undefined ? text : resolved.value;
    this.scalar(value, resolved?.float === true && Number.isInteger(value));
    this.isMerge = text === MERGE;
    return this.#anchor(properties, value);
  }

  quoted(text: string, properties: Properties | undefined): Value {
    const { tag } = properties ?? NONE;
    if (tag !== undefined) return this.#tagged(taggedScalar(tag, text, false, this.version), properties!);
    return this.#anchor(properties, this.scalar(text, false));
  }

  /**
   * The same text, each time the same string: names stand in every row of a table, and V8 finds a member by a string
   * that it knows several times faster than by one that was just cut out of the file.
   */
  key(text: string): string {
    const known = this.#keys.get(text);
    if (known !== undefined) return known;
    if (this.#keys.size < MOST_KEYS) this.#keys.set(text, text);
    return text;
  }

  /** Counts a scalar that needs no more. */
  scalar(value: Value, float: boolean): Value {
    this.count++;
    this.float = float;
    this.isMerge = false;
    return value;
  }

  /** A list or map that has all its members; `before`: the count when it began. */
  collection(value: Value, properties: Properties | undefined, before: number): Value {
    const added = this.count - before;
    this.#budget.takeItems(added === 0 ? 1 : 0, 'YAML');
    this.scalar(value, false);
    if (properties === undefined) return value;
    if (properties.tag === undefined) return this.#anchor(properties, value, added + 1);
    return this.#tagged(taggedCollection(properties.tag, value), properties, added);
  }

  /** Charges the members of a collection. */
  charge(members: number): void {
    this.#budget.takeItems(members, 'YAML');
    this.#budget.takeBytes(members * NODE_BYTES, 'YAML');
  }

  alias(name: string): Value {
    const found = this.#anchors.get(name);
    if (found === undefined)
      throw this.#cursor.error(
        `the alias '*${name}' has no anchor before it that is complete`,
        this.#cursor.at - name.length - 1,
      );
    this.repeat(found.nodes);
    this.scalar(found.value, found.float);
    return found.value;
  }

  /** Counts nodes that stand in the value once more. @throws FormatError `limit` */
  repeat(nodes: number): void {
    this.#repeated += nodes;
    this.count += nodes;
    this.#budget.takeItems(nodes, 'nodes repeated by aliases of YAML');
    if (this.#repeated > this.#rules.aliases)
      throw this.#cursor.limit(
        `aliases repeat more than ${this.#rules.aliases} nodes; set 'aliases' to allow more`,
      );
  }

  #tagged(built: Built, properties: Properties, added = 0): Value {
    if ('fault' in built) throw this.#cursor.error(`tag '${properties.tag}': ${built.fault}`);
    const { value } = built;
    if (added === 0) this.scalar(value, built.float === true && Number.isInteger(value));
    return this.#anchor(properties, value, added + 1);
  }

  #anchor(properties: Properties | undefined, value: Value, nodes = 1): Value {
    if (properties?.anchor !== undefined)
      this.#anchors.set(properties.anchor, { value, nodes, float: this.float });
    return value;
  }
}

const NONE: Properties = { anchor: undefined, tag: undefined };
