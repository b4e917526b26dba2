import { readFileSync, writeFileSync } from 'node:fs';
import { isNDArray, type NDArray, type Table, type Value } from '@formatlab/core';
import type { ColumnSource } from 'hyparquet-writer';
import { type FoundColumn, tableOfColumns } from '../columns.js';
import { isPlainTable } from '../outline.js';
import { type NodePeer, peerWork } from '../peer.js';

/** Columns to and from typed arrays where the type has one: the way of its users that makes no rows. */
export async function hyparquet(): Promise<NodePeer> {
  const { parquetRead } = await import('hyparquet');
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  return (outline) => {
    if (!isPlainTable(outline)) return undefined;
    return peerWork({
      given: columnsOf,
      write: (path, columnData) => writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData }))),
      async read(path) {
        const { buffer, byteOffset, byteLength } = readFileSync(path);
        const whole = byteOffset === 0 && byteLength === buffer.byteLength;
        const file = whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
        const chunks: { columnName: string; columnData: ArrayLike<unknown> }[] = [];
        // Files of Node are no shared memory.
        await parquetRead({ file: file as ArrayBuffer, onChunk: (chunk) => void chunks.push(chunk) });
        return chunks;
      },
      value(chunks) {
        const columns = outline.columns.map(({ name }): FoundColumn => {
          const own = chunks.filter(({ columnName }) => columnName === name);
          return own.flatMap(({ columnData }) => Array.from(columnData));
        });
        return tableOfColumns(outline, columns, 'ticks');
      },
    });
  };
}

const TYPES: Readonly<Record<string, NonNullable<ColumnSource['type']>>> = {
  float64: 'DOUBLE',
  int32: 'INT32',
  int64: 'INT64',
  datetime64: 'INT64',
  string: 'STRING',
  bool: 'BOOLEAN',
};

function columnsOf(value: Value): ColumnSource[] {
  return (value as Table).columns.map(({ name, values }) => {
    if (!isNDArray(values)) throw new TypeError(`give column '${name}' to hyparquet-writer: it is not flat`);
    const type = TYPES[values.dtype];
    if (type === undefined) throw new TypeError(`give column '${name}' to hyparquet-writer: no type for it`);
    return { name, type, data: dataOf(values), nullable: false };
  });
}

function dataOf({ dtype, data }: NDArray): ColumnSource['data'] {
  // A bool is one byte of 0 or 1; the other dtypes have arrays that the library takes as they are.
  return dtype === 'bool'
    ? Array.from(data as Uint8Array, (bit) => bit === 1)
    : (data as ColumnSource['data']);
}
