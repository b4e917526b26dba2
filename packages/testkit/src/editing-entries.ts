import { appendValue, type EditFile, newRecord, type Value } from '@formatlab/core';
import { checkEdit, checkUncommitted, onSinkEditor } from './edit-check.js';
import { expectCode, expectSame } from './expect.js';
import { withSink } from './medium.js';
import { entryValue, plainArray, smallTable } from './samples/small.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** Named entries are added, replaced, removed and extended. */
export function addEntryEdits(suite: Suite, subject: Subject): void {
  const { can } = subject;
  const value = (seed: number): Value => entryValue(can, seed);
  const of = (members: Readonly<Record<string, Value>>): Value => Object.assign(newRecord(), members);
  const base = (): Value => of({ a: value(0), b: value(1), c: value(2) });
  const cases: readonly {
    readonly what: string;
    readonly from: Value | undefined;
    readonly to: Value;
    readonly edit: (editor: EditFile) => Promise<void>;
  }[] = [
    {
      what: 'entries are put into a new file',
      from: undefined,
      to: of({ x: value(3), y: value(4) }),
      edit: async (editor) => {
        await editor.put('/x', value(3));
        await editor.put('/y', value(4));
      },
    },
    {
      what: 'an entry is added',
      from: base(),
      to: of({ a: value(0), b: value(1), c: value(2), added: value(3) }),
      edit: async (editor) => editor.put('/added', value(3)),
    },
    {
      what: 'an entry is replaced by one of its size',
      from: base(),
      to: of({ a: value(0), b: value(6), c: value(2) }),
      edit: async (editor) => editor.put('/b', value(6)),
    },
    {
      what: 'an entry is replaced by a larger and a smaller one',
      from: base(),
      to: of({ a: value(5), b: value(3), c: value(2) }),
      edit: async (editor) => {
        await editor.put('/a', value(5));
        await editor.put('/b', value(3));
      },
    },
    {
      what: 'an entry is removed',
      from: base(),
      to: of({ a: value(0), c: value(2) }),
      edit: async (editor) => editor.remove('/b'),
    },
    {
      what: 'an entry is removed and put again',
      from: base(),
      to: of({ a: value(0), b: value(4), c: value(2) }),
      edit: async (editor) => {
        await editor.remove('/b');
        await editor.put('/b', value(4));
      },
    },
  ];
  for (const { what, from, to, edit } of cases) {
    suite.add(`edit: ${what}`, () => checkEdit(subject, from, to, edit, what));
  }
  suite.add('edit: what was committed can be edited again, by the same editor and by the next', () =>
    checkTwice(subject, base(), value),
  );
  suite.add('edit: without commit the file stays as it was', () =>
    checkUncommitted(subject, base(), (editor) => editor.put('/a', value(4))),
  );
  suite.add('edit: an entry that is not there is not found', () =>
    onEditor(subject, base(), async (editor) => {
      await expectCode(
        () => editor.remove('/nothing of this name'),
        'not-found',
        'remove an entry that is not there',
      );
      await expectCode(
        () => editor.append('/nothing of this name', value(0)),
        ['not-found', 'unsupported'],
        'append to an entry that is not there',
      );
    }),
  );
  if (can.dtypes.write.length > 0 && can.maxRank > 0) {
    const grown = appendValue(plainArray(can, 0), plainArray(can, 0, 2), '/a');
    suite.add('edit: slabs are appended to an array entry', () =>
      checkEdit(
        subject,
        base(),
        of({ a: grown, b: value(1), c: value(2) }),
        (editor) => Promise.resolve(editor.append('/a', plainArray(can, 0, 2))),
        'append to an array entry',
        true,
      ),
    );
  }
  if (can.roots.includes('table')) {
    const grown = appendValue(smallTable(can, 3), smallTable(can, 6), '/t');
    suite.add('edit: rows are appended to a table entry', () =>
      checkEdit(
        subject,
        of({ a: value(0), t: smallTable(can, 3) }),
        of({ a: value(0), t: grown }),
        (editor) => Promise.resolve(editor.append('/t', smallTable(can, 6))),
        'append to a table entry',
        true,
      ),
    );
  }
}

async function checkTwice(subject: Subject, base: Value, value: (seed: number) => Value): Promise<void> {
  const first = await withSink(subject, await subject.encode(base), (sink) =>
    onSinkEditor(subject, sink, async (editor) => {
      await editor.put('/d', value(3));
      await editor.commit();
      await editor.put('/e', value(4));
      await editor.remove('/a');
      await editor.commit();
    }),
  );
  const second = await withSink(subject, first, (sink) =>
    onSinkEditor(subject, sink, async (editor) => {
      await editor.put('/d', value(0));
      await editor.commit();
    }),
  );
  const { a: _removed, ...kept } = base as { readonly [name: string]: Value };
  const expected = Object.assign(newRecord(), kept, { d: value(0), e: value(4) });
  expectSame(
    await subject.decode(await subject.encode(expected)),
    await subject.decode(second),
    'edit three times, then read back',
  );
}

async function onEditor(
  subject: Subject,
  base: Value,
  work: (editor: EditFile) => Promise<void>,
): Promise<void> {
  await withSink(subject, await subject.encode(base), (sink) => onSinkEditor(subject, sink, work));
}
