import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNDArray, isTable, type NDArray, type Table } from '@formatlab/core';
import type { ColumnSource } from 'hyparquet-writer';
import type { Side, SideInput } from './side.js';

/** Columns to and from typed arrays where the type has one: the way of its users that makes no rows. */
export async function hyparquet({ value, operation, folder }: SideInput): Promise<Side> {
  const { parquetRead } = await import('hyparquet');
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  if (!isTable(value)) throw new TypeError('measure hyparquet: the workload is no table');
  const path = join(folder, 'direct.parquet');
  const columnData = columnsOf(value);
  const write = (): void => writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    async run() {
      const { buffer, byteOffset, byteLength } = readFileSync(path);
      const whole = byteOffset === 0 && byteLength === buffer.byteLength;
      const file = whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
      const chunks: unknown[] = [];
      // Files of Node are no shared memory.
      await parquetRead({
        file: file as ArrayBuffer,
        onChunk: (chunk) => void chunks.push(chunk.columnData),
      });
      return chunks;
    },
    wrong: (result) =>
      (result as unknown[]).length >= columnData.length ? undefined : 'columns are missing',
  };
}

const TYPES: Readonly<Record<string, NonNullable<ColumnSource['type']>>> = {
  float64: 'DOUBLE',
  int64: 'INT64',
  datetime64: 'INT64',
  string: 'STRING',
  bool: 'BOOLEAN',
};

function columnsOf({ columns }: Table): ColumnSource[] {
  return columns.map(({ name, values }) => {
    if (!isNDArray(values)) throw new TypeError(`measure hyparquet: '${name}' is no flat column`);
    const type = TYPES[values.dtype];
    if (type === undefined) throw new TypeError(`measure hyparquet: no column of ${values.dtype}`);
    return { name, type, data: dataOf(values), nullable: false };
  });
}

function dataOf({ dtype, data }: NDArray): ColumnSource['data'] {
  // A bool is one byte of 0 or 1; the other dtypes have arrays that the library takes as they are.
  return dtype === 'bool'
    ? Array.from(data as Uint8Array, (bit) => bit === 1)
    : (data as ColumnSource['data']);
}
