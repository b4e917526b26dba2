import type { Platform } from '../platform/node.js';
import { ioError } from './io-error.js';

// Apart from what the package exports: declarations of that must not name Node's types.

/** Node refuses a single read of 2 GiB and more. */
const MOST_PER_READ = 2 ** 30;

/** Fills `target` from `at` on. @throws FormatError `io` where the file ends first */
export function readFully(
  fs: typeof import('node:fs'),
  fd: number,
  path: string,
  at: number,
  target: Uint8Array,
): void {
  let done = 0;
  try {
    while (done < target.byteLength) {
      const count = fs.readSync(
        fd,
        target,
        done,
        Math.min(target.byteLength - done, MOST_PER_READ),
        at + done,
      );
      if (count === 0) throw new Error(`file ends at byte ${at + done}: it was cut while being read`);
      done += count;
    }
  } catch (error) {
    throw ioError(error, 'read', path);
  }
}

/** Buffers that one writev takes: IOV_MAX is 1024 on Linux and macOS. */
const MOST_PIECES = 1024;

/** Writes all pieces from `at` on, also where the system takes them in parts. */
export function writeFully(
  fs: typeof import('node:fs'),
  fd: number,
  at: number,
  pieces: readonly Uint8Array[],
): void {
  let position = at;
  for (let first = 0; first < pieces.length; first += MOST_PIECES) {
    let batch = pieces.slice(first, first + MOST_PIECES).filter((piece) => piece.byteLength > 0);
    while (batch.length > 0) {
      const written = fs.writevSync(fd, batch, position);
      position += written;
      batch = dropBytes(batch, written);
    }
  }
}

/** The pieces that are left after a short write. */
function dropBytes(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  let index = 0;
  while (index < pieces.length && left >= pieces[index]!.byteLength) left -= pieces[index++]!.byteLength;
  const rest = pieces.slice(index);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}

/** Follows a symbolic link, so that it stays one. */
export function realTarget(node: Platform, path: string): string {
  try {
    return node.fs.realpathSync(path);
  } catch {
    return path;
  }
}
