import { appendValue, type Table, type Value } from '@formatlab/core';
import { checkEdit, checkUncommitted } from './edit-check.js';
import { addEntryEdits } from './editing-entries.js';
import { expectTrue } from './expect.js';
import { plainArray, smallTable } from './samples/small.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** Edits give the file that writing the edited value would give, and nothing happens before `commit`. */
export function addEditingTests(suite: Suite, subject: Subject): void {
  const { roots } = subject.can;
  if (roots.includes('tree') || roots.includes('entries')) addEntryEdits(suite, subject);
  for (const { root, base, more } of growingRoots(subject)) addRootEdits(suite, subject, root, base, more);
  if (subject.can.roots.includes('table')) addBatchEdits(suite, subject);
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
