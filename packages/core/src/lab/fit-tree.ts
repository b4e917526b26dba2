import { FormatError } from '../errors.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import { isNDArray, type NDArray } from '../values/nd-array.js';
import { joinPath } from '../values/path.js';
import { isTable, type Table } from '../values/table.js';
import { isPairs, isTagged, Pairs, Tagged } from '../values/tagged.js';
import { isRecord, kindOfValue, newRecord, type Value, type ValueRecord } from '../values/value.js';

/** What is done with the parts of a tree. */
export interface TreeFitter {
  /** Id of the format, for messages. */
  readonly id: string;
  /** Whether shared parts stay one, and cycles are held. */
  readonly references: boolean;
  /** An array or table as the format holds it: itself, where nothing changes. */
  fitLeaf(leaf: NDArray | Table, path: string): NDArray | Table;
  checkRecord(record: ValueRecord, path: string): void;
}

/**
 * The tree with every array and table fitted. Nothing is copied where none changes; where one does, the copy
 * has the same shared parts and cycles.
 *
 * @throws FormatError `unsupported` for a cycle in a format without references, and for what is no value
 */
export function fitTree(value: Value, fitter: TreeFitter): Value {
  const visit = new Visit(fitter);
  visit.enter(value, 0);
  return visit.swaps.size === 0 ? value : new Copy(visit.swaps).of(value);
}

/** Only what lies deeper pays for the search for cycles: a cycle gets deep by itself. */
const SAFE_DEPTH = 64;

class Visit {
  /** What has to be put in the place of an array or table. */
  readonly swaps = new Map<object, Value>();
  readonly #fitter: TreeFitter;
  readonly #names: (string | number)[] = [];
  /** With references: all that was met. Without: what lies above, from the safe depth on. */
  readonly #met = new Set<object>();

  constructor(fitter: TreeFitter) {
    this.#fitter = fitter;
  }

  enter(value: Value, depth: number): void {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Uint8Array || value instanceof Date) return;
    const { references } = this.#fitter;
    if (references || depth > SAFE_DEPTH) {
      if (this.#met.has(value)) {
        if (references) return;
        throw this.#refuse('the value contains itself', 'cycles');
      }
      this.#met.add(value);
    }
    if (isNDArray(value) || isTable(value)) {
      const fitted = this.#fitter.fitLeaf(value, this.#path());
      if (fitted !== value) this.swaps.set(value, fitted);
    } else this.#members(value, depth + 1);
    if (!references) this.#met.delete(value);
  }

  #members(value: Value & object, depth: number): void {
    if (Array.isArray(value)) this.#list(value, depth);
    else if (isTagged(value)) {
      this.enter(value.value, depth);
      if (value.attributes !== undefined) this.enter(value.attributes, depth);
    } else if (isPairs(value)) this.#list(value.entries.flat(), depth);
    else if (isRecord(value)) {
      this.#fitter.checkRecord(value, this.#names.length === 0 ? '' : this.#path());
      for (const name in value) this.#child(name, value[name]!, depth);
    } else throw this.#refuse(`${kindOfValue(value)} is not a value of this model`);
  }

  #list(items: readonly Value[], depth: number): void {
    for (let i = 0; i < items.length; i++) this.#child(i, items[i]!, depth);
  }

  #child(name: string | number, value: Value, depth: number): void {
    if (typeof value !== 'object' || value === null) return;
    this.#names.push(name);
    this.enter(value, depth);
    this.#names.pop();
  }

  #path(): string {
    return joinPath(this.#names.map(String));
  }

  #refuse(state: string, feature?: string): FormatError {
    const { id } = this.#fitter;
    const path = this.#path();
    return new FormatError('unsupported', `write '${path}' as ${id}: ${state}`, {
      format: id,
      path,
      feature,
    });
  }
}

class Copy {
  // Holds every copy from before its members are copied: what is met again is the same again.
  readonly #copies: Map<object, Value>;

  constructor(swaps: ReadonlyMap<object, Value>) {
    this.#copies = new Map(swaps);
  }

  of(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) {
      const copy: Value[] = [];
      this.#copies.set(value, copy);
      for (const item of value) copy.push(this.of(item));
      return copy;
    }
    if (isTagged(value)) {
      const copy = new Tagged(value.tag, null, value.attributes);
      this.#copies.set(value, copy);
      const attributes = value.attributes === undefined ? {} : { attributes: this.of(value.attributes) };
      // Read-only for everybody else: this one is not out of our hands yet.
      return Object.assign(copy, { value: this.of(value.value) }, attributes);
    }
    if (isPairs(value)) {
      const entries: (readonly [Value, Value])[] = [];
      const copy = new Pairs(entries);
      this.#copies.set(value, copy);
      for (const [key, item] of value.entries) entries.push([this.of(key), this.of(item)]);
      return copy;
    }
    return isRecord(value) ? this.#record(value) : value;
  }

  #record(value: ValueRecord): Value {
    const copy = newRecord();
    this.#copies.set(value, copy);
    for (const name of Object.keys(value)) copy[name] = this.of(value[name]!);
    const attributes = attributesOf(value);
    return attributes === undefined ? copy : withAttributes(copy, attributes);
  }
}
