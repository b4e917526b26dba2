import type { Platform } from '../platform/node.js';
import { requireNode } from '../platform/require-node.js';
import { readFully } from './file-source.js';
import { ioError } from './io-error.js';
import { type FileLock, takeLock } from './lock.js';
import { byteLengthOf, checkRange, piecesOf, throwIfAborted } from './ranges.js';
import type { Range, Sink } from './source.js';

export interface FileSinkOptions {
  /** Make the file when it is not there. Default true. */
  readonly create?: boolean;
}

/**
 * A file on the local file system, open for reading and writing.
 *
 * @throws FormatError `not-found`, `io`
 */
export function fileSink(path: string, options: FileSinkOptions = {}): Sink & { readonly path: string } {
  return new FileSink(requireNode(`open '${path}'`), path, options.create ?? true);
}

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
  const target = realTarget(node, path);
  const temporary = `${target}.${node.randomName()}.tmp`;
  let fd: number | undefined;
  try {
    fd = node.fs.openSync(temporary, 'wx', modeOf(node, target));
    writeFully(node.fs, fd, 0, piecesOf(bytes));
    if (options.durable === true) node.fs.fsyncSync(fd);
    node.fs.closeSync(fd);
    fd = undefined;
    node.fs.renameSync(temporary, target);
  } catch (error) {
    if (fd !== undefined) node.fs.closeSync(fd);
    node.fs.rmSync(temporary, { force: true });
    throw ioError(error, 'write', path);
  }
}

class FileSink implements Sink {
  readonly path: string;
  readonly name: string;
  readonly #node: Platform;
  #fd: number;
  #size: number;
  #open = true;
  #lock: FileLock | undefined;

  constructor(node: Platform, path: string, create: boolean) {
    this.#node = node;
    this.path = path;
    this.name = path;
    const { constants } = node.fs;
    try {
      this.#fd = node.fs.openSync(path, constants.O_RDWR | (create ? constants.O_CREAT : 0), 0o666);
      this.#size = node.fs.fstatSync(this.#fd).size;
    } catch (error) {
      throw ioError(error, 'open', path);
    }
  }

  get size(): number {
    return this.#size;
  }

  readonly readInto = (at: number, target: Uint8Array): void => {
    checkRange({ at, length: target.byteLength }, this.#size, this.path);
    readFully(this.#node.fs, this.#fd, this.path, at, target);
  };

  readonly readSync = (ranges: readonly Range[]): Uint8Array[] =>
    ranges.map((range) => {
      checkRange(range, this.#size, this.path);
      const target = new Uint8Array(range.length);
      this.readInto(range.at, target);
      return target;
    });

  async read(ranges: readonly Range[], signal?: AbortSignal): Promise<Uint8Array[]> {
    throwIfAborted(signal, `read '${this.path}'`);
    return this.readSync(ranges);
  }

  readonly writeSync = (at: number, bytes: Uint8Array | readonly Uint8Array[]): void => {
    try {
      writeFully(this.#node.fs, this.#fd, at, piecesOf(bytes));
    } catch (error) {
      throw ioError(error, 'write', this.path);
    }
    this.#size = Math.max(this.#size, at + byteLengthOf(bytes));
  };

  async write(at: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.writeSync(at, bytes);
  }

  readonly truncateSync = (size: number): void => {
    try {
      this.#node.fs.ftruncateSync(this.#fd, size);
    } catch (error) {
      throw ioError(error, 'truncate', this.path);
    }
    this.#size = size;
  };

  async truncate(size: number): Promise<void> {
    this.truncateSync(size);
  }

  async flush(): Promise<void> {
    this.#node.fs.fsyncSync(this.#fd);
  }

  async lock(): Promise<void> {
    this.#lock ??= takeLock(this.#node, this.path);
  }

  async replace(bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    writeFileAtomic(this.path, bytes);
    this.#node.fs.closeSync(this.#fd);
    this.#fd = this.#node.fs.openSync(this.path, 'r+');
    this.#size = this.#node.fs.fstatSync(this.#fd).size;
  }

  close(): void {
    if (this.#open) this.#node.fs.closeSync(this.#fd);
    this.#open = false;
    this.#lock?.release();
    this.#lock = undefined;
  }
}

/** Buffers that one writev takes: IOV_MAX is 1024 on Linux and macOS. */
const MOST_PIECES = 1024;

function writeFully(
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
function realTarget(node: Platform, path: string): string {
  try {
    return node.fs.realpathSync(path);
  } catch {
    return path;
  }
}

function modeOf(node: Platform, path: string): number {
  try {
    return node.fs.statSync(path).mode & 0o777;
  } catch {
    return 0o666;
  }
}
