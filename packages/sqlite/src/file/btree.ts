import { corrupt } from './faults.js';
import type { Job } from './job.js';
import type { Pager } from './pager.js';
import { readRowid, readVarint, varintLength } from './varint.js';

/** Types of pages (file format, 1.6). */
export const PAGE = { interiorIndex: 2, interiorTable: 5, leafIndex: 10, leafTable: 13 } as const;
/** SQLite's own limit: deeper needs more pages than there can be. */
const MOST_DEPTH = 20;
const LEAF_HEADER = 8;
const INTERIOR_HEADER = 12;
/** Children whose heads are looked at in one request. */
const HEADS_AT_ONCE = 512;

/** A b-tree page whose header was checked. */
export interface TreePage {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly type: number;
  readonly cells: number;
  /** Where the cell pointers begin. */
  readonly pointers: number;
}

/** Where a cell's payload lies. */
export interface Cell {
  /** 0 in indexes. */
  readonly rowid: number | bigint;
  /** Bytes of the payload. */
  readonly size: number;
  /** Place of the payload in the page. */
  readonly at: number;
  /** Bytes of it that belong into the page. */
  readonly local: number;
  /** Bytes of it that do lie in the page: fewer in a damaged one. */
  readonly there: number;
  /** First overflow page, or 0. */
  readonly overflow: number;
}

/** @throws FormatError `corrupt` */
export function parsePage(pager: Pager, number: number, bytes: Uint8Array): TreePage {
  const start = number === 1 ? 100 : 0;
  const type = bytes[start]!;
  const interior = type === PAGE.interiorIndex || type === PAGE.interiorTable;
  if (!interior && type !== PAGE.leafIndex && type !== PAGE.leafTable)
    throw corrupt(
      `page ${number}`,
      `type ${type} is not that of a b-tree page`,
      offsetOf(pager, number, start),
    );
  const cells = (bytes[start + 3]! << 8) | bytes[start + 4]!;
  // Each cell takes at least 4 bytes and a pointer of 2.
  if (cells > (pager.pageSize - 8) / 6)
    throw corrupt(`page ${number}`, `${cells} cells have no room`, offsetOf(pager, number, start + 3));
  return { number, bytes, type, cells, pointers: start + (interior ? INTERIOR_HEADER : LEAF_HEADER) };
}

/** Place of cell `index` in the page. SQLite masks it instead of checking, and so a cell may lie anywhere. */
export function cellAt(pager: Pager, page: TreePage, index: number): number {
  const at = page.pointers + 2 * index;
  return ((page.bytes[at]! << 8) | page.bytes[at + 1]!) & (pager.pageSize - 1);
}

/** The payload of the cell at `at`: of a table leaf, an index leaf, or an index page with a child before it. */
export function parseCell(pager: Pager, page: TreePage, at: number): Cell {
  const { bytes, type } = page;
  let place = type === PAGE.interiorIndex ? at + 4 : at;
  const size = readVarint(bytes, place);
  place += varintLength(bytes, place);
  let rowid: number | bigint = 0;
  if (type === PAGE.leafTable) {
    rowid = readRowid(bytes, place);
    place += varintLength(bytes, place);
  }
  const { usable } = pager;
  const most = type === PAGE.leafTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (place >= pager.pageSize)
    throw corrupt(`page ${page.number}`, 'a cell begins at its end', offsetOf(pager, page.number, at));
  let local = size;
  if (size > most) {
    const least = Math.floor(((usable - 12) * 32) / 255) - 23;
    const wanted = least + ((size - least) % (usable - 4));
    local = wanted <= most ? wanted : least;
  }
  const end = place + local;
  // As in SQLite a cell may run over the end of its page as long as nothing of what lies there is asked for.
  const there = Math.max(0, Math.min(local, pager.pageSize - place));
  const overflow = local < size && end + 4 <= pager.pageSize ? uint32(bytes, end) : 0;
  return { rowid, size, at: place, local, there, overflow };
}

/** Pages that a walk entered: on the way down none twice, and in all not many more than the file has. */
class Visits {
  readonly #above: number[] = [];
  readonly #most: number;
  #count = 0;

  constructor(pager: Pager) {
    // SQLite reads a damaged tree in which a page stands twice; unbounded, such trees would take forever.
    this.#most = 2 * pager.count + 16;
  }

  get count(): number {
    return this.#count;
  }

  enter(page: number, depth: number): void {
    this.#above.length = depth;
    if (this.#above.includes(page)) throw corrupt(`page ${page}`, 'stands below itself');
    this.#above.push(page);
    this.pass(page);
  }

  /** A leaf that is not looked into. */
  pass(page: number): void {
    if (++this.#count > this.#most) throw corrupt(`page ${page}`, 'the tree has more pages than the file');
  }
}

/** What a walk over a tree is told. */
export interface Visitor {
  /** A leaf page, in order; a false answer ends the walk. */
  leaf(page: TreePage): Job<boolean>;
  /** In indexes: the cell of an interior page that stands between two children. */
  between?(page: TreePage, index: number): Job<boolean>;
  /** Rows in the leaf `page` are passed over without looking at it, where its count allows. */
  skip?(cells: number): boolean;
}

/**
 * Visits the leaves of a tree from left to right. Cycles end here.
 *
 * @throws FormatError `corrupt`
 */
export function* walkTree(pager: Pager, root: number, isTable: boolean, visitor: Visitor): Job<void> {
  const visits = new Visits(pager);
  const enter = function* (number: number, depth: number): Job<boolean> {
    const page = yield* enterPage(pager, number, isTable, depth, visits);
    if (isLeaf(page)) return yield* visitor.leaf(page);
    const children = childrenOf(pager, page);
    const counts = visitor.skip === undefined ? undefined : yield* leafCounts(pager, page.number, children);
    for (let i = 0; i < children.length; i++) {
      const count = counts?.[i];
      if (count !== undefined && visitor.skip!(count)) visits.pass(children[i]!);
      else {
        if (pager.inMemory(children[i]!) === undefined) yield* pager.ahead(children.slice(i));
        if (!(yield* enter(children[i]!, depth + 1))) return false;
      }
      if (i < page.cells && visitor.between !== undefined && !(yield* visitor.between(page, i))) return false;
    }
    return true;
  };
  yield* enter(root, 0);
}

/** Rows of a table, by the headers of its leaves. Undefined where that takes more than `mostLeaves`. */
export function* countRows(pager: Pager, root: number, mostLeaves: number): Job<number | undefined> {
  const visits = new Visits(pager);
  let rows = 0;
  const enter = function* (number: number, depth: number): Job<boolean> {
    const page = yield* enterPage(pager, number, true, depth, visits);
    if (isLeaf(page)) {
      rows += page.cells;
      return true;
    }
    const children = childrenOf(pager, page);
    if (visits.count + children.length > mostLeaves) return false;
    const counts = yield* leafCounts(pager, page.number, children);
    for (let i = 0; i < children.length; i++) {
      const count = counts[i];
      if (count === undefined) {
        if (!(yield* enter(children[i]!, depth + 1))) return false;
        continue;
      }
      visits.pass(children[i]!);
      rows += count;
    }
    return true;
  };
  return (yield* enter(root, 0)) ? rows : undefined;
}

/** The row with this rowid, or undefined. */
export function* findRow(
  pager: Pager,
  root: number,
  rowid: number | bigint,
): Job<{ readonly page: TreePage; readonly cell: Cell } | undefined> {
  const visits = new Visits(pager);
  let number = root;
  for (let depth = 0; ; depth++) {
    const page = yield* enterPage(pager, number, true, depth, visits);
    const { cells } = page;
    let low = 0;
    let high = cells;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keyOf(pager, page, middle) < rowid) low = middle + 1;
      else high = middle;
    }
    if (isLeaf(page)) {
      if (low === cells) return undefined;
      const cell = parseCell(pager, page, cellAt(pager, page, low));
      return cell.rowid === rowid ? { page, cell } : undefined;
    }
    number = childOf(pager, page, low);
  }
}

export function isLeaf(page: TreePage): boolean {
  return page.type >= PAGE.leafIndex;
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function keyOf(pager: Pager, page: TreePage, index: number): number | bigint {
  const at = cellAt(pager, page, index);
  if (page.type === PAGE.interiorTable) return readRowid(page.bytes, at + 4);
  return readRowid(page.bytes, at + varintLength(page.bytes, at));
}

function* enterPage(
  pager: Pager,
  number: number,
  isTable: boolean,
  depth: number,
  visits: Visits,
): Job<TreePage> {
  if (depth >= MOST_DEPTH) throw corrupt(`page ${number}`, `lies deeper than ${MOST_DEPTH} levels`);
  visits.enter(number, depth);
  const page = parsePage(pager, number, pager.now(number) ?? (yield* pager.fetch(number)));
  const wanted = isTable
    ? page.type === PAGE.leafTable || page.type === PAGE.interiorTable
    : page.type === PAGE.leafIndex || page.type === PAGE.interiorIndex;
  if (!wanted)
    throw corrupt(
      `page ${number}`,
      `is of ${isTable ? 'an index' : 'a table'}, and stands in ${isTable ? 'a table' : 'an index'}`,
      offsetOf(pager, number, 0),
    );
  if (depth > 0 && page.cells === 0)
    throw corrupt(`page ${number}`, 'has no cells', offsetOf(pager, number, 0));
  return page;
}

function childrenOf(pager: Pager, page: TreePage): number[] {
  return Array.from({ length: page.cells + 1 }, (_, i) => childOf(pager, page, i));
}

/** The child left of cell `index` of an interior page, or the last one. @throws FormatError `corrupt` */
export function childOf(pager: Pager, page: TreePage, index: number): number {
  const at = index < page.cells ? cellAt(pager, page, index) : page.pointers - 4;
  const child = at + 4 <= pager.pageSize ? uint32(page.bytes, at) : 0;
  if (child < 1 || child > pager.count)
    throw corrupt(
      `page ${page.number}`,
      `child ${child} is not one of ${pager.count} pages`,
      offsetOf(pager, page.number, 0),
    );
  return child;
}

/** Cells of each child that is a table leaf, else undefined. All children of a page are of one kind. */
function* leafCounts(
  pager: Pager,
  parent: number,
  children: readonly number[],
): Job<readonly (number | undefined)[]> {
  const known = pager.leafCounts.get(parent);
  if (known !== undefined) return known;
  const counts: (number | undefined)[] = [];
  for (let from = 0; from < children.length; from += HEADS_AT_ONCE) {
    const heads = yield* pager.heads(children.slice(from, from + HEADS_AT_ONCE), LEAF_HEADER);
    for (const head of heads)
      counts.push(head[0] === PAGE.leafTable ? (head[3]! << 8) | head[4]! : undefined);
    if (counts[from] === undefined && from === 0) return children.map(() => undefined);
  }
  pager.leafCounts.set(parent, counts);
  return counts;
}

function offsetOf(pager: Pager, page: number, at: number): number {
  return (page - 1) * pager.pageSize + at;
}
