import type { Platform } from '../platform/node.js';
import { requireNode } from '../platform/require-node.js';
import { readFully, realTarget, writeFully } from './descriptor.js';
import { fileJournal } from './file-journal.js';
import { ioError } from './io-error.js';
import type { Journal } from './journal.js';
import { type FileLock, takeLock } from './lock.js';
import { byteLengthOf, checkRange, piecesOf, throwIfAborted } from './ranges.js';
import type { Range, Sink } from './source.js';
import { writeFileAtomic } from './write-file.js';

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

/** A file that `edit` opened: it knows whether it made it. */
export interface EditableFile extends Sink {
  readonly path: string;
  readonly created: boolean;
  /** Puts the file `temporary` in the place of this one, and goes on with it. */
  adopt(temporary: string): void;
  /** Removes the file and closes. */
  discard(): void;
}

/** @throws FormatError `io` */
export function editableFile(path: string): EditableFile {
  return new FileSink(requireNode(`open '${path}'`), path, true);
}

class FileSink implements EditableFile {
  readonly path: string;
  readonly name: string;
  readonly journal: Journal;
  readonly created: boolean;
  readonly #node: Platform;
  #fd: number;
  #size: number;
  #open = true;
  #lock: FileLock | undefined;

  constructor(node: Platform, path: string, create: boolean) {
    this.#node = node;
    this.path = path;
    this.name = path;
    this.journal = fileJournal(node, path);
    try {
      const made = create ? openNew(node, path) : undefined;
      this.created = made !== undefined;
      this.#fd =
        made ??
        node.fs.openSync(path, node.fs.constants.O_RDWR | (create ? node.fs.constants.O_CREAT : 0), 0o666);
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
    this.#lock ??= takeLock(this.#node, realTarget(this.#node, this.path));
  }

  lendLock(): void {
    this.#lock?.lend();
  }

  unlock(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  async replace(bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    writeFileAtomic(this.path, bytes);
    this.#reopen();
  }

  adopt(temporary: string): void {
    try {
      this.#node.fs.renameSync(temporary, realTarget(this.#node, this.path));
    } catch (error) {
      throw ioError(error, 'replace', this.path);
    }
    this.#reopen();
  }

  #reopen(): void {
    this.#node.fs.closeSync(this.#fd);
    this.#fd = this.#node.fs.openSync(this.path, 'r+');
    this.#size = this.#node.fs.fstatSync(this.#fd).size;
  }

  close(): void {
    if (this.#open) this.#node.fs.closeSync(this.#fd);
    this.#open = false;
    this.unlock();
  }

  discard(): void {
    if (this.#open) this.#node.fs.rmSync(this.path, { force: true });
    this.close();
  }
}

/** @returns undefined where the file is there already */
function openNew(node: Platform, path: string): number | undefined {
  const { O_RDWR, O_CREAT, O_EXCL } = node.fs.constants;
  try {
    return node.fs.openSync(path, O_RDWR | O_CREAT | O_EXCL, 0o666);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}
