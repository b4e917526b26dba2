import { columnsOfRows, rowObjects, tableOfColumns } from '../columns.js';
import { type ColumnOutline, dtypeOf, isPlainTable, type OutlineOf } from '../outline.js';
import { type NodePeer, peerWork } from '../peer.js';

/** The calls used here: the package has no types of its own. */
interface ParquetLite {
  readonly ParquetSchema: new (fields: Readonly<Record<string, { readonly type: string }>>) => object;
  readonly ParquetWriter: {
    openFile(
      schema: object,
      path: string,
    ): Promise<{ appendRow(row: object): Promise<void>; close(): Promise<void> }>;
  };
  readonly ParquetReader: {
    openFile(path: string): Promise<{
      getCursor(): { next(): Promise<Record<string, unknown> | null> };
      close(): Promise<void>;
    }>;
  };
}

/** Row by row: its only way. */
export async function parquetjsLite(): Promise<NodePeer> {
  const name = 'parquetjs-lite';
  const { default: library } = (await import(name)) as { default: ParquetLite };
  return (outline) => {
    if (!isPlainTable(outline)) return undefined;
    return peerWork({
      given: (value) => rowObjects(value, 'ticks', 'number'),
      async write(path, rows) {
        const writer = await library.ParquetWriter.openFile(schemaOf(library, outline), path);
        for (const row of rows) await writer.appendRow(row);
        await writer.close();
      },
      async read(path) {
        const reader = await library.ParquetReader.openFile(path);
        const cursor = reader.getCursor();
        const rows: Record<string, unknown>[] = [];
        for (let row = await cursor.next(); row !== null; row = await cursor.next()) rows.push(row);
        await reader.close();
        return columnsOfRows(outline, rows);
      },
      value: (found) => tableOfColumns(outline, found, 'ticks'),
    });
  };
}

const TYPES: Readonly<Record<string, string>> = {
  float64: 'DOUBLE',
  int32: 'INT32',
  int64: 'INT64',
  datetime64: 'INT64',
  string: 'UTF8',
  bool: 'BOOLEAN',
};

function schemaOf(library: ParquetLite, { columns }: OutlineOf<'table'>): object {
  const fields = columns.map((column: ColumnOutline) => [column.name, { type: TYPES[dtypeOf(column)]! }]);
  return new library.ParquetSchema(Object.fromEntries(fields) as Record<string, { type: string }>);
}
