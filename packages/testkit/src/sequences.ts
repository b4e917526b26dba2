import { newRecord, type Value } from '@formatlab/core';
import { onSinkEditor } from './edit-check.js';
import { expectCode, expectSame, expectTrue } from './expect.js';
import { expectAtMost, INDEX_SLACK } from './grades-reading.js';
import { TAIL_SLACK } from './grades-writing.js';
import { countReads, countWrites } from './medium.js';
import { onReader } from './reading.js';
import { largeEntry } from './samples/large.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

const COUNT = 32;
/** What an item may take more behind the others than among them: padding, a marker. */
const ROOM_FACTOR = 2;

/** A file that is several values one behind the other: one is read without those behind it, and more go to its end. */
export function addSequenceTests(suite: Suite, subject: Subject): void {
  const { sequence } = subject.given;
  if (sequence === undefined) return;
  const options = { ...subject.options, ...sequence };
  const inSequence: Subject = {
    ...subject,
    options,
    encode: (value, call) => subject.encode(value, { ...call, options: { ...sequence, ...call?.options } }),
    decode: (bytes, call) => subject.decode(bytes, { ...call, options: { ...sequence, ...call?.options } }),
  };
  suite.add('sequence: each value is read by its number', () => checkItems(inSequence));
  suite.add('sequence: one is read without those behind it', () => checkReadOne(inSequence));
  suite.add('sequence: more values are written at the end', () => checkAppend(inSequence));
}

function itemsOf(subject: Subject, count = COUNT): readonly Value[] {
  return Array.from({ length: count }, (_, i) =>
    Object.assign(newRecord(), { id: i, data: largeEntry(subject.can, i) }),
  );
}

async function checkItems(subject: Subject): Promise<void> {
  const file = await subject.encode(itemsOf(subject, 5));
  const whole = (await subject.decode(file)) as readonly Value[];
  expectTrue(
    Array.isArray(whole) && whole.length === 5,
    'read a sequence of 5 values: it is no list of them',
  );
  await countReads(subject, file, (source) =>
    onReader(subject, source, async (reader) => {
      for (const [i, item] of whole.entries()) expectSame(item, await reader.read(`/${i}`), `read '/${i}'`);
      expectSame(whole, await reader.read(''), 'read the whole sequence');
      expectSame(whole.slice(1, 4), await reader.read('', { slice: '1:4' }), 'read [1:4] of the sequence');
      await expectCode(() => reader.read('/5'), 'not-found', "read '/5' of 5 values");
    }),
  );
}

async function checkReadOne(subject: Subject): Promise<void> {
  const file = await subject.encode(itemsOf(subject));
  const whole = (await subject.decode(file)) as readonly Value[];
  for (const index of [0, COUNT / 4, COUNT - 1]) {
    const moved = await countReads(subject, file, (source) =>
      onReader(subject, source, async (reader) =>
        expectSame(whole[index]!, await reader.read(`/${index}`), `read '/${index}'`),
      ),
    );
    // Those before it are passed, and it is read again where their ends are only known by reading them.
    const limit = (file.byteLength * (index + 2)) / COUNT + READ_AHEAD;
    expectAtMost(
      moved.read,
      limit,
      `read value ${index} of a sequence of ${COUNT} in ${file.byteLength} bytes`,
    );
  }
}

/** Text is looked through in blocks of a megabyte. */
const READ_AHEAD = 2 ** 20 + INDEX_SLACK;

async function checkAppend(subject: Subject): Promise<void> {
  const base = itemsOf(subject);
  const file = await subject.encode(base);
  const more = itemsOf(subject, 1);
  const { after, ...moved } = await countWrites(subject, file, (sink) =>
    onSinkEditor(subject, sink, async (editor) => {
      await editor.append('', more);
      await editor.commit();
    }),
  );
  expectSame(
    await subject.decode(await subject.encode([...base, ...more])),
    await subject.decode(after),
    'read back the sequence with one value more',
  );
  const action = `append a value to a sequence of ${file.byteLength} bytes`;
  expectAtMost(
    moved.written,
    (file.byteLength / COUNT) * ROOM_FACTOR + TAIL_SLACK,
    `${action}, bytes written`,
  );
  expectAtMost(moved.rewritten, TAIL_SLACK, `${action}, bytes rewritten`);
}
