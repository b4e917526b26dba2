import { Budget, type Context, FormatError, type Source, type Value } from '@formatlab/core';
import { decodePart } from './decode.js';
import { type Header, LONGEST_HEADER, readHeader } from './header.js';
import type { MsgpackOptions } from './options.js';

/** Read after a jump: enough for the headers of an array. */
const FIRST_WINDOW = 512;
const LARGEST_WINDOW = 64 * 1024;

/**
 * Walks the headers of a file through a window. What is skipped is not read: after a jump the window is small, and
 * grows while reading goes on without one.
 */
export class Scanner {
  readonly size: number;
  readonly #source: Source;
  readonly #context: Context<MsgpackOptions>;
  #window: Uint8Array = new Uint8Array(0);
  /** Where the window starts in the file. */
  #start = 0;

  constructor(source: Source, context: Context<MsgpackOptions>) {
    this.#source = source;
    this.#context = context;
    this.size = source.size;
  }

  /** Header of the value at `at`. @throws FormatError `corrupt` where the file ends in it, or 0xc1 stands there */
  async header(at: number): Promise<Header> {
    await this.#cover(at, LONGEST_HEADER);
    const header = this.#headerHere(at);
    if (header === undefined) throw this.#cut(at);
    return header;
  }

  /** Where the value at `at` ends, by its headers and those of what it holds. */
  async end(at: number): Promise<number> {
    let next = at;
    // Counted instead of followed by recursion: any depth is fine.
    for (let pending = 1; pending > 0; ) {
      const header = this.#headerHere(next) ?? (await this.header(next));
      next += header.size + header.payload;
      pending += header.children - 1;
      if (next + pending > this.size) throw this.#cut(next);
    }
    return next;
  }

  /** Some bytes: from the window where it has them all. @throws FormatError `corrupt` past the end of the file */
  async bytes(at: number, length: number): Promise<Uint8Array> {
    if (at + length > this.size) throw this.#cut(at);
    if (this.#has(at, length)) return this.#window.subarray(at - this.#start, at - this.#start + length);
    return this.#read(at, length);
  }

  /** The value from `at` to `end`, decoded. */
  async value(at: number, end: number, depth: number): Promise<Value> {
    const context = this.readContext();
    context.budget.takeBytes(end - at, `the ${end - at} bytes at byte ${at}`);
    return decodePart(await this.bytes(at, end - at), at, depth, context);
  }

  /** What is read from an open file is the caller's to keep: each read has the whole allowance. */
  readContext(): Context<MsgpackOptions> {
    const { maxBytes, maxItems, maxDepth } = this.#context.budget;
    return { ...this.#context, budget: new Budget({ bytes: maxBytes, items: maxItems, depth: maxDepth }) };
  }

  #headerHere(at: number): Header | undefined {
    const inWindow = at - this.#start;
    if (inWindow < 0) return undefined;
    const header = readHeader(this.#window, inWindow);
    if (header?.kind !== 'invalid') return header;
    throw new FormatError('corrupt', 'read a value: 0xc1 is reserved and starts none', {
      format: 'msgpack',
      offset: at,
    });
  }

  #has(at: number, length: number): boolean {
    return at >= this.#start && at + length <= this.#start + this.#window.length;
  }

  /** Makes the window hold `length` bytes at `at`, or what of them the file has. */
  async #cover(at: number, length: number): Promise<void> {
    const wanted = Math.min(length, this.size - at);
    if (wanted <= 0 || this.#has(at, wanted)) return;
    const goesOn = at >= this.#start && at <= this.#start + this.#window.length;
    const room = goesOn ? Math.min(LARGEST_WINDOW, 2 * this.#window.length) : FIRST_WINDOW;
    const count = Math.min(this.size - at, Math.max(room, FIRST_WINDOW, wanted));
    this.#window = await this.#read(at, count);
    this.#start = at;
    this.#context.progress(at, this.size);
  }

  #read(at: number, length: number): Uint8Array | Promise<Uint8Array> {
    const ranges = [{ at, length }];
    if (this.#source.readSync !== undefined) return this.#source.readSync(ranges)[0]!;
    return this.#source.read(ranges, this.#context.signal).then((pieces) => pieces[0]!);
  }

  #cut(at: number): FormatError {
    return new FormatError(
      'corrupt',
      `read the value at byte ${at}: the file of ${this.size} bytes ends in it`,
      { format: 'msgpack', offset: at },
    );
  }
}
