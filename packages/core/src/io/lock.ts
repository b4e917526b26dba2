import { FormatError } from '../errors.js';
import type { Platform } from '../platform/node.js';

/** A lock on a file for one writer: `release` lets the next one in. */
export interface FileLock {
  release(): void;
}

/**
 * Takes the lock file `<path>.lock`, which holds the owner's process id. One whose owner is gone is taken over.
 *
 * @throws FormatError `io` when another process, or another editor of this one, holds it
 */
export function takeLock(node: Platform, path: string): FileLock {
  const lockPath = `${path}.lock`;
  const mine = `${process.pid} ${node.os.hostname()}\n`;
  for (let attempt = 0; ; attempt++) {
    try {
      node.fs.writeFileSync(lockPath, mine, { flag: 'wx' });
      return { release: () => node.fs.rmSync(lockPath, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(node, lockPath);
      if (attempt > 0 || !isStale(holder, node.os.hostname()))
        throw lockedError(
          path,
          holder === undefined ? `'${lockPath}'` : `process ${holder.pid} on ${holder.host}`,
        );
      node.fs.rmSync(lockPath, { force: true });
    }
  }
}

export function lockedError(path: string, holder: string): FormatError {
  return new FormatError('io', `edit '${path}': it is being written by ${holder}; wait for it to finish`, {
    path,
  });
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

function readHolder(node: Platform, lockPath: string): Holder | undefined {
  try {
    const [pid, host] = node.fs.readFileSync(lockPath, 'utf8').trim().split(' ');
    return { pid: Number(pid), host: host ?? '' };
  } catch {
    return undefined;
  }
}

function isStale(holder: Holder | undefined, host: string): boolean {
  if (holder === undefined || holder.host !== host || !Number.isInteger(holder.pid) || holder.pid <= 0)
    return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
