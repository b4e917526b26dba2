import { readFileSync, writeFileSync } from 'node:fs';
import { columnsOfTexts, rowObjects, tableOfColumns } from '../columns.js';
import { isPlainTable } from '../outline.js';
import { type NodePeer, peerWork } from '../peer.js';

/** A table as elements: rows with an element a column, as the library's users write it. */
export async function fastXmlParser(): Promise<NodePeer> {
  const { XMLBuilder, XMLParser } = await import('fast-xml-parser');
  return (outline) => {
    if (!isPlainTable(outline)) return undefined;
    const builder = new XMLBuilder({});
    return peerWork({
      given: (value) => rowObjects(value, 'iso', 'text'),
      write: (path, rows) => writeFileSync(path, builder.build({ table: { row: rows } })),
      read(path) {
        const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'row' });
        const parsed = parser.parse(readFileSync(path).toString('utf8')) as {
          table: { row: readonly Readonly<Record<string, string>>[] };
        };
        const { row: rows } = parsed.table;
        return columnsOfTexts(outline, rows.length, (row, _, name) => rows[row]![name]!);
      },
      value: (found) => tableOfColumns(outline, found, 'ms'),
    });
  };
}
