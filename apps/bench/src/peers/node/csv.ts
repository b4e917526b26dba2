import { readFileSync, writeFileSync } from 'node:fs';
import { isNDArray, type Table, toNested, type Value } from '@formatlab/core';
import { valueOfArrays } from '../arrays.js';
import { cellReaders, columnsOfTexts, type FoundColumn, tableOfColumns } from '../columns.js';
import { isFloat64, isPlainTable } from '../outline.js';
import { type NodePeer, type PeerWork, peerWork } from '../peer.js';

/** Numbers into one Float64Array. Converting the cells here is faster than `dynamicTyping`, which tests for dates. */
export async function papaparse(): Promise<NodePeer> {
  const { default: papa } = await import('papaparse');
  return (outline) => {
    if (isPlainTable(outline)) {
      return peerWork({
        given: rowsWithHeader,
        write: (path, rows) => writeFileSync(path, papa.unparse(rows, { newline: '\n' })),
        read(path): FoundColumn[] {
          const { data } = papa.parse<string[]>(readFileSync(path).toString('utf8'));
          return columnsOfTexts(outline, data.length - 1, (row, column) => data[row + 1]![column]!);
        },
        value: (found) => tableOfColumns(outline, found, 'ms'),
      });
    }
    if (!isFloat64(outline) || outline.kind !== 'array' || outline.shape.length !== 2) return undefined;
    const [height = 0, width = 0] = outline.shape;
    return peerWork({
      given: (value) => (isNDArray(value) ? toNested(value) : value) as unknown as number[][],
      write: (path, rows) => writeFileSync(path, papa.unparse(rows)),
      read(path) {
        const { data } = papa.parse<string[]>(readFileSync(path).toString('latin1'));
        const numbers = new Float64Array(height * width);
        let at = 0;
        for (const row of data) for (const cell of row) numbers[at++] = Number(cell);
        return numbers;
      },
      value: (found) => valueOfArrays(outline, [found]),
    });
  };
}

/** Its own typed columns, by its own schema. It has no writer: the file is Papa Parse's. */
export async function udsv(): Promise<NodePeer> {
  const writer = await papaparse();
  const { inferSchema, initParser } = await import('udsv');
  return async (outline) => {
    const written = await writer(outline);
    if (written === undefined || !isPlainTable(outline)) return undefined;
    const work: PeerWork = {
      ...written,
      read(path) {
        const text = readFileSync(path).toString('utf8');
        return initParser(inferSchema(text)).typedCols(text);
      },
      // Lists of cells, in the order of the file.
      value: (found) => tableOfColumns(outline, found as FoundColumn[], 'ms'),
    };
    return work;
  };
}

function rowsWithHeader(value: Value): (string | number)[][] {
  const { columns, rows } = value as Table;
  const cells = cellReaders(value, 'iso');
  const body = Array.from({ length: rows }, (_, row) =>
    cells.map((cell) => {
      const item = cell(row);
      return typeof item === 'number' ? item : String(item);
    }),
  );
  return [columns.map(({ name }) => name), ...body];
}
