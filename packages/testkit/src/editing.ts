import { appendValue, type EditFile, newRecord, type Sink, type Table, type Value } from '@formatlab/core';
import { errorOf, expectCode, expectSame, expectTrue, isCode } from './expect.js';
import { withSink } from './medium.js';
import { entryValue, plainArray, smallTable } from './samples/small.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

const NOTHING = new Uint8Array(0);

/** Edits give the file that writing the edited value would give, and nothing happens before `commit`. */
export function addEditingTests(suite: Suite, subject: Subject): void {
  const { roots } = subject.can;
  if (roots.includes('tree') || roots.includes('entries')) addEntryEdits(suite, subject);
  for (const { root, base, more } of growingRoots(subject)) addRootEdits(suite, subject, root, base, more);
  if (subject.can.roots.includes('table')) addBatchEdits(suite, subject);
}

function addEntryEdits(suite: Suite, subject: Subject): void {
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

interface GrowingRoot {
  readonly root: string;
  readonly base: Value;
  readonly more: Value;
}

function growingRoots({ can }: Subject): readonly GrowingRoot[] {
  const found: GrowingRoot[] = [];
  if (can.roots.includes('array') && can.maxRank > 0)
    found.push({ root: 'array', base: plainArray(can, 0), more: plainArray(can, 0, 2) });
  if (can.roots.includes('table'))
    found.push({ root: 'table', base: smallTable(can, 4), more: smallTable(can, 3) });
  return found;
}

function addRootEdits(suite: Suite, subject: Subject, root: string, base: Value, more: Value): void {
  suite.add(`edit: a root ${root} is put into a new file`, () =>
    checkEdit(
      subject,
      undefined,
      base,
      (editor) => Promise.resolve(editor.put('', base)),
      `put a root ${root}`,
    ),
  );
  suite.add(`edit: a root ${root} is replaced`, () =>
    checkEdit(
      subject,
      base,
      more,
      (editor) => Promise.resolve(editor.put('', more)),
      `replace a root ${root}`,
    ),
  );
  suite.add(`edit: a root ${root} grows`, () =>
    checkEdit(
      subject,
      base,
      appendValue(appendValue(base, more, ''), more, ''),
      async (editor) => {
        await editor.append('', more);
        await editor.append('', more);
      },
      `append to a root ${root}`,
      true,
    ),
  );
  suite.add(`edit: a root ${root} stays as it was without commit`, () =>
    checkUncommitted(subject, base, (editor) => editor.put('', more)),
  );
}

function addBatchEdits(suite: Suite, subject: Subject): void {
  suite.add('edit: batches of rows are written', async () => {
    const whole = [3, 4, 5].map((rows) => smallTable(subject.can, rows));
    const expected = whole.slice(1).reduce<Value>((sum, piece) => appendValue(sum, piece, ''), whole[0]!);
    await checkEdit(
      subject,
      undefined,
      expected,
      async (editor) => {
        if (editor.writeBatches === undefined) {
          expectTrue(
            !subject.can.batches.write,
            "write batches: claimed, but the editor has no 'writeBatches'",
          );
          return editor.put('', expected);
        }
        return editor.writeBatches('', inTurn(whole));
      },
      'write batches',
    );
  });
}

async function* inTurn(tables: readonly Table[]): AsyncGenerator<Table> {
  yield* tables;
}

/** The edited file decodes to what writing `to` decodes to: losses of the format are on both sides. */
async function checkEdit(
  subject: Subject,
  from: Value | undefined,
  to: Value,
  edit: (editor: EditFile) => void | Promise<void>,
  what: string,
  refusable = false,
): Promise<void> {
  const before = from === undefined ? NOTHING : await subject.encode(from);
  let refused = false;
  const after = await withSink(subject, before, (sink) =>
    onSinkEditor(subject, sink, async (editor) => {
      const error = await errorOf(() => edit(editor));
      refused = refusable && isCode(error, 'unsupported');
      if (refused) return;
      if (error !== undefined) throw error;
      const { written, rewritten } = await editor.commit();
      expectTrue(
        written > 0 && rewritten >= 0 && rewritten <= written,
        `${what}: commit reports ${written} bytes written and ${rewritten} rewritten`,
      );
    }),
  );
  if (refused) return;
  expectSame(
    await subject.decode(await subject.encode(to)),
    await subject.decode(after),
    `${what}, then read back`,
  );
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

async function checkUncommitted(
  subject: Subject,
  base: Value,
  edit: (editor: EditFile) => void | Promise<void>,
): Promise<void> {
  const before = await subject.encode(base);
  const after = await withSink(subject, before, (sink) =>
    onSinkEditor(subject, sink, async (editor) => edit(editor)),
  );
  expectSame(before, after, 'compare the file after an edit that was not committed');
}

async function onEditor(
  subject: Subject,
  base: Value,
  work: (editor: EditFile) => Promise<void>,
): Promise<void> {
  await withSink(subject, await subject.encode(base), (sink) => onSinkEditor(subject, sink, work));
}

export async function onSinkEditor(
  subject: Subject,
  sink: Sink,
  work: (editor: EditFile) => Promise<void>,
): Promise<void> {
  const editor = await subject.lab.edit(sink, { format: subject.id, options: subject.options });
  try {
    await work(editor);
  } finally {
    await editor.close();
  }
}
