import type { Context, Editor, Sink } from '@formatlab/core';
import { pageSizeOf, type SqliteOptions } from './options.js';
import { loadDriver, type SqlDriver } from './sql/driver.js';
import { openMedium } from './sql/medium.js';
import { SqlEditor } from './sql/sql-editor.js';

/**
 * Edits a database by SQL in one transaction, with the SQLite library: nothing is in the file before `commit`, and a
 * crash leaves a journal from which SQLite restores it.
 *
 * @throws FormatError `io` where another process holds the lock, `corrupt`
 */
export async function edit(sink: Sink, context: Context<SqliteOptions>): Promise<Editor> {
  return editWith(await loadDriver(), sink, context);
}

export async function editWith(
  driver: SqlDriver,
  sink: Sink,
  context: Context<SqliteOptions>,
): Promise<Editor> {
  return new SqlEditor(await openMedium(sink, driver, pageSizeOf(context.options), context), context);
}
