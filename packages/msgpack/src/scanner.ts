import {
  Budget,
  type Context,
  FormatError,
  ScanWindow,
  type Source,
  type Value,
  type WindowView,
} from '@formatlab/core';
import { decodePart, decodeSequence } from './decode.js';
import { type Header, LONGEST_HEADER, readHeader } from './header.js';
import type { MsgpackOptions } from './options.js';

/** Walks the headers of a file through a window: what is skipped is not read. */
export class Scanner {
  readonly size: number;
  readonly #window: ScanWindow;
  readonly #context: Context<MsgpackOptions>;
  /** Elements passed so far of long arrays, by where those start. */
  readonly #passed = new Map<number, { readonly index: number; readonly at: number }>();

  constructor(source: Source, context: Context<MsgpackOptions>) {
    this.#window = new ScanWindow(source, context);
    this.#context = context;
    this.size = source.size;
  }

  /** Header of the value at `at`. @throws FormatError `corrupt` where the file ends in it, or 0xc1 stands there */
  async header(at: number): Promise<Header> {
    const header = headerIn(await this.#window.at(at, LONGEST_HEADER), at);
    if (header === undefined) throw this.#window.cut(at);
    return header;
  }

  /** Where the value at `at` ends, by its headers and those of what it holds. */
  end(at: number): Promise<number> {
    return this.skip(at, 1);
  }

  /** Where the last of `count` values from `at` on ends. */
  async skip(at: number, count: number): Promise<number> {
    let next = at;
    let view = this.#window.view;
    // Counted instead of followed by recursion: any depth is fine.
    for (let pending = count; pending > 0; ) {
      let header = headerIn(view, next);
      if (header === undefined) {
        view = await this.#window.at(next, LONGEST_HEADER);
        header = headerIn(view, next);
        if (header === undefined) throw this.#window.cut(next);
      }
      next += header.size + header.payload;
      pending += header.children - 1;
      if (next + pending > this.size) throw this.#window.cut(next);
    }
    return next;
  }

  /** Some elements of the array at `at`: those before them are passed, and how far is remembered. */
  async items(at: number, header: Header, start: number, count: number): Promise<Value> {
    if (start + count > header.children) throw this.#window.cut(at);
    const known = this.#passed.get(at);
    const from = known === undefined || known.index > start ? { index: 0, at: at + header.size } : known;
    const first = await this.skip(from.at, start - from.index);
    const end = await this.skip(first, count);
    this.#passed.set(at, { index: start + count, at: end });
    const context = this.readContext();
    context.budget.takeBytes(end - first, `the ${end - first} bytes at byte ${first}`);
    return decodeSequence(await this.bytes(first, end - first), first, 1, context);
  }

  /** Some bytes: from the window where it has them all. @throws FormatError `corrupt` past the end of the file */
  bytes(at: number, length: number): Uint8Array | Promise<Uint8Array> {
    return this.#window.bytes(at, length);
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
}

function headerIn({ bytes, start }: WindowView, at: number): Header | undefined {
  const header = at < start ? undefined : readHeader(bytes, at - start);
  if (header?.kind !== 'invalid') return header;
  throw new FormatError('corrupt', 'read a value: 0xc1 is reserved and starts none', {
    format: 'msgpack',
    offset: at,
  });
}
