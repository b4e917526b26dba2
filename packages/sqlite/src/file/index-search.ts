import type { Budget } from '@formatlab/core';
import { RecordFields } from '../cells/record.js';
import { compareBytes } from '../write/database-builder.js';
import { cellAt, childOf, isLeaf, PAGE, parseCell, parsePage } from './btree.js';
import { corrupt } from './faults.js';
import type { Job } from './job.js';
import type { Pager } from './pager.js';
import { readPayload } from './payload.js';

const MOST_DEPTH = 20;

/** The rowid that an index over one column of text has for a key, or undefined. The key is in the file's encoding. */
export function* findInIndex(
  pager: Pager,
  root: number,
  key: Uint8Array,
  budget: Budget,
): Job<number | undefined> {
  let number = root;
  for (let depth = 0; depth < MOST_DEPTH; depth++) {
    const page = parsePage(pager, number, pager.now(number) ?? (yield* pager.fetch(number)));
    if (page.type !== PAGE.leafIndex && page.type !== PAGE.interiorIndex)
      throw corrupt(`page ${number}`, 'is of a table, and stands in an index');
    let low = 0;
    let high = page.cells;
    while (low < high) {
      const middle = (low + high) >> 1;
      const cell = parseCell(pager, page, cellAt(pager, page, middle));
      const record = yield* readPayload(pager, page, cell, 0, cell.size, budget);
      const { text, rowid } = parseKey(record);
      const order = compareBytes(text, key);
      if (order === 0) return rowid;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    if (isLeaf(page)) return undefined;
    number = childOf(pager, page, low);
  }
  throw corrupt(`page ${number}`, `lies deeper than ${MOST_DEPTH} levels`);
}

function parseKey(record: Uint8Array): { readonly text: Uint8Array; readonly rowid: number } {
  const fields = new RecordFields();
  fields.read(record, 0, record.byteLength, record.byteLength, 2);
  if (fields.count < 2 || fields.serials[1]! > 9) throw corrupt('index', 'a record has no rowid');
  const at = fields.places[1]!;
  let rowid = fields.serials[1] === 9 ? 1 : 0;
  for (let i = 0; i < fields.sizeOf(1); i++) rowid = rowid * 256 + record[at + i]!;
  return { text: record.subarray(fields.places[0]!, fields.places[0]! + fields.sizeOf(0)), rowid };
}
