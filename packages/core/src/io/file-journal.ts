import type { Platform } from '../platform/node.js';
import { realTarget, writeFully } from './descriptor.js';
import { ioError } from './io-error.js';
import type { Journal } from './journal.js';

/** Behind the name of the file. */
export const JOURNAL_SUFFIX = '.journal';

/** A journal in a file beside the one that is changed. */
export function fileJournal(node: Platform, path: string): Journal {
  return new FileJournal(node, path);
}

/** Forgets a change that was under way: for who puts another file in the place. */
export function removeJournal(node: Platform, path: string): void {
  const file = `${path}${JOURNAL_SUFFIX}`;
  if (node.fs.existsSync(file)) node.fs.rmSync(file, { force: true });
}

class FileJournal implements Journal {
  readonly #node: Platform;
  readonly #path: string;
  #file: string | undefined;
  #fd: number | undefined;
  #size = 0;

  constructor(node: Platform, path: string) {
    this.#node = node;
    this.#path = path;
  }

  identity(): number {
    return this.#node.fs.statSync(this.#path, { throwIfNoEntry: false })?.ino ?? 0;
  }

  load(): Uint8Array | undefined {
    const { fs } = this.#node;
    try {
      return fs.existsSync(this.#name()) ? fs.readFileSync(this.#name()) : undefined;
    } catch (error) {
      throw ioError(error, 'read', this.#name());
    }
  }

  append(bytes: Uint8Array): void {
    const { fs } = this.#node;
    try {
      if (this.#fd === undefined) {
        this.#fd = fs.openSync(this.#name(), 'w', 0o666);
        this.#size = 0;
      }
      writeFully(fs, this.#fd, this.#size, [bytes]);
      this.#size += bytes.byteLength;
    } catch (error) {
      throw ioError(error, 'write', this.#name());
    }
  }

  flush(): void {
    if (this.#fd !== undefined) this.#node.fs.fsyncSync(this.#fd);
  }

  remove(): void {
    const { fs } = this.#node;
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
    fs.rmSync(this.#name(), { force: true });
  }

  /** A link is followed: the journal lies beside the file itself. */
  #name(): string {
    if (this.#file === undefined) {
      const { fs } = this.#node;
      const isLink = fs.lstatSync(this.#path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
      this.#file = `${isLink ? realTarget(this.#node, this.#path) : this.#path}${JOURNAL_SUFFIX}`;
    }
    return this.#file;
  }
}
