import { appendValue, type Commit, type EditFile, sliceTable, type Table, type Value } from '@formatlab/core';
import { onSinkEditor } from './edit-check.js';
import { expectSame, expectTrue } from './expect.js';
import { expectAtMost, largeRoot, memo } from './grades-reading.js';
import { countWrites, type Moved, whileWriting } from './medium.js';
import { ENTRY_COUNT, largeEntries, largeEntry, largeSlab, largeTable } from './samples/large.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** Bytes that an edit may write beside what it adds: headers, an index, a few pages. On top of 1 % of the file. */
export const FOOTER_SLACK = 64 * 1024;
const FOOTER_SHARE = 0.01;
/** Bytes before the end that a growing file may write anew: a count in its header, a closing bracket. */
export const TAIL_SLACK = 4 * 1024;
/** Rows of a batch: the large table has twenty of them. */
const BATCH_ROWS = 10_000;
/** Part of the file that is written before the last of them: some wait for a row group to be full. */
const EARLY_SHARE = 0.25;
const SLAB_ROWS = 8;
const ADDED_ROWS = 1000;
/** Added data may take more room than its share of the file: unshared dictionaries, padding, a chunk of its own. */
const ROOM_FACTOR = 2;
/** What a commit reports may differ from what was counted by this. */
const REPORT_SHARE = 0.01;

interface Edit {
  readonly what: string;
  readonly before: () => Promise<Uint8Array>;
  /** Bytes that the added or replaced data takes, roughly. */
  readonly added: (fileSize: number) => number;
  readonly expected: () => Value;
  readonly run: (editor: EditFile) => void | Promise<void>;
}

/** The grades of writing, by counting the bytes that pass the sink. */
export function addWritingGrades(suite: Suite, subject: Subject): void {
  const { can } = subject;
  const named = can.roots.includes('tree') || can.roots.includes('entries');
  if (can.append !== 'rewrite') {
    const edit = named ? addEntry(subject) : addRows(subject);
    suite.add(`grade: append by ${can.append}: ${edit.what}`, () => checkAppend(subject, edit));
  }
  if (can.update !== 'rewrite' && named)
    suite.add(`grade: update by ${can.update}`, () => checkUpdate(subject));
  if (can.batches.write && can.roots.includes('table'))
    suite.add('grade: batches are written as they come', () => checkBatches(subject));
}

/** When the last batch is asked for, a good part of the file is written. */
async function checkBatches(subject: Subject): Promise<void> {
  const table = largeTable(subject.can);
  let early: number | undefined;
  const size = await whileWriting(subject, (sink, written) =>
    onSinkEditor(subject, sink, async (editor) => {
      async function* batches(): AsyncGenerator<Table> {
        for (let start = 0; start < table.rows; start += BATCH_ROWS) {
          const stop = start + BATCH_ROWS;
          if (stop >= table.rows) early = written();
          yield sliceTable(table, { slice: [{ start, stop }] });
        }
      }
      if (editor.writeBatches === undefined)
        expectTrue(false, "write batches: claimed, but the editor has no 'writeBatches'");
      else await editor.writeBatches('', batches());
      await editor.commit();
    }),
  );
  if (early === undefined) return;
  expectTrue(
    early >= size * EARLY_SHARE,
    `write batches of ${size} bytes, claimed without the whole: ${early} bytes were written when the last of ${table.rows / BATCH_ROWS} was asked for, at least ${Math.ceil(size * EARLY_SHARE)} expected`,
  );
}

function addEntry(subject: Subject): Edit {
  const { can } = subject;
  const added = largeEntry(can, ENTRY_COUNT);
  return {
    what: 'an entry',
    before: memo(() => subject.encode(largeEntries(can))),
    added: (size) => size / ENTRY_COUNT,
    expected: () => Object.assign(largeEntries(can) as object, { added }) as Value,
    run: (editor) => editor.put('/added', added),
  };
}

function addRows(subject: Subject): Edit {
  const { can } = subject;
  const base = largeRoot(subject);
  const array = can.roots.includes('array') && can.maxRank > 0;
  const more = array ? largeSlab(can, SLAB_ROWS) : largeTable(can, ADDED_ROWS);
  const share = array ? SLAB_ROWS / 1024 : ADDED_ROWS / 200_000;
  return {
    what: array ? 'rows to an array' : 'rows to a table',
    before: memo(() => subject.encode(base)),
    added: (size) => size * share,
    expected: () => appendValue(base, more, ''),
    run: (editor) => editor.append('', more),
  };
}

async function checkAppend(subject: Subject, edit: Edit): Promise<void> {
  const { moved, commit, size } = await measure(subject, edit);
  const { append } = subject.can;
  const overhead = size * FOOTER_SHARE + FOOTER_SLACK;
  const action = `append ${edit.what} to a file of ${size} bytes, claimed by ${append}`;
  expectAtMost(moved.written, edit.added(size) * ROOM_FACTOR + overhead, `${action}, bytes written`);
  expectAtMost(moved.rewritten, append === 'tail' ? TAIL_SLACK : overhead, `${action}, bytes rewritten`);
  expectReport(commit, moved, action);
}

async function checkUpdate(subject: Subject): Promise<void> {
  const { can } = subject;
  const replacement = largeEntry(can, ENTRY_COUNT + 1);
  const edit: Edit = {
    what: 'an entry of the same size',
    before: () => subject.encode(largeEntries(can)),
    added: (size) => size / ENTRY_COUNT,
    expected: () => Object.assign(largeEntries(can) as object, { e10: replacement }) as Value,
    run: (editor) => editor.put('/e10', replacement),
  };
  const { moved, commit, size, grown } = await measure(subject, edit);
  const overhead = size * FOOTER_SHARE + FOOTER_SLACK;
  const action = `replace ${edit.what} in a file of ${size} bytes, claimed by ${can.update}`;
  expectAtMost(moved.written, edit.added(size) * ROOM_FACTOR + overhead, `${action}, bytes written`);
  const room = can.update === 'tail' ? edit.added(size) * ROOM_FACTOR + overhead : TAIL_SLACK;
  expectTrue(grown <= room, `${action}: the file has grown by ${grown} bytes`);
  expectReport(commit, moved, action);
}

async function measure(
  subject: Subject,
  edit: Edit,
): Promise<{ moved: Moved; commit: Commit; size: number; grown: number }> {
  const before = await edit.before();
  let commit: Commit = { written: 0, rewritten: 0 };
  const run = () =>
    countWrites(subject, before, (sink) =>
      onSinkEditor(subject, sink, async (editor) => {
        await edit.run(editor);
        commit = await editor.commit();
      }),
    );
  const { after, ...moved } = await run();
  expectSame(
    await subject.decode(await subject.encode(edit.expected())),
    await subject.decode(after),
    `read back the file with ${edit.what}`,
  );
  return { moved, commit, size: before.byteLength, grown: after.byteLength - before.byteLength };
}

/** `commit` tells the truth: the benchmark and its users rely on it. */
function expectReport(commit: Commit, moved: Moved, action: string): void {
  if (moved.written === undefined || moved.rewritten === undefined) return;
  const slack = TAIL_SLACK + moved.written * REPORT_SHARE;
  expectTrue(
    Math.abs(commit.written - moved.written) <= slack,
    `${action}: commit reports ${commit.written} bytes written, ${moved.written} were counted`,
  );
  expectTrue(
    commit.rewritten <= moved.rewritten + slack,
    `${action}: commit reports ${commit.rewritten} bytes rewritten, ${moved.rewritten} were counted`,
  );
}
