import { type Column, childPath } from '@formatlab/core';
import { type FileColumn, flatColumn } from '../column/collect.js';
import type { ReadEnv } from '../column/env.js';
import type { FlatTarget } from '../column/read-flat.js';
import { corrupt, unsupported } from '../corrupt.js';
import { type ColumnData, loadSlices, memoryOf, NS_PER_TICK, roomFor } from '../encoding/load.js';
import { leafPath } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A flat column that is filled with the physical values that a library gives, one at a time. */
export class ForeignColumn {
  readonly leaf: Leaf;
  readonly #column: FileColumn;
  readonly #rows: number;
  readonly #target: FlatTarget;

  /** @throws FormatError `unsupported` for a column of lists, structs or maps */
  constructor(column: FileColumn, rows: number, engine: string, env: ReadEnv) {
    const { field } = column;
    const path = childPath('', column.name);
    if (field.kind !== 'leaf') {
      throw unsupported(
        `read '${path}' by ${engine}: nested columns are read by the default engine`,
        'nested columns',
        { path, supported: ['formatlab'] },
      );
    }
    const { leaf } = field;
    env.budget.takeItems(rows, `column '${column.name}' of ${rows} rows`);
    // The library's own values come on top.
    env.budget.takeBytes(memoryOf(leaf, rows) + rows * (8 + 1), `column '${column.name}' of ${rows} rows`);
    this.leaf = leaf;
    this.#column = column;
    this.#rows = rows;
    this.#target = { data: roomFor(leaf, rows), valid: leaf.maxDef > 0 ? new Uint8Array(rows) : undefined };
  }

  /** @throws FormatError `corrupt` for a null in a required column */
  set(row: number, value: unknown): void {
    const { data, valid } = this.#target;
    if (value === null || value === undefined) {
      if (valid === undefined) throw corrupt(`read '${leafPath(this.leaf)}': a null in a required column`);
      return;
    }
    if (valid !== undefined) valid[row] = 1;
    loadOne(this.leaf, value, data, row);
  }

  finish(): Column {
    return flatColumn(this.#column, this.leaf, this.#rows, this.#target);
  }
}

/** A physical value as JavaScript libraries give it: boolean, number, bigint, bytes; text may be decoded already. */
function loadOne(leaf: Leaf, value: unknown, data: ColumnData, at: number): void {
  const { load, type } = leaf.kind;
  // Each way to load has its own class of data.
  const out = data as unknown as { [index: number]: unknown };
  switch (load) {
    case 'same':
      if (value instanceof Uint8Array) out[at] = value[0]! | (value[1]! << 8);
      else
        out[at] =
          type.dtype === 'uint64'
            ? unsigned(value as bigint)
            : type.dtype === 'uint32'
              ? (value as number) >>> 0
              : value;
      break;
    case 'narrow':
    case 'bool':
      out[at] = Number(value);
      if (out[at] !== Number(value))
        throw corrupt(`read '${leafPath(leaf)}': '${value}' is no ${type.dtype}`);
      break;
    case 'widen':
      out[at] = BigInt(value as number);
      break;
    case 'int96': {
      const ticks = (value as bigint) / NS_PER_TICK[type.unit!]!;
      if (ticks < -(2n ** 63n) || ticks >= 2n ** 63n)
        throw unsupported(`read '${leafPath(leaf)}': an INT96 timestamp out of range`, 'INT96 out of range', {
          path: leafPath(leaf),
        });
      out[at] = ticks;
      break;
    }
    case 'text':
      out[at] = typeof value === 'string' ? value : decodeText(leaf, value as Uint8Array);
      break;
    default: {
      const bytes = value as Uint8Array;
      loadSlices(
        leaf,
        { bytes, starts: Int32Array.of(0), ends: Int32Array.of(bytes.byteLength) },
        data,
        at,
        0,
      );
    }
  }
  if (leaf.kind.factor !== undefined) out[at] = (out[at] as bigint) / BigInt(leaf.kind.factor);
}

/** A signed value as the unsigned one of the same bits. */
function unsigned(value: bigint): bigint {
  return value < 0n ? value + 2n ** 64n : value;
}

function decodeText(leaf: Leaf, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw corrupt(`read '${leafPath(leaf)}': not UTF-8`, undefined, error);
  }
}
