import { FormatError } from '../errors.js';
import type { Platform } from '../platform/node.js';
import { ioError } from './io-error.js';

/** A lock on a file for one writer: `release` lets the next one in. */
export interface FileLock {
  /**
   * Lets a library have the lock that makes a folder of the same name, and remembers whose library it is: when this
   * process is killed, the next one knows that the folder is stale.
   */
  lend(): void;
  release(): void;
}

/** A lock file that says nothing readable is one being written, or what a crash left: after this it is the latter. */
const MOST_TIME_TO_WRITE = 10_000;
/** Times that another process may be quicker. */
const MOST_TRIES = 5;
/** Two readings of when this process started differ by less. */
const CLOCK_TOLERANCE = 5_000;

/**
 * Takes the lock `<path>.lock`, which says who holds it. One whose holder is gone is taken over.
 *
 * @throws FormatError `io` when another process, or another editor of this one, holds it
 */
export function takeLock(node: Platform, path: string): FileLock {
  const lockPath = `${path}.lock`;
  const mine = `${process.pid} ${node.os.hostname()} ${startOfProcess()}`;
  for (let attempt = 0; ; attempt++) {
    try {
      makeLock(node, lockPath, mine);
      return lockAt(node, lockPath, mine);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw ioError(error, 'lock', path);
    }
    if (isFolder(node, lockPath)) {
      if (attempt < MOST_TRIES && removeStaleFolder(node, lockPath)) continue;
      throw new FormatError(
        'io',
        `edit '${path}': the folder '${lockPath}' says that a program without FormatLab's locks writes it, or was killed; when none does, remove that folder`,
        { path },
      );
    }
    const held = readText(node, lockPath);
    // Gone between the two calls: the next try takes it, unless it is not to be read at all.
    if (held === undefined && attempt < MOST_TRIES) continue;
    const holder = parseHolder(held ?? '');
    const stale =
      holder === undefined ? isOld(node, lockPath) : holder.host === node.os.hostname() && isGone(holder);
    if (attempt >= MOST_TRIES || !stale || !removeStale(node, lockPath, held ?? '')) {
      throw lockedError(
        path,
        holder === undefined ? `the holder of '${lockPath}'` : `process ${holder.pid} on ${holder.host}`,
      );
    }
  }
}

/**
 * A link whose target says who holds the lock: it comes to be with what it says, where a file would be empty for a
 * moment, and for ever when its maker is killed in that moment. Where links are not to be had it is a file.
 */
function makeLock(node: Platform, lockPath: string, holder: string): void {
  try {
    node.fs.symlinkSync(holder, lockPath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    node.fs.writeFileSync(lockPath, holder, { flag: 'wx' });
  }
}

function lockAt(node: Platform, lockPath: string, holder: string): FileLock {
  const owner = ownerOf(lockPath);
  let lent = false;
  return {
    lend() {
      node.fs.writeFileSync(owner, holder);
      node.fs.rmSync(lockPath, { force: true });
      lent = true;
    },
    release: () => node.fs.rmSync(lent ? owner : lockPath, { force: true }),
  };
}

/** Says whose library made the folder of the lock. */
function ownerOf(lockPath: string): string {
  return `${lockPath}.owner`;
}

/** Removes the folder where the process that lent its lock is gone. */
function removeStaleFolder(node: Platform, lockPath: string): boolean {
  const holder = parseHolder(readText(node, ownerOf(lockPath)) ?? '');
  if (holder === undefined || holder.host !== node.os.hostname() || !isGone(holder)) return false;
  try {
    node.fs.rmdirSync(lockPath);
  } catch {
    return false;
  }
  node.fs.rmSync(ownerOf(lockPath), { force: true });
  return true;
}

export function lockedError(path: string, holder: string): FormatError {
  return new FormatError('io', `edit '${path}': it is being written by ${holder}; wait for it to finish`, {
    path,
  });
}

/** Libraries that lock by making a folder of this name leave it when they are killed; nothing says who made it. */
function isFolder(node: Platform, lockPath: string): boolean {
  try {
    return node.fs.lstatSync(lockPath).isDirectory();
  } catch {
    return false;
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly started: number;
}

/** @returns undefined when the file is gone */
function readText(node: Platform, lockPath: string): string | undefined {
  try {
    return node.fs.lstatSync(lockPath).isSymbolicLink()
      ? node.fs.readlinkSync(lockPath)
      : node.fs.readFileSync(lockPath, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): Holder | undefined {
  const match = /^(\d+) (\S+) (\d+)$/.exec(text.trim());
  return match === null ? undefined : { pid: Number(match[1]), host: match[2]!, started: Number(match[3]) };
}

/** Whether the process ended. In a container the next one often has its number: then the start tells. */
function isGone({ pid, started }: Holder): boolean {
  if (pid === process.pid) return Math.abs(started - startOfProcess()) > CLOCK_TOLERANCE;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function isOld(node: Platform, lockPath: string): boolean {
  try {
    return Date.now() - node.fs.lstatSync(lockPath).mtimeMs > MOST_TIME_TO_WRITE;
  } catch {
    return true;
  }
}

/** False where another process has taken it over meanwhile: moving is atomic, so that only one can have the stale one. */
function removeStale(node: Platform, lockPath: string, expected: string): boolean {
  const aside = `${lockPath}.${node.randomName()}`;
  try {
    node.fs.renameSync(lockPath, aside);
  } catch {
    return true;
  }
  const ours = readText(node, aside) === expected;
  if (!ours) node.fs.renameSync(aside, lockPath);
  else node.fs.rmSync(aside, { force: true });
  return ours;
}

function startOfProcess(): number {
  return Math.round(Date.now() - process.uptime() * 1000);
}
