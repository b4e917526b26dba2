import type { Platform } from '../platform/node.js';
import { realTarget } from './descriptor.js';
import { type EditableFile, editableFile } from './file-sink.js';
import { ioError } from './io-error.js';
import type { SafeSink } from './journaled-sink.js';
import type { Range } from './source.js';

/**
 * The same file, changed in a copy that is put in its place when the change is complete: other programs too see the
 * old state or the new one, at the price of writing the whole file.
 */
export function copyingSink(node: Platform, file: EditableFile): SafeSink {
  return new CopyingSink(node, file);
}

class CopyingSink implements SafeSink {
  readonly name: string;
  readonly path: string;
  beside = 0;
  readonly #node: Platform;
  readonly #file: EditableFile;
  /** Where the change under way is made. */
  #copy: EditableFile | undefined;

  constructor(node: Platform, file: EditableFile) {
    this.#node = node;
    this.#file = file;
    this.name = file.name;
    this.path = file.path;
  }

  get size(): number {
    return this.#now.size;
  }

  read(ranges: readonly Range[], signal?: AbortSignal): Promise<Uint8Array[]> {
    return this.#now.read(ranges, signal);
  }

  readonly readSync = (ranges: readonly Range[]): Uint8Array[] => this.#now.readSync!(ranges);
  readonly readInto = (at: number, target: Uint8Array): void => this.#now.readInto!(at, target);
  readonly writeSync = (at: number, bytes: Uint8Array | readonly Uint8Array[]): void =>
    this.#begun().writeSync!(at, bytes);
  readonly truncateSync = (size: number): void => this.#begun().truncateSync!(size);

  async write(at: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.writeSync(at, bytes);
  }

  async truncate(size: number): Promise<void> {
    this.truncateSync(size);
  }

  async replace(bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.undo();
    await this.#file.replace(bytes);
  }

  flush(): Promise<void> {
    return this.#now.flush();
  }

  lock(): Promise<void> {
    return this.#file.lock();
  }

  lendLock(): void {
    this.#file.lendLock?.();
  }

  unlock(): void {
    this.#file.unlock?.();
  }

  close(): void | Promise<void> {
    return this.#file.close();
  }

  /** Always waits for the medium: a name must not come to point at what is not there yet. */
  async settle(): Promise<void> {
    const copy = this.#copy;
    this.beside = 0;
    if (copy === undefined) return;
    await copy.flush();
    await copy.close();
    this.#copy = undefined;
    this.#file.adopt(copy.path);
  }

  undo(): void {
    this.beside = 0;
    this.#copy?.discard();
    this.#copy = undefined;
  }

  get #now(): EditableFile {
    return this.#copy ?? this.#file;
  }

  #begun(): EditableFile {
    if (this.#copy !== undefined) return this.#copy;
    const { fs, randomName } = this.#node;
    const temporary = `${realTarget(this.#node, this.path)}.${randomName()}.tmp`;
    try {
      fs.copyFileSync(this.path, temporary, fs.constants.COPYFILE_FICLONE);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw ioError(error, 'copy', this.path);
    }
    this.#copy = editableFile(temporary);
    this.beside += this.#copy.size;
    return this.#copy;
  }
}
