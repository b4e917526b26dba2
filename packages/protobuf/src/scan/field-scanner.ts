import { Budget, type Context, ScanWindow, type Source, type WindowView } from '@formatlab/core';
import type { ProtobufOptions } from '../options.js';
import { WireReader } from '../wire/reader.js';
import { I32, I64, LEN, VARINT } from '../wire/spec.js';

/** A tag of five bytes and a length or number of ten. */
const LONGEST_HEADER = 15;

/** Where a field lies in the file. */
export interface FieldPlace {
  readonly number: number;
  readonly wire: number;
  /** Behind the tag: where its length is, if it has one. */
  readonly partAt: number;
  /** Where its content starts, and ends. */
  readonly at: number;
  readonly end: number;
}

/** Walks fields by their tags and lengths through a window on the file: what is skipped is not read. */
export class FieldScanner {
  readonly size: number;
  readonly #window: ScanWindow;
  readonly #context: Context<ProtobufOptions>;
  #reader = new WireReader(new Uint8Array(0));
  /** Items found so far of long lists, by where those start. */
  readonly #found = new Map<number, { readonly index: number; readonly at: number }>();

  constructor(source: Source, context: Context<ProtobufOptions>) {
    this.size = source.size;
    this.#window = new ScanWindow(source, context);
    this.#context = context;
  }

  /** The field whose tag is at `at` in a message that ends at `end`. @throws FormatError `corrupt` */
  async field(at: number, end: number): Promise<FieldPlace> {
    return fieldIn(this.#readerOf(await this.#window.at(at, LONGEST_HEADER)), at, end);
  }

  async *fields(at: number, end: number): AsyncGenerator<FieldPlace> {
    for (let next = at; next < end; ) {
      const field = await this.field(next, end);
      yield field;
      next = field.end;
    }
  }

  /** Where field `index` starts of those from `start` on: what it passes is remembered. @throws FormatError `corrupt` */
  async item(start: number, end: number, index: number): Promise<number> {
    const known = this.#found.get(start);
    const from = known === undefined || known.index > index ? { index: 0, at: start } : known;
    const { at } = await this.#walk(from.at, end, index - from.index, (r, next) => fieldIn(r, next, end).end);
    this.#found.set(start, { index, at });
    return at;
  }

  /** How many fields of one number fill the bytes from `at` to `end`; undefined where another one is among them. */
  async count(at: number, end: number, number: number): Promise<number | undefined> {
    let alike = true;
    const { count } = await this.#walk(at, end, Number.POSITIVE_INFINITY, (r, next) => {
      const field = fieldIn(r, next, end);
      if (field.number === number && field.wire === LEN) return field.end;
      alike = false;
      return end;
    });
    return alike ? count : undefined;
  }

  /**
   * Passes messages of a stream, each behind its length: no more than `most`, and no more bytes than `mostBytes` unless
   * the first one has more. @throws FormatError `corrupt`
   */
  messages(
    at: number,
    most: number,
    mostBytes = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly at: number; readonly count: number }> {
    return this.#walk(
      at,
      this.size,
      most,
      (r, next) => {
        r.pos = next - r.base;
        r.limit = this.size - r.base;
        return r.length() + r.pos + r.base;
      },
      mostBytes,
    );
  }

  /** A reader of the bytes from `at` to `end`, which are charged. */
  async read(at: number, end: number, budget: Budget): Promise<WireReader> {
    budget.takeBytes(end - at, `the ${end - at} bytes at byte ${at}`);
    return new WireReader(await this.#window.bytes(at, end - at), at);
  }

  /** What is read from an open file is the caller's to keep: each read has the whole allowance. */
  budget(): Budget {
    const { maxBytes, maxItems, maxDepth } = this.#context.budget;
    return new Budget({ bytes: maxBytes, items: maxItems, depth: maxDepth });
  }

  async #walk(
    start: number,
    end: number,
    most: number,
    endOf: (r: WireReader, at: number) => number,
    mostBytes = Number.POSITIVE_INFINITY,
  ): Promise<{ at: number; count: number }> {
    let at = start;
    let count = 0;
    while (at < end && count < most) {
      const view = await this.#window.at(at, LONGEST_HEADER);
      const r = this.#readerOf(view);
      const ready = view.start + view.bytes.length;
      // All headers that the window has for sure, without waiting.
      do {
        const next = endOf(r, at);
        if (count > 0 && next - start > mostBytes) return { at, count };
        at = next;
        count++;
      } while (at < end && count < most && at + LONGEST_HEADER <= ready);
    }
    return { at, count };
  }

  #readerOf({ bytes, start }: WindowView): WireReader {
    if (this.#reader.bytes !== bytes) this.#reader = new WireReader(bytes, start);
    return this.#reader;
  }
}

function fieldIn(r: WireReader, at: number, end: number): FieldPlace {
  r.pos = at - r.base;
  // May lie behind the bytes that the reader has: those suffice for a header, or the file ends.
  r.limit = end - r.base;
  const tag = r.tag();
  const partAt = r.base + r.pos;
  const start = startOf(r, tag, partAt);
  return { number: tag >>> 3, wire: tag & 7, partAt, at: start.at, end: start.end };
}

function startOf(r: WireReader, tag: number, at: number): { at: number; end: number } {
  switch (tag & 7) {
    case LEN: {
      const length = r.length();
      return { at: r.base + r.pos, end: r.base + r.pos + length };
    }
    case VARINT:
      r.varint();
      break;
    case I64:
      r.take(8);
      break;
    case I32:
      r.take(4);
      break;
    default:
      throw r.corrupt(`read field ${tag >>> 3}: formatlab.proto has no groups`, at - r.base);
  }
  return { at, end: r.base + r.pos };
}
