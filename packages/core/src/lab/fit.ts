import type { Capabilities, RootKind } from '../contract/capabilities.js';
import { FormatError } from '../errors.js';
import type { Loss } from '../loss.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import type { DType } from '../values/dtype.js';
import { isNDArray, type NDArray } from '../values/nd-array.js';
import { fromNested, scalarArray } from '../values/nested.js';
import { childPath } from '../values/path.js';
import { type Column, isTable, Table } from '../values/table.js';
import { isRecord, kindOfValue, newRecord, type Value, type ValueRecord } from '../values/value.js';
import { castArray } from './cast.js';
import { fitTree } from './fit-tree.js';

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

class Fitting {
  readonly #target: FitTarget;
  readonly #loss: (loss: Loss) => void;
  readonly #roots: ReadonlySet<RootKind>;
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
    if (this.#roots.has('tree')) return this.#tree(value);
    if (isRecord(value) && this.#roots.has('entries')) return this.#entries(value);
    if (this.#roots.has('array')) {
      const array = this.#asArray(value, '');
      if (array !== undefined) return this.#array(array, '');
    }
    return this.#refuse(value, isRecord(value) ? 'record of named entries' : kindOfValue(value));
  }

  #entries(record: { readonly [name: string]: Value }): Value {
    this.#attributes(record, '');
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

  #tree(value: Value): Value {
    return fitTree(value, {
      id: this.#target.id,
      references: this.#target.can.references,
      fitLeaf: (leaf, path) => (isNDArray(leaf) ? this.#array(leaf, path) : this.#table(leaf, path)),
      checkRecord: (record, path) => this.#attributes(record, path),
    });
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
    const { unit: _unit, zone: _zone, decimal, ...type } = column.type;
    // Without its decimal type a column holds the numbers that it means, not the integers that they are kept as.
    if (decimal !== undefined && values.data instanceof Float64Array) {
      const unscaled = column.values.data as BigInt64Array;
      for (let row = 0; row < unscaled.length; row++)
        values.data[row] = Number(`${unscaled[row]}e-${decimal.scale}`);
    }
    return { ...column, type: { ...type, dtype: values.dtype }, values };
  }

  #attributes(value: NDArray | Table | ValueRecord, path: string): void {
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
