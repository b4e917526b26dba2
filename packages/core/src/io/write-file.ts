import type { Platform } from '../platform/node.js';
import { requireNode } from '../platform/require-node.js';
import { realTarget, writeFully } from './descriptor.js';
import { removeJournal } from './file-journal.js';
import { ioError } from './io-error.js';
import { piecesOf } from './ranges.js';

export interface WriteFileOptions {
  /** Wait until the bytes are on the disk. Default false. */
  readonly durable?: boolean;
}

/**
 * Writes the pieces beside `path` and renames: readers see the old file or the new one, never a part.
 *
 * @throws FormatError `io`
 */
export function writeFileAtomic(
  path: string,
  bytes: Uint8Array | readonly Uint8Array[],
  options: WriteFileOptions = {},
): void {
  const node = requireNode(`write '${path}'`);
  const place = placeOf(node, path);
  // A device or pipe cannot be replaced: what is written to it goes through it.
  if (place === undefined) {
    writeThrough(node, path, piecesOf(bytes));
    return;
  }
  const { target, temporary, mode } = place;
  let fd: number | undefined;
  try {
    fd = node.fs.openSync(temporary, 'wx', 0o666);
    // Not through the mode of open: the umask would cut it.
    if (mode !== undefined) node.fs.fchmodSync(fd, mode);
    writeFully(node.fs, fd, 0, piecesOf(bytes));
    if (options.durable === true) node.fs.fsyncSync(fd);
    node.fs.closeSync(fd);
    fd = undefined;
    node.fs.renameSync(temporary, target);
    // It told of the file that was there.
    removeJournal(node, target);
    if (options.durable === true) syncFolder(node, target);
  } catch (error) {
    if (fd !== undefined) node.fs.closeSync(fd);
    node.fs.rmSync(temporary, { force: true });
    throw ioError(error, 'write', path);
  }
}

/** Where a new version of a file is made. */
interface Place {
  /** The file itself, where `path` is a link to it. */
  readonly target: string;
  readonly temporary: string;
  /** Permissions of the file that is there. */
  readonly mode: number | undefined;
}

/** Undefined for a device or a pipe. @throws FormatError `io` for a folder */
function placeOf(node: Platform, path: string): Place | undefined {
  const { target, before } = whatIsThere(node, path);
  if (before?.isDirectory() === true) throw ioError({ code: 'EISDIR' }, 'write', path);
  if (before !== undefined && !before.isFile()) return undefined;
  const mode = before === undefined ? undefined : before.mode & 0o777;
  return { target, temporary: `${target}.${node.randomName()}.tmp`, mode };
}

/** A new version of a file under a name of its own, made by whoever writes to that. */
export interface Replacement {
  readonly temporary: string;
  /** Puts what stands under the temporary name in the file's place. @throws FormatError `io` */
  put(durable: boolean): void;
  /** Removes it, where it is there. */
  discard(): void;
}

/** Undefined for a device or a pipe, which cannot be replaced. @throws FormatError `io` */
export function replacementOf(path: string): Replacement | undefined {
  const node = requireNode(`write '${path}'`);
  const place = placeOf(node, path);
  if (place === undefined) return undefined;
  const { target, temporary, mode } = place;
  return {
    temporary,
    put(durable) {
      try {
        if (mode !== undefined) node.fs.chmodSync(temporary, mode);
        node.fs.renameSync(temporary, target);
        removeJournal(node, target);
        if (durable) syncFolder(node, target);
      } catch (error) {
        throw ioError(error, 'write', path);
      }
    },
    discard: () => node.fs.rmSync(temporary, { force: true }),
  };
}

function writeThrough(node: Platform, path: string, pieces: readonly Uint8Array[]): void {
  try {
    const fd = node.fs.openSync(path, 'w');
    try {
      for (const piece of pieces) node.fs.writeFileSync(fd, piece);
    } finally {
      node.fs.closeSync(fd);
    }
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}

/** The new name is on the disk only when its folder is. Windows cannot and need not. */
function syncFolder(node: Platform, target: string): void {
  if (process.platform === 'win32') return;
  const fd = node.fs.openSync(node.path.dirname(target), 'r');
  try {
    node.fs.fsyncSync(fd);
  } finally {
    node.fs.closeSync(fd);
  }
}

/** The file that a path means, and what it is; a link is followed, which takes longer, where there is one. */
function whatIsThere(
  node: Platform,
  path: string,
): { readonly target: string; readonly before: import('node:fs').Stats | undefined } {
  try {
    // Not there is the everyday case: an error thrown for it would take longer than the rest.
    const before = node.fs.lstatSync(path, { throwIfNoEntry: false });
    if (before?.isSymbolicLink() !== true) return { target: path, before };
    const target = realTarget(node, path);
    return { target, before: node.fs.statSync(target, { throwIfNoEntry: false }) };
  } catch {
    // Not to be seen: writing to it tells.
    return { target: path, before: undefined };
  }
}
