import type { Capabilities, RootKind } from '../contract/capabilities.js';
import { FormatError } from '../errors.js';
import type { Loss } from '../loss.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import type { DType } from '../values/dtype.js';
import { isNDArray, type NDArray } from '../values/nd-array.js';
import { fromNested, scalarArray } from '../values/nested.js';
import { childPath } from '../values/path.js';
import { type Column, isTable, Table } from '../values/table.js';
import { isPairs, isTagged } from '../values/tagged.js';
import { isRecord, kindOfValue, newRecord, type Value } from '../values/value.js';
import { castArray } from './cast.js';

export interface FitTarget {
  readonly id: string;
  readonly can: Capabilities;
}

/**
 * The value as the format can hold it: dtypes that it does not claim are converted, each with a reported
 * loss. What needs no change is returned as it is.
 *
 * @throws FormatError `unsupported` for a root, rank, reference or dtype without a home in the format
 */
export function fitValue(value: Value, target: FitTarget, loss: (loss: Loss) => void): Value {
  return new Fitting(target, loss).root(value);
}

const TREE_SAFE_DEPTH = 64;

class Fitting {
  readonly #target: FitTarget;
  readonly #loss: (loss: Loss) => void;
  readonly #roots: ReadonlySet<RootKind>;
  readonly #ancestors = new Set<object>();
  readonly #claimed: ReadonlySet<DType>;

  constructor(target: FitTarget, loss: (loss: Loss) => void) {
    this.#target = target;
    this.#loss = loss;
    this.#roots = new Set(target.can.roots);
    this.#claimed = new Set(target.can.dtypes.write);
  }

  root(value: Value): Value {
    if (isNDArray(value))
      return this.#roots.has('array') ? this.#array(value, '') : this.#refuse(value, 'array');
    if (isTable(value))
      return this.#roots.has('table') ? this.#table(value, '') : this.#refuse(value, 'table');
    if (this.#roots.has('tree')) return this.#walk(value, '', 0);
    if (isRecord(value) && this.#roots.has('entries')) return this.#entries(value);
    if (this.#roots.has('array')) {
      const array = this.#asArray(value, '');
      if (array !== undefined) return this.#array(array, '');
    }
    return this.#refuse(value, isRecord(value) ? 'record of named entries' : kindOfValue(value));
  }

  #entries(record: { readonly [name: string]: Value }): Value {
    const fitted = newRecord();
    for (const [name, member] of Object.entries(record)) {
      const path = childPath('', name);
      const array = this.#asArray(member, path);
      if (array !== undefined) fitted[name] = this.#array(array, path);
      else if (isTable(member) && this.#roots.has('table')) fitted[name] = this.#table(member, path);
      else {
        throw new FormatError(
          'unsupported',
          `write ${kindOfValue(member)} '${path}' as ${this.#target.id}: an entry is an array${this.#roots.has('table') ? ' or a table' : ''}`,
          { format: this.#target.id, path },
        );
      }
    }
    return copyAttributes(record, fitted);
  }

  /** A scalar is its 0-d array; nested lists become one with a loss. */
  #asArray(value: Value, path: string): NDArray | undefined {
    if (isNDArray(value)) return value;
    const scalar = scalarArray(value);
    if (scalar !== undefined) return scalar;
    if (!Array.isArray(value)) return undefined;
    const array = fromNested(value, path);
    this.#loss({ path, kind: 'type', from: 'nested lists', to: `${array.dtype} array` });
    return array;
  }

  #walk(value: Value, path: string, depth: number): Value {
    if (typeof value !== 'object' || value === null) return value;
    if (isNDArray(value)) return this.#array(value, path);
    if (isTable(value)) return this.#table(value, path);
    if (value instanceof Uint8Array || value instanceof Date) return value;
    // Only deep values pay for the search for cycles: a cycle gets deep by itself.
    const watch = depth > TREE_SAFE_DEPTH && !this.#target.can.references;
    if (watch) {
      if (this.#ancestors.has(value)) {
        throw new FormatError(
          'unsupported',
          `write '${path}' as ${this.#target.id}: the value contains itself`,
          { format: this.#target.id, path, feature: 'cycles' },
        );
      }
      this.#ancestors.add(value);
    } else if (this.#target.can.references) {
      if (this.#ancestors.has(value)) return value;
      this.#ancestors.add(value);
    }
    const fitted = this.#members(value, path, depth);
    if (watch) this.#ancestors.delete(value);
    return fitted;
  }

  #members(value: Value & object, path: string, depth: number): Value {
    if (Array.isArray(value)) {
      let changed: Value[] | undefined;
      for (let i = 0; i < value.length; i++) {
        const item: Value = value[i];
        if (typeof item !== 'object' || item === null) continue;
        const fitted = this.#walk(item, childPath(path, i), depth + 1);
        if (fitted !== item) (changed ??= [...value])[i] = fitted;
      }
      return changed ?? (value as Value);
    }
    if (isTagged(value) || isPairs(value)) return value;
    if (!isRecord(value)) {
      throw new FormatError(
        'unsupported',
        `write '${path}' as ${this.#target.id}: ${kindOfValue(value)} is not a value of this model`,
        { format: this.#target.id, path },
      );
    }
    let changed: { [name: string]: Value } | undefined;
    for (const name in value) {
      const item = value[name]!;
      if (typeof item !== 'object' || item === null) continue;
      const fitted = this.#walk(item, childPath(path, name), depth + 1);
      if (fitted !== item) (changed ??= Object.assign(newRecord(), value))[name] = fitted;
    }
    return changed === undefined ? value : copyAttributes(value, changed);
  }

  #array(array: NDArray, path: string): NDArray {
    const { can, id } = this.#target;
    this.#attributes(array, path);
    if (array.shape.length > can.maxRank) {
      throw new FormatError(
        'unsupported',
        `write array '${path}' of ${array.shape.length} dimensions as ${id}: at most ${can.maxRank}`,
        { format: id, path, feature: 'rank' },
      );
    }
    if (this.#claimed.has(array.dtype)) return array;
    return copyAttributes(array, castArray(array, can.dtypes.write, path, this.#loss, id));
  }

  #table(table: Table, path: string): Table {
    this.#attributes(table, path);
    if (table.columns.every((column) => !isNDArray(column.values) || this.#claimed.has(column.values.dtype)))
      return table;
    return copyAttributes(
      table,
      new Table(
        table.rows,
        table.columns.map((column) => this.#column(column, path)),
      ),
    );
  }

  #column(column: Column, path: string): Column {
    if (!isNDArray(column.values) || this.#claimed.has(column.values.dtype) || column.type.kind !== 'scalar')
      return column;
    const values = castArray(
      column.values,
      this.#target.can.dtypes.write,
      childPath(path, column.name),
      this.#loss,
      this.#target.id,
    );
    const { unit: _unit, zone: _zone, ...type } = column.type;
    return { ...column, type: { ...type, dtype: values.dtype }, values };
  }

  #attributes(value: NDArray | Table, path: string): void {
    const attributes = attributesOf(value);
    if (attributes === undefined || this.#target.can.attributes) return;
    const count = Object.keys(attributes).length;
    if (count > 0) this.#loss({ path, kind: 'attributes', from: 'attributes', to: 'nothing', count });
  }

  #refuse(value: Value, what: string): never {
    const { id, can } = this.#target;
    throw new FormatError('unsupported', `write ${what} as ${id}: a file holds ${can.roots.join(' or ')}`, {
      format: id,
      feature: 'root',
      found: kindOfValue(value),
      supported: can.roots,
    });
  }
}

function copyAttributes<V extends object>(from: object, to: V): V {
  const attributes = attributesOf(from);
  // Only arrays, tables and records come here, and they are what attributes ride on.
  return attributes === undefined || from === to ? to : (withAttributes(to as never, attributes) as V);
}
