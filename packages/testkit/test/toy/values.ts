import {
  type Budget,
  itemSize,
  NDArray,
  newRecord,
  Pairs,
  sizeOfShape,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
  viewData,
  withAttributes,
} from '@formatlab/core';
import { type Blob, corrupt } from './layout.js';
import type { ArrayNode, Node, TableNode } from './nodes.js';

/** Gives the bytes of a blob, checked. */
export type Fetch = (blob: Blob) => Uint8Array;

/** The value that a node describes. @throws FormatError `corrupt`, `limit` */
export function decodeNode(node: Node, fetch: Fetch, budget: Budget, depth = 0): Value {
  budget.checkDepth(depth, 'toy file');
  budget.takeItems(1, 'toy file');
  const inner = (item: Node): Value => decodeNode(item, fetch, budget, depth + 1);
  switch (node.kind) {
    case 'plain':
      return node.value;
    case 'number':
      return new Float64Array(BigUint64Array.of(BigInt(`0x${node.bits}`)).buffer)[0]!;
    case 'bigint':
      return BigInt(node.text);
    case 'text':
      return node.text;
    case 'date':
      return new Date(node.time ?? Number.NaN);
    case 'bytes':
      return fetch(node.blob).slice();
    case 'list':
      return node.items.map(inner);
    case 'pairs':
      return pairsOf(node.items.map(inner));
    case 'tagged':
      return node.attributes === null
        ? new Tagged(node.tag, inner(node.value))
        : new Tagged(node.tag, inner(node.value), inner(node.attributes) as ValueRecord);
    case 'record': {
      const record = newRecord();
      for (const [name, member] of node.members) record[name] = inner(member);
      return record;
    }
    case 'array':
      return withAttributesOf(arrayOf(node, fetch, budget, inner), node.attributes, inner);
    case 'table':
      return withAttributesOf(tableOf(node, fetch, budget, inner), node.attributes, inner);
  }
}

function arrayOf(
  { dtype, shape, unit, data }: ArrayNode,
  fetch: Fetch,
  budget: Budget,
  inner: (item: Node) => Value,
): NDArray {
  const count = sizeOfShape(shape);
  if (Array.isArray(data))
    return new NDArray({ dtype, shape, data: data.map(inner) as NDArray['data'], unit: unit ?? undefined });
  const blob = data as Blob;
  if (blob.length !== count * itemSize(dtype))
    throw corrupt(`read array of shape [${shape}]: ${blob.length} bytes`, blob.at);
  budget.takeBytes(blob.length, `array of shape [${shape}]`);
  const bytes = fetch(blob).slice();
  return new NDArray({ dtype, shape, data: viewData(dtype, bytes, count), unit: unit ?? undefined });
}

function tableOf(
  { rows, columns }: TableNode,
  fetch: Fetch,
  budget: Budget,
  inner: (item: Node) => Value,
): Table {
  budget.takeItems(rows * columns.length, `table of ${rows} rows`);
  return new Table(
    rows,
    columns.map(({ name, type, values, valid }) => ({
      name,
      type,
      // A column's values were written as an array or a list.
      values: inner(values) as NDArray | readonly Value[],
      ...(valid === null ? {} : { valid: fetch(valid).slice() }),
    })),
  );
}

function withAttributesOf<V extends NDArray | Table>(
  value: V,
  attributes: Node | null,
  inner: (item: Node) => Value,
): V {
  return attributes === null ? value : withAttributes(value, inner(attributes) as ValueRecord);
}

function pairsOf(flat: readonly Value[]): Pairs {
  return new Pairs(
    Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!] as const),
  );
}
