import { FormatError } from '@formatlab/core';

/** A transaction of this package takes less: an older lock is of a process that is gone, or of a very slow one. */
const LEAST_AGE_MS = 60_000;

/**
 * Removes the lock `<path>.lock` that node-sqlite3-wasm leaves when its process is killed. Call it only when no
 * process has the file open; a change that was cut off is rolled back by whoever edits the file next.
 *
 * @param path of the database
 * @returns whether there was one
 * @throws FormatError `io` when it is younger than a minute, or is not the empty folder that the library makes
 */
export async function removeStaleLock(path: string, leastAgeMs = LEAST_AGE_MS): Promise<boolean> {
  const { rmdir, stat } = await import('node:fs/promises');
  const lock = `${path}.lock`;
  const found = await stat(lock).catch(() => undefined);
  if (found === undefined) return false;
  const refuse = (state: string, cause?: unknown): never => {
    throw new FormatError('io', `remove lock '${lock}': ${state}`, { format: 'sqlite', path, cause });
  };
  if (!found.isDirectory()) return refuse('it is a file, which a process of FormatLab holds');
  const age = Date.now() - found.mtimeMs;
  if (age < leastAgeMs) return refuse(`it is ${Math.round(age / 1000)} s old, and may be in use`);
  await rmdir(lock).catch((cause: unknown) => refuse('it is not empty', cause));
  return true;
}
