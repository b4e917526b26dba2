import { type Budget, FormatError, type Loss, newRecord, Pairs, Tagged, type Value } from '@formatlab/core';
import {
  type Node,
  PyBytearray,
  PyDict,
  PyFar,
  PyGlobal,
  PyList,
  PyObject,
  PyReference,
  PySet,
  PyTuple,
} from '../machine/nodes.js';
import { valueOfForm } from './forms.js';
import { knownValue, partsOf } from './known.js';

export interface ConvertOptions {
  readonly budget: Budget;
  readonly loss: (loss: Loss) => void;
  readonly order: 'C' | 'keep';
}

/**
 * Values of nodes. Every container is made empty first and filled later from a list of things to do: cycles and
 * shared parts come out as they are, and depth costs no stack.
 */
export class Converter {
  readonly options: ConvertOptions;
  readonly #made = new Map<object, Value>();
  /** Whose value is being made: containers are made before what they hold, other objects are not. */
  readonly #open = new Set<object>();
  readonly #tasks: (() => void)[] = [];

  constructor(options: ConvertOptions) {
    this.options = options;
  }

  root(node: Node): Value {
    const value = this.of(node, 0);
    for (let task = this.#tasks.pop(); task !== undefined; task = this.#tasks.pop()) task();
    return value;
  }

  /** The value of a node; what it holds is filled in before {@link root} returns. */
  of(node: Node, depth: number): Value {
    if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node;
    const known = this.#made.get(node);
    if (known !== undefined) return known;
    this.options.budget.checkDepth(depth, 'pickle');
    if (this.#open.has(node))
      throw new FormatError('unsupported', 'read pickle: an object is made of itself', {
        format: 'pickle',
        feature: 'cycles through the parts of a value',
        ...(node instanceof PyObject ? { offset: node.at } : {}),
      });
    this.#open.add(node);
    const value = this.#shell(node, depth);
    this.#open.delete(node);
    this.#made.set(node, value);
    return value;
  }

  /** A list that is filled later. */
  list(nodes: readonly Node[], depth: number): Value[] {
    const items: Value[] = [];
    this.#tasks.push(() => {
      for (const node of nodes) items.push(this.of(node, depth + 1));
    });
    return items;
  }

  /** Does `task` before {@link root} returns. */
  after(task: () => void): void {
    this.#tasks.push(task);
  }

  /** Puts the values of nodes into `items`, later. */
  fill(items: Value[], nodes: readonly Node[], depth: number): void {
    this.#tasks.push(() => {
      for (let i = 0; i < nodes.length; i++) items[i] = this.of(nodes[i]!, depth + 1);
    });
  }

  /** A record where all keys are strings, else pairs. */
  mapping(pairs: readonly Node[], depth: number): Value {
    for (let i = 0; i < pairs.length; i += 2)
      if (typeof pairs[i] !== 'string') return this.pairs(pairs, depth);
    const record = newRecord();
    this.#tasks.push(() => {
      for (let i = 0; i < pairs.length; i += 2)
        record[pairs[i] as string] = this.of(pairs[i + 1]!, depth + 1);
    });
    return record;
  }

  /** Of equal keys the last value counts, in the place of the first, as in a dict. */
  pairs(pairs: readonly Node[], depth: number): Pairs {
    const entries: [Value, Value][] = [];
    this.#tasks.push(() => {
      const seen = new Map<unknown, [Value, Value]>();
      for (let i = 0; i < pairs.length; i += 2) {
        const key = keyOf(pairs[i]!);
        const value = this.of(pairs[i + 1]!, depth + 1);
        const before = key === undefined ? undefined : seen.get(key);
        if (before !== undefined) {
          before[1] = value;
          continue;
        }
        const entry: [Value, Value] = [this.of(pairs[i]!, depth + 1), value];
        if (key !== undefined) seen.set(key, entry);
        entries.push(entry);
      }
    });
    return new Pairs(entries);
  }

  #shell(node: Exclude<Node & object, Uint8Array>, depth: number): Value {
    if (node instanceof PyFar) return node.read();
    if (node instanceof PyList) return this.list(node.items, depth);
    if (node instanceof PyDict) return valueOfForm(node, this, depth) ?? this.mapping(node.pairs, depth);
    if (node instanceof PyTuple) return new Tagged('tuple', this.list(node.items, depth));
    if (node instanceof PySet)
      return new Tagged(node.frozen ? 'frozenset' : 'set', this.list(node.items, depth));
    if (node instanceof PyBytearray) return new Tagged('bytearray', node.bytes);
    if (node instanceof PyGlobal) return globalOf(node);
    if (node instanceof PyReference) return new Tagged(node.kind, this.of(node.id, depth + 1));
    return knownValue(node, this, depth) ?? this.object(node, depth);
  }

  /** An object of a class that means nothing here: what it would have been made of, by name. */
  object(node: PyObject, depth: number): Tagged {
    const parts = partsOf(node);
    const record = newRecord();
    record['class'] = this.of(parts.callee, depth + 1);
    if (parts.making === 'call') record['made'] = 'call';
    if (parts.args.length > 0) record['args'] = this.list(parts.args, depth);
    if (parts.kwargs !== undefined) record['kwargs'] = this.mapping(parts.kwargs.pairs, depth);
    const { state } = parts;
    if (state !== undefined) {
      // Later: an object may be its own state.
      record['state'] = null;
      this.after(() => {
        record['state'] = this.of(state, depth + 1);
      });
    }
    if (node.items.length > 0) record['items'] = this.list(node.items, depth);
    if (node.entries.length > 0) record['entries'] = this.mapping(node.entries, depth);
    return new Tagged('object', record);
  }
}

export function globalOf(node: PyGlobal): Tagged {
  const record = newRecord();
  record['module'] = node.module;
  record['name'] = node.name;
  return new Tagged('global', record);
}

/** What equal keys have in common: `1`, `1.0` and `True` are one. Undefined for keys that are not compared. */
function keyOf(node: Node): unknown {
  if (typeof node === 'boolean') return Number(node);
  if (typeof node === 'bigint') return Number.isSafeInteger(Number(node)) ? Number(node) : node;
  return typeof node === 'object' && node !== null ? undefined : node;
}
