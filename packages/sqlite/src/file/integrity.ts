import { type Cell, cellAt, isLeaf, PAGE, parseCell, parsePage, type TreePage, uint32 } from './btree.js';
import { corrupt } from './faults.js';
import type { Job } from './job.js';
import type { Pager } from './pager.js';

/** Kinds of pages in the pointer map of a database with auto-vacuum (file format, 1.8). */
const MAP = { root: 1, free: 2, firstOverflow: 3, overflow: 4, tree: 5 } as const;
const PENDING_BYTE = 2 ** 30;
const MOST_DEPTH = 20;

interface Claim {
  readonly kind: number;
  readonly parent: number;
}

/**
 * Looks at every page of a database, as SQLite's `integrity_check` does with its structure: each page has one use,
 * cells lie in their page without overlap, rowids ascend, counts and the pointer map are right.
 *
 * @param roots root pages of all tables and indexes
 * @throws FormatError `corrupt`
 */
export function* checkIntegrity(pager: Pager, roots: readonly number[]): Job<void> {
  const check = new IntegrityCheck(pager);
  const first = yield* pager.fetch(1);
  yield* check.freelist(uint32(first, 32), uint32(first, 36));
  for (const root of new Set([1, ...roots])) yield* check.tree(root);
  const largest = uint32(first, 52);
  if (largest !== 0) yield* check.pointerMap();
  const most = Math.max(1, ...roots);
  if (largest !== 0 && largest !== most)
    throw corrupt('SQLite header', `largest root page ${largest}, it is ${most}`, 52);
  check.nothingLeft();
}

class IntegrityCheck {
  readonly #pager: Pager;
  readonly #claims = new Map<number, Claim>();

  constructor(pager: Pager) {
    this.#pager = pager;
  }

  *freelist(first: number, count: number): Job<void> {
    let seen = 0;
    for (let trunk = first; trunk !== 0; ) {
      this.#claim(trunk, MAP.free, 0);
      const bytes = yield* this.#pager.fetch(trunk);
      const leaves = uint32(bytes, 4);
      if (leaves > this.#pager.usable / 4 - 2)
        throw corrupt(`page ${trunk}`, `${leaves} free pages have no room in the list`);
      for (let i = 0; i < leaves; i++) this.#claim(uint32(bytes, 8 + 4 * i), MAP.free, 0);
      seen += 1 + leaves;
      trunk = uint32(bytes, 0);
    }
    if (seen !== count) throw corrupt('SQLite header', `${count} free pages, the list has ${seen}`, 36);
  }

  *tree(root: number): Job<void> {
    this.#claim(root, MAP.root, 0);
    yield* this.#page(root, 0, { last: undefined, depth: -1, isTable: undefined });
  }

  /** The pointer map says of each page what claimed it. */
  *pointerMap(): Job<void> {
    const { usable, count } = this.#pager;
    const perMap = Math.floor(usable / 5);
    for (let map = 2; map <= count; map += perMap + 1) {
      const page = map === this.#lockPage() ? map + 1 : map;
      this.#claim(page, 0, 0);
      const bytes = yield* this.#pager.fetch(page);
      for (let i = 0; i < perMap && page + 1 + i <= count; i++) {
        const claim = this.#claims.get(page + 1 + i);
        if (claim === undefined) continue;
        if (bytes[5 * i] !== claim.kind || uint32(bytes, 5 * i + 1) !== claim.parent)
          throw corrupt(`page ${page}`, `the pointer map is wrong about page ${page + 1 + i}`);
      }
    }
  }

  nothingLeft(): void {
    for (let page = 1; page <= this.#pager.count; page++)
      if (!this.#claims.has(page) && page !== this.#lockPage())
        throw corrupt(`page ${page}`, 'it is never used', (page - 1) * this.#pager.pageSize);
  }

  #lockPage(): number {
    return PENDING_BYTE / this.#pager.pageSize + 1;
  }

  #claim(page: number, kind: number, parent: number): void {
    if (page < 1 || page > this.#pager.count)
      throw corrupt(`page ${page}`, `it is used, the database has ${this.#pager.count}`);
    if (this.#claims.has(page))
      throw corrupt(`page ${page}`, 'it is used twice', (page - 1) * this.#pager.pageSize);
    this.#claims.set(page, { kind, parent });
  }

  /** `state`: the last rowid, how deep leaves lie, and what kind of tree it is. */
  *#page(
    number: number,
    depth: number,
    state: { last: number | bigint | undefined; depth: number; isTable: boolean | undefined },
  ): Job<void> {
    if (depth > MOST_DEPTH) throw corrupt(`page ${number}`, `lies deeper than ${MOST_DEPTH} levels`);
    const page = parsePage(this.#pager, number, yield* this.#pager.fetch(number));
    const isTable = page.type === PAGE.leafTable || page.type === PAGE.interiorTable;
    state.isTable ??= isTable;
    if (state.isTable !== isTable) throw corrupt(`page ${number}`, 'is of another kind than its tree');
    if (isLeaf(page)) {
      if (state.depth === -1) state.depth = depth;
      if (state.depth !== depth)
        throw corrupt(`page ${number}`, 'lies deeper or less deep than other leaves');
    }
    const used: { readonly from: number; readonly to: number }[] = [];
    for (let i = 0; i < page.cells; i++) {
      const at = this.#pointer(page, i);
      if (!isLeaf(page)) yield* this.#child(uint32(page.bytes, at), number, depth, state);
      const cell = page.type === PAGE.interiorTable ? undefined : parseCell(this.#pager, page, at);
      const end =
        cell === undefined ? interiorEnd(page, at) : cell.at + cell.local + (cell.local < cell.size ? 4 : 0);
      if (end > this.#pager.usable) throw corrupt(`page ${number}`, `cell ${i} ends after the page`);
      used.push({ from: at, to: Math.max(end, at + 4) });
      if (page.type === PAGE.leafTable) {
        if (state.last !== undefined && !(cell!.rowid > state.last))
          throw corrupt(`page ${number}`, `rowid ${cell!.rowid} of cell ${i} is out of order`);
        state.last = cell!.rowid;
      }
      if (cell !== undefined && cell.local < cell.size) yield* this.#overflow(page, cell);
    }
    this.#space(page, used);
    if (!isLeaf(page)) yield* this.#child(uint32(page.bytes, page.pointers - 4), number, depth, state);
  }

  *#child(
    child: number,
    parent: number,
    depth: number,
    state: { last: number | bigint | undefined; depth: number; isTable: boolean | undefined },
  ): Job<void> {
    this.#claim(child, MAP.tree, parent);
    yield* this.#page(child, depth + 1, state);
  }

  #pointer(page: TreePage, index: number): number {
    const at = page.pointers + 2 * index;
    const place = (page.bytes[at]! << 8) | page.bytes[at + 1]!;
    if (place < page.pointers + 2 * page.cells || place > this.#pager.usable - 4)
      throw corrupt(
        `page ${page.number}`,
        `cell ${index} lies outside of it`,
        (page.number - 1) * this.#pager.pageSize + at,
      );
    return cellAt(this.#pager, page, index);
  }

  *#overflow(page: TreePage, cell: Cell): Job<void> {
    const perPage = this.#pager.usable - 4;
    let number = cell.overflow;
    let parent = page.number;
    for (let left = cell.size - cell.local; left > 0; left -= perPage) {
      this.#claim(number, parent === page.number ? MAP.firstOverflow : MAP.overflow, parent);
      parent = number;
      number = uint32(yield* this.#pager.fetch(number), 0);
    }
    if (number !== 0) throw corrupt(`page ${parent}`, 'a chain of overflow pages is too long');
  }

  /** Cells and free blocks do not overlap, and the bytes between them are as many as the page says. */
  #space(page: TreePage, cells: readonly { readonly from: number; readonly to: number }[]): void {
    const { bytes, number } = page;
    const start = number === 1 ? 100 : 0;
    const at = (place: number): number => (bytes[place]! << 8) | bytes[place + 1]!;
    const content = at(start + 5) === 0 ? 65536 : at(start + 5);
    const used = [...cells];
    for (let block = at(start + 1), last = 0; block !== 0; ) {
      if (block <= last || block + 4 > this.#pager.usable || block + at(block + 2) > this.#pager.usable)
        throw corrupt(`page ${number}`, 'its free space is wrong');
      used.push({ from: block, to: block + at(block + 2) });
      last = block;
      block = at(block);
    }
    used.sort((a, b) => a.from - b.from);
    let end = Math.min(content, this.#pager.usable);
    let between = 0;
    for (const { from, to } of used) {
      if (from < end) throw corrupt(`page ${number}`, `byte ${from} has two uses`);
      between += from - end;
      end = to;
    }
    between += this.#pager.usable - end;
    if (between !== bytes[start + 7])
      throw corrupt(`page ${number}`, `${bytes[start + 7]} bytes are said to be lost, it is ${between}`);
  }
}

/** A child and a rowid. */
function interiorEnd(page: TreePage, at: number): number {
  let end = at + 4;
  for (let i = 0; i < 8 && page.bytes[end]! >= 0x80; i++) end++;
  return end + 1;
}
