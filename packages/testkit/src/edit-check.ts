import type { EditFile, Sink, Value } from '@formatlab/core';
import { errorOf, expectSame, expectTrue, isCode } from './expect.js';
import { withSink } from './medium.js';
import type { Subject } from './subject.js';

const NOTHING = new Uint8Array(0);

/** The edited file decodes to what writing `to` decodes to: losses of the format are on both sides. */
export async function checkEdit(
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

/** What was not committed is not in the file. */
export async function checkUncommitted(
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

/** Opens an editor, and closes it whatever happens. */
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
