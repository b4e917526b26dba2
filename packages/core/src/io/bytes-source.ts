import { lockedError } from './lock.js';
import { checkRange, joinBytes, piecesOf, throwIfAborted } from './ranges.js';
import type { Range, Sink, Source } from './source.js';

/** A source over bytes in memory. What it returns are views, not copies. */
export function bytesSource(content: Uint8Array, name = 'bytes'): Source {
  // A Buffer's slice is a view, which those who read would not expect.
  const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  const readSync = (ranges: readonly Range[]): Uint8Array[] =>
    ranges.map((range) => {
      checkRange(range, bytes.byteLength, name);
      return bytes.subarray(range.at, range.at + range.length);
    });
  return {
    size: bytes.byteLength,
    name,
    readSync,
    readInto: (at, target) => {
      checkRange({ at, length: target.byteLength }, bytes.byteLength, name);
      target.set(bytes.subarray(at, at + target.byteLength));
    },
    async read(ranges, signal) {
      throwIfAborted(signal, `read '${name}'`);
      return readSync(ranges);
    },
    close() {},
  };
}

/** A sink in memory that grows; `bytes()` is its content. */
export interface BytesSink extends Sink {
  bytes(): Uint8Array;
}

/** @example const sink = bytesSink(); await lab.save(sink, value); sink.bytes() */
export function bytesSink(initial: Uint8Array = new Uint8Array(0), name = 'bytes'): BytesSink {
  return new MemorySink(initial, name);
}

class MemorySink implements BytesSink {
  readonly name: string;
  #buffer: Uint8Array;
  #size: number;
  #locked = false;

  constructor(initial: Uint8Array, name: string) {
    this.name = name;
    this.#buffer = new Uint8Array(initial);
    this.#size = initial.byteLength;
  }

  get size(): number {
    return this.#size;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  readonly readSync = (ranges: readonly Range[]): Uint8Array[] =>
    ranges.map((range) => {
      checkRange(range, this.#size, this.name);
      return this.#buffer.slice(range.at, range.at + range.length);
    });

  readonly readInto = (at: number, target: Uint8Array): void => {
    checkRange({ at, length: target.byteLength }, this.#size, this.name);
    target.set(this.#buffer.subarray(at, at + target.byteLength));
  };

  async read(ranges: readonly Range[], signal?: AbortSignal): Promise<Uint8Array[]> {
    throwIfAborted(signal, `read '${this.name}'`);
    return this.readSync(ranges);
  }

  readonly writeSync = (at: number, bytes: Uint8Array | readonly Uint8Array[]): void => {
    const joined = joinBytes(bytes);
    this.#reserve(at + joined.byteLength);
    this.#buffer.set(joined, at);
    this.#size = Math.max(this.#size, at + joined.byteLength);
  };

  async write(at: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.writeSync(at, bytes);
  }

  readonly truncateSync = (size: number): void => {
    this.#reserve(size);
    if (size < this.#size) this.#buffer.fill(0, size, this.#size);
    this.#size = size;
  };

  async truncate(size: number): Promise<void> {
    this.truncateSync(size);
  }

  async flush(): Promise<void> {}

  async lock(): Promise<void> {
    if (this.#locked) throw lockedError(this.name, 'another editor of this process');
    this.#locked = true;
  }

  async replace(bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    const joined = joinBytes(bytes);
    // A single piece is the caller's; several were copied just now.
    this.#buffer = joined === bytes || joined === piecesOf(bytes)[0] ? joined.slice() : joined;
    this.#size = this.#buffer.byteLength;
  }

  unlock(): void {
    this.#locked = false;
  }

  close(): void {
    this.unlock();
  }

  #reserve(size: number): void {
    if (size <= this.#buffer.byteLength) return;
    const grown = new Uint8Array(Math.max(size, this.#buffer.byteLength * 2));
    grown.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = grown;
  }
}
