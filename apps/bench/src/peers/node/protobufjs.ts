import { readFileSync, writeFileSync } from 'node:fs';
import { namedArrays, valueOfArrays } from '../arrays.js';
import { type FoundColumn, rowObjects, tableOfColumns } from '../columns.js';
import { type ColumnOutline, dtypeOf, isFloat64, isPlainTable, type OutlineOf } from '../outline.js';
import { type NodePeer, type PeerWork, peerWork } from '../peer.js';

type Library = typeof import('protobufjs');

/** As its users would have it: packed doubles, or one message a row with its own field a column. */
export async function protobufjs(): Promise<NodePeer> {
  const { default: library } = await import('protobufjs');
  return (outline) => {
    if (isPlainTable(outline)) return rows(outline, library);
    if (!isFloat64(outline) || outline.kind !== 'array') return undefined;
    const type = library.parse(ARRAY, { keepCase: true }).root.lookupType('Numbers');
    return peerWork({
      given(value) {
        const [{ shape, data }] = namedArrays(value) as [ReturnType<typeof namedArrays>[number]];
        return { shape, data };
      },
      write: (path, message) => writeFileSync(path, type.encode(message).finish()),
      // The one field of doubles in the schema below.
      read: (path) =>
        Float64Array.from((type.decode(readFileSync(path)) as unknown as { data: readonly number[] }).data),
      value: (found) => valueOfArrays(outline, [found]),
    });
  };
}

const ARRAY = 'syntax = "proto3"; message Numbers { repeated uint32 shape = 1; repeated double data = 2; }';

const TYPES: Readonly<Record<string, string>> = {
  bool: 'bool',
  int32: 'int32',
  int64: 'int64',
  datetime64: 'int64',
  float64: 'double',
};

/** Its encoder writes 0 for a bigint: 64-bit integers are given as numbers. They come back as objects of its own. */
function rows(outline: OutlineOf<'table'>, library: Library): PeerWork {
  const type = library.parse(schemaOf(outline.columns), { keepCase: true }).root.lookupType('Rows');
  return peerWork({
    given: (value) => ({
      rows: rowObjects(value, 'ticks', 'number').map((row) =>
        Object.fromEntries(Object.values(row).map((cell, i) => [`c${i}`, cell])),
      ),
    }),
    write: (path, message) => writeFileSync(path, type.encode(message).finish()),
    read: (path) => type.decode(readFileSync(path)) as unknown as { rows: Record<string, unknown>[] },
    value: (found) => {
      const columns = outline.columns.map(
        (_, i): FoundColumn => found.rows.map((row) => plain(row[`c${i}`])),
      );
      return tableOfColumns(outline, columns, 'ticks');
    },
  });
}

function schemaOf(columns: readonly ColumnOutline[]): string {
  const fields = columns.map(
    (column, i) => `optional ${TYPES[dtypeOf(column)] ?? 'string'} c${i} = ${i + 1};`,
  );
  return `syntax = "proto3"; message Row { ${fields.join(' ')} } message Rows { repeated Row rows = 1; }`;
}

/** A 64-bit integer is an object with its halves, or a number. */
function plain(cell: unknown): unknown {
  if (typeof cell !== 'object' || cell === null || !('low' in cell)) return cell;
  return BigInt(String(cell));
}
