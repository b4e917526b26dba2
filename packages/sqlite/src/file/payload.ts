import { allocateBytes, type Budget } from '@formatlab/core';
import { type Cell, type TreePage, uint32 } from './btree.js';
import { corrupt } from './faults.js';
import type { Job } from './job.js';
import type { Pager } from './pager.js';

/** Overflow pages that are read at once where the chain runs through the file in order. */
const RUN_BYTES = 4 * 2 ** 20;
/** Links that are followed at once on the guess that they run in order. */
const LINKS_AT_ONCE = 1024;

/**
 * Bytes `from` to `to` of a cell's payload: a view where they lie in the page, else a copy put together from the
 * overflow pages.
 *
 * @throws FormatError `corrupt` when the chain ends early, leaves the file or runs in a circle
 */
export function* readPayload(
  pager: Pager,
  page: TreePage,
  cell: Cell,
  from: number,
  to: number,
  budget: Budget,
): Job<Uint8Array> {
  if (to <= cell.there) return page.bytes.subarray(cell.at + from, cell.at + to);
  if (cell.at + cell.local > pager.usable)
    throw corrupt(
      `page ${page.number}`,
      `a row of ${cell.size} bytes runs over its end`,
      (page.number - 1) * pager.pageSize + cell.at,
    );
  const size = to - from;
  const perPage = pager.usable - 4;
  // Before the memory is taken: a size that the file has no pages for is a lie.
  if ((cell.size - cell.local) / perPage > pager.count)
    throw corrupt(
      `page ${page.number}`,
      `a row of ${cell.size} bytes, the database has ${pager.count} pages`,
    );
  budget.takeBytes(size, `row of ${cell.size} bytes`);
  const out = allocateBytes(size);
  let written = 0;
  if (from < cell.local) {
    out.set(page.bytes.subarray(cell.at + from, cell.at + cell.local));
    written = cell.local - from;
  }
  const behind = from + written - cell.local;
  const skipped = Math.floor(behind / perPage);
  let next = cell.overflow;
  let inPage = behind - skipped * perPage;
  // Every step takes bytes of a bounded size, and so a circle ends; one that gives bytes twice is found by links.
  if (skipped > 0) next = yield* skipLinks(pager, next, skipped);
  // Of a chain that does not run in order no more is read at once than was of use before.
  const longest = Math.floor(RUN_BYTES / pager.pageSize);
  let guess = longest;
  while (written < size) {
    const most = Math.min(guess, Math.ceil((inPage + size - written) / perPage));
    // Whole pages that have room in what is not written yet are read there, and their data moved over the links.
    const room = Math.min(most, Math.floor((size - written) / pager.pageSize));
    const inPlace = room > 1 && pager.readRun(next, room, out.subarray(written));
    const run = most > 1 && !inPlace ? yield* pager.run(next, most) : undefined;
    const bytes = inPlace ? out : (run ?? pager.now(next) ?? (yield* pager.fetch(next)));
    const pages = inPlace ? room : run === undefined ? 1 : most;
    const start = inPlace ? written : 0;
    let used = 0;
    for (let inOrder = true; inOrder && used < pages && written < size; used++) {
      const base = start + used * pager.pageSize;
      const count = Math.min(perPage - inPage, size - written);
      const link = uint32(bytes, base);
      if (inPlace) out.copyWithin(written, base + 4 + inPage, base + 4 + inPage + count);
      else out.set(bytes.subarray(base + 4 + inPage, base + 4 + inPage + count), written);
      written += count;
      inPage = 0;
      inOrder = link === next + 1;
      next = link;
    }
    guess = used < pages ? used : Math.min(2 * guess, longest);
  }
  return out;
}

/** The page that lies `count` links behind `first`: heads of pages are read on the guess that they run in order. */
function* skipLinks(pager: Pager, first: number, count: number): Job<number> {
  let page = first;
  let left = count;
  while (left > 0) {
    const most = Math.min(left, LINKS_AT_ONCE, pager.count - page + 1);
    const heads = yield* pager.heads(
      Array.from({ length: Math.max(1, most) }, (_, i) => page + i),
      4,
    );
    for (const head of heads) {
      const next = uint32(head, 0);
      left--;
      const inOrder = next === page + 1;
      page = next;
      if (!inOrder || left === 0) break;
    }
  }
  return page;
}

/** Places of `count` bytes of a payload in the file, from its byte `from` on: for writing over them. */
export function* placesOfPayload(
  pager: Pager,
  page: TreePage,
  cell: Cell,
  from: number,
  count: number,
): Job<readonly { readonly at: number; readonly length: number }[]> {
  const places: { at: number; length: number }[] = [];
  let left = count;
  let at = from;
  if (at < cell.local) {
    const length = Math.min(cell.local - at, left);
    places.push({ at: (page.number - 1) * pager.pageSize + cell.at + at, length });
    at += length;
    left -= length;
  }
  const perPage = pager.usable - 4;
  const start = at - cell.local;
  let number = yield* skipLinks(pager, cell.overflow, Math.floor(start / perPage));
  let inPage = start % perPage;
  while (left > 0) {
    const length = Math.min(perPage - inPage, left);
    places.push({ at: (number - 1) * pager.pageSize + 4 + inPage, length });
    left -= length;
    inPage = 0;
    if (left > 0) number = yield* skipLinks(pager, number, 1);
  }
  return places;
}
