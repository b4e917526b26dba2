import { newRecord, type Reader, sliceArray, sliceTable, type Value } from '@formatlab/core';
import { expectSame, expectTrue } from './expect.js';
import { countReads, type Moved, windowedSource } from './medium.js';
import { onReader } from './reading.js';
import { ENTRY_COUNT, largeArray, largeEntries, largeTable } from './samples/large.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** Bytes that finding the way in a file may cost on top of what was asked for: an index, a few pages of a library. */
export const SEEK_SLACK = 256 * 1024;
/** Bytes that listing from an index may cost on top of a hundredth of the file. */
export const INDEX_SLACK = 64 * 1024;
const INDEX_SHARE = 0.01;
/** A contiguous slice may be read in pieces that overlap its ends. */
const CONTIGUOUS_FACTOR = 2;
/** A slice by chunks reads less than this part of the file. */
const CHUNK_SHARE = 0.25;
/** Rows of a batch of the large table, which has hundreds of them. */
const BATCH_ROWS = 1000;
/** What is read at once, and for one batch: less than this part of the file. */
const BATCH_SHARE = 0.4;
/** How often the file may be read for all batches: once for the types, once for the rows, and what windows overlap. */
const MOST_PASSES = 3;

/** The grades of reading, by counting the bytes that pass the source. */
export function addReadingGrades(suite: Suite, subject: Subject): void {
  const { can } = subject;
  const named = can.roots.includes('tree') || can.roots.includes('entries');
  const file = memo(() => subject.encode(named ? largeEntries(can) : largeRoot(subject)));
  if (can.list !== 'whole')
    suite.add(`grade: list by ${can.list}`, async () => checkList(subject, await file()));
  if (can.readOne !== 'whole' && named)
    suite.add(`grade: read one by ${can.readOne}`, async () => checkReadOne(subject, await file()));
  if (
    can.slice !== 'none' &&
    can.maxRank > 0 &&
    can.dtypes.write.length > 0 &&
    (named || can.roots.includes('array'))
  ) {
    suite.add(`grade: slice of an array by ${can.slice}`, () =>
      checkArraySlice(subject, named && !can.roots.includes('array')),
    );
  } else if (can.slice !== 'none' && can.roots.includes('table')) {
    suite.add(`grade: slice of a table by ${can.slice}`, () => checkTableSlice(subject));
  }
  if (can.batches.read && can.roots.includes('table'))
    suite.add('grade: batches pass in windows', () => checkBatches(subject));
}

export function largeRoot(subject: Subject): Value {
  return subject.can.roots.includes('array') && subject.can.maxRank > 0
    ? largeArray(subject.can)
    : largeTable(subject.can);
}

/** Made on first use, and once. */
export function memo<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

async function checkList(subject: Subject, file: Uint8Array): Promise<void> {
  const moved = await counted(subject, file, async (reader) => {
    expectTrue((await reader.entries()).length > 0, 'list entries: there are none');
  });
  const size = file.byteLength;
  if (subject.can.list === 'index')
    expectAtMost(
      moved.read,
      size * INDEX_SHARE + INDEX_SLACK,
      `list the entries of a file of ${size} bytes, claimed by index`,
    );
  else expectAtMost(moved.read, size - 1, `list the entries of a file of ${size} bytes, claimed by scan`);
}

async function checkReadOne(subject: Subject, file: Uint8Array): Promise<void> {
  const whole = (await subject.decode(file)) as { readonly [name: string]: Value };
  const size = file.byteLength;
  const limit = subject.can.readOne === 'seek' ? size / ENTRY_COUNT + SEEK_SLACK : size + INDEX_SLACK;
  for (const name of ['e0', `e${ENTRY_COUNT / 2 + 1}`, `e${ENTRY_COUNT - 1}`]) {
    const moved = await counted(subject, file, async (reader) =>
      expectSame(whole[name]!, await reader.read(`/${name}`), `read '/${name}'`),
    );
    expectAtMost(
      moved.read,
      limit,
      `read one of ${ENTRY_COUNT} entries of a file of ${size} bytes, claimed by ${subject.can.readOne}`,
    );
  }
}

async function checkArraySlice(subject: Subject, inEntry: boolean): Promise<void> {
  const array = largeArray(subject.can);
  const file = await subject.encode(inEntry ? Object.assign(newRecord(), { big: array }) : array);
  const path = inEntry ? '/big' : '';
  const size = file.byteLength;
  const rows = array.shape[0]!;
  const slice = `${Math.floor(rows / 2)}:${Math.floor(rows / 2) + Math.ceil(rows / 100)}`;
  const share = Math.ceil(rows / 100) / rows;
  const moved = await counted(subject, file, async (reader) =>
    expectSame(sliceArray(array, slice), await reader.read(path, { slice }), `read [${slice}]`),
  );
  const limit =
    subject.can.slice === 'contiguous' ? size * share * CONTIGUOUS_FACTOR + SEEK_SLACK : size * CHUNK_SHARE;
  expectAtMost(
    moved.read,
    limit,
    `read [${slice}] of an array of ${size} bytes, claimed by ${subject.can.slice}`,
  );
  if (subject.can.slice !== 'chunk' || array.shape.length < 2) return;
  const block = '500:520,100:120';
  const blocked = await counted(subject, file, async (reader) =>
    expectSame(sliceArray(array, block), await reader.read(path, { slice: block }), `read [${block}]`),
  );
  expectAtMost(
    blocked.read,
    size * CHUNK_SHARE,
    `read [${block}] of an array of ${size} bytes, claimed by chunk`,
  );
}

async function checkTableSlice(subject: Subject): Promise<void> {
  const table = largeTable(subject.can);
  const file = await subject.encode(table);
  const slice = '1000:1100';
  const moved = await counted(subject, file, async (reader) =>
    expectSame(sliceTable(table, { slice }), await reader.read('', { slice }), `read rows [${slice}]`),
  );
  expectAtMost(
    moved.read,
    file.byteLength / 2,
    `read rows [${slice}] of ${table.rows} in a file of ${file.byteLength} bytes, claimed by ${subject.can.slice}`,
  );
}

/**
 * All batches of a large table: no read takes much of the file, and neither do all reads for one batch. For the first one
 * the file may be gone through, window by window, where types hold for whole columns.
 */
async function checkBatches(subject: Subject): Promise<void> {
  const table = largeTable(subject.can);
  const file = await subject.encode(table);
  const size = file.byteLength;
  const action = `read batches of a file of ${size} bytes, claimed without the whole`;
  let rows = 0;
  const pass = async (reader: Reader, next: () => void): Promise<void> => {
    rows = 0;
    for await (const batch of reader.batches!('', { rows: BATCH_ROWS })) {
      expectTrue(batch.rows > 0 && batch.rows <= BATCH_ROWS, `${action}: one has ${batch.rows} rows`);
      rows += batch.rows;
      next();
    }
    expectTrue(rows === table.rows, `${action}: they have ${rows} rows of ${table.rows}`);
  };
  if (subject.io === 'path') {
    const moved = await counted(subject, file, (reader) => pass(reader, () => {}));
    expectAtMost(moved.read, size * MOST_PASSES, `${action}, all of them`);
    return;
  }
  const { source, calls } = windowedSource(file);
  let before = 0;
  let largest = 0;
  let number = 0;
  await onReader(subject, source, (reader) =>
    pass(reader, () => {
      const here = calls.slice(before).reduce((sum, bytes) => sum + bytes, 0);
      before = calls.length;
      if (number++ > 0) largest = Math.max(largest, here);
    }),
  );
  const total = calls.reduce((sum, bytes) => sum + bytes, 0);
  expectAtMost(Math.max(...calls), size * BATCH_SHARE, `${action}, in one read`);
  expectAtMost(largest, size * BATCH_SHARE, `${action}, for one batch`);
  expectAtMost(total, size * MOST_PASSES, `${action}, all of them`);
}

/** The second of two runs: what is loaded on first use is not the file's. */
async function counted(
  subject: Subject,
  file: Uint8Array,
  work: (reader: Reader) => Promise<void>,
): Promise<Moved> {
  const run = () => countReads(subject, file, (source) => onReader(subject, source, work));
  await run();
  return run();
}

/** Nothing is known where the engine opens the path itself and the system does not count. */
export function expectAtMost(count: number | undefined, limit: number, action: string): void {
  if (count === undefined) return;
  expectTrue(count <= limit, `${action}: touched ${count} bytes, at most ${Math.floor(limit)} expected`);
}
