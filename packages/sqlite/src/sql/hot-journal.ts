import type { Sink } from '@formatlab/core';
import { parseRollbackJournal } from '../file/rollback-journal.js';

/**
 * Takes back a change that was cut off, from the journal that SQLite left beside the database (file format, 3). The
 * WebAssembly library does not do it: its own lock makes it take the journal for that of a living writer.
 *
 * @param sink locked: nobody is at it
 */
export async function rollBackHotJournal(sink: Sink, path: string): Promise<void> {
  const { readFile, rm } = await import('node:fs/promises');
  const journal = `${path}-journal`;
  const bytes = await readFile(journal).catch(() => undefined);
  if (bytes === undefined) return;
  const old = parseRollbackJournal(bytes);
  if (old !== undefined) {
    const { pageSize, pages, places } = old;
    for (const [page, place] of places)
      if (page <= pages) await sink.write((page - 1) * pageSize, bytes.subarray(place, place + pageSize));
    await sink.truncate(pages * pageSize);
    await sink.flush();
  }
  await rm(journal, { force: true });
}
