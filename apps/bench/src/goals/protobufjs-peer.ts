import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, isTable, type Table } from '@formatlab/core';
import { float64Of, type Side, type SideInput, shapeOf } from './side.js';

/** As its users would have it: packed doubles, or one message a row with its own field a column. */
export async function protobufjs({ value, operation, folder }: SideInput): Promise<Side> {
  const { default: library } = await import('protobufjs');
  const path = join(folder, 'direct.pb');
  const { root } = library.parse(isTable(value) ? schemaOf(value) : ARRAY, { keepCase: true });
  const type = root.lookupType(isTable(value) ? 'Rows' : 'Numbers');
  const message = isTable(value)
    ? { rows: rowsOf(value) }
    : { shape: shapeOf(value), data: float64Of(value) };
  const write = (): void => writeFileSync(path, type.encode(message).finish());
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    run() {
      // Fields are those of the schema above.
      const decoded = type.decode(readFileSync(path)) as unknown as { data?: number[] };
      return isTable(value) ? decoded : Float64Array.from(decoded.data!);
    },
  };
}

const ARRAY = 'syntax = "proto3"; message Numbers { repeated uint32 shape = 1; repeated double data = 2; }';

const TYPES: Readonly<Record<string, string>> = {
  bool: 'bool',
  int8: 'int32',
  int16: 'int32',
  int32: 'int32',
  int64: 'int64',
  datetime64: 'int64',
  timedelta64: 'int64',
  uint8: 'uint32',
  uint16: 'uint32',
  uint32: 'uint32',
  uint64: 'uint64',
  float32: 'float',
  float64: 'double',
};

function schemaOf(table: Table): string {
  const fields = table.columns.map(({ type }, i) => {
    const name = type.kind === 'scalar' ? (TYPES[type.dtype] ?? 'string') : 'string';
    return `optional ${name} c${i} = ${i + 1};`;
  });
  return `syntax = "proto3"; message Row { ${fields.join(' ')} } message Rows { repeated Row rows = 1; }`;
}

/** Its encoder writes 0 for a bigint: 64-bit integers are given as numbers. */
function rowsOf(table: Table): object[] {
  const cells = table.columns.map(cellsOf);
  return Array.from({ length: table.rows }, (_, row) => {
    const message: Record<string, unknown> = {};
    cells.forEach((cell, i) => {
      const value = cell(row);
      if (value !== null) message[`c${i}`] = typeof value === 'bigint' ? Number(value) : value;
    });
    return message;
  });
}
