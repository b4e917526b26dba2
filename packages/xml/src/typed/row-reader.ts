import { behindSpace, PLAIN, TEXT_CLASS, utf8Width } from '../parse/characters.js';
import type { ColumnFill } from './read-table.js';
import type { ValueReader } from './read-value.js';
import { ROW } from './vocabulary.js';

const LESS = 0x3c;
/** Texts that repeat are found by the hash of their bytes in a table of this many places. */
const CACHE_SIZE = 1 << 12;
const MOST_CACHED_BYTES = 24;
/** After so many cells a cache that seldom hits is given up. */
const CACHE_TRIAL = 2048;

/**
 * Reads rows. Those that look as this package writes them are matched byte by byte against the tags that are due;
 * all others go through the scanner.
 */
export class RowReader {
  readonly #reader: ValueReader;
  readonly #fills: readonly ColumnFill[];
  readonly #byTag: ReadonlyMap<string, number>;
  readonly #open: Uint8Array;
  readonly #close: Uint8Array;
  readonly #opens: readonly Uint8Array[];
  readonly #closes: readonly Uint8Array[];
  readonly #caches: readonly (TextCache | undefined)[];
  readonly #done: Uint8Array;

  constructor(reader: ValueReader, fills: readonly ColumnFill[]) {
    const tag = (text: string): Uint8Array => new TextEncoder().encode(text);
    this.#reader = reader;
    this.#fills = fills;
    this.#byTag = new Map(fills.map((fill, i) => [fill.tag, i]));
    this.#open = tag(`<${ROW}>`);
    this.#close = tag(`</${ROW}>`);
    this.#opens = fills.map((fill) => tag(`<${fill.tag}>`));
    this.#closes = fills.map((fill) => tag(`</${fill.tag}>`));
    this.#caches = fills.map((fill) => (fill.texts === undefined ? undefined : new TextCache()));
    this.#done = new Uint8Array(fills.length);
  }

  /** Reads the row that stands next; false, with the scanner where it was, when it needs another look. */
  fast(row: number): boolean {
    const { scanner } = this.#reader;
    if (!scanner.isPlain) return false;
    const { bytes, end } = scanner;
    let at = behindSpace(bytes, scanner.at, end);
    if (!matches(bytes, at, end, this.#open)) return false;
    at += this.#open.length;
    const fills = this.#fills;
    for (let i = 0; i < fills.length; i++) {
      const fill = fills[i]!;
      at = behindSpace(bytes, at, end);
      const open = this.#opens[i]!;
      if (!matches(bytes, at, end, open)) {
        fill.setNull(row);
        continue;
      }
      const from = at + open.length;
      at = from;
      let beyondAscii = false;
      for (;;) {
        while (at < end && TEXT_CLASS[bytes[at]!] === PLAIN) at++;
        if (at >= end) return false;
        const byte = bytes[at]!;
        if (byte === LESS) break;
        const width = byte >= 0x80 ? utf8Width(bytes, at, end) : 0;
        if (width === 0) return false;
        beyondAscii = true;
        at += width;
      }
      const close = this.#closes[i]!;
      if (!matches(bytes, at, end, close)) return false;
      if (fill.read !== undefined) {
        if (beyondAscii || !fill.read(bytes, from, at, row)) return false;
      } else if (fill.texts !== undefined)
        fill.texts[row] = this.#caches[i]!.of(scanner, from, at, beyondAscii);
      else return false;
      fill.setValid(row);
      at += close.length;
    }
    at = behindSpace(bytes, at, end);
    if (!matches(bytes, at, end, this.#close)) return false;
    scanner.at = at + this.#close.length;
    return true;
  }

  /** Reads the row whose start tag was read: cells in any order, nulls left out. */
  slow(row: number): void {
    const { scanner } = this.#reader;
    const done = this.#done.fill(0);
    while (this.#reader.child()) {
      const index = this.#byTag.get(scanner.name);
      if (index === undefined) throw scanner.error(`element '${scanner.name}' is no column of the table`);
      if (done[index] === 1) throw scanner.error(`column '${scanner.name}' stands twice in a row`);
      done[index] = 1;
      this.#fills[index]!.slow(row);
      this.#fills[index]!.setValid(row);
    }
    for (let i = 0; i < done.length; i++) if (done[i] === 0) this.#fills[i]!.setNull(row);
  }
}

function matches(bytes: Uint8Array, at: number, end: number, wanted: Uint8Array): boolean {
  if (at + wanted.length > end) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

interface Slicer {
  readonly bytes: Uint8Array;
  slice(from: number, to: number, beyondAscii: boolean): string;
}

/** Gives equal short texts the same string, as long as they repeat. */
class TextCache {
  readonly #texts = new Array<string | undefined>(CACHE_SIZE);
  readonly #froms = new Float64Array(CACHE_SIZE);
  readonly #lengths = new Uint8Array(CACHE_SIZE);
  #asked = 0;
  #found = 0;

  of(slicer: Slicer, from: number, to: number, beyondAscii: boolean): string {
    const length = to - from;
    if (length > MOST_CACHED_BYTES || (this.#asked >= CACHE_TRIAL && this.#found * 2 < this.#asked))
      return slicer.slice(from, to, beyondAscii);
    const { bytes } = slicer;
    let hash = length;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const place = (hash ^ (hash >>> 12)) & (CACHE_SIZE - 1);
    const held = this.#texts[place];
    this.#asked++;
    if (
      held !== undefined &&
      this.#lengths[place] === length &&
      isSame(bytes, this.#froms[place]!, from, to)
    ) {
      this.#found++;
      return held;
    }
    const made = slicer.slice(from, to, beyondAscii);
    this.#texts[place] = made;
    this.#froms[place] = from;
    this.#lengths[place] = length;
    return made;
  }
}

function isSame(bytes: Uint8Array, held: number, from: number, to: number): boolean {
  for (let i = from, j = held; i < to; i++, j++) if (bytes[i] !== bytes[j]) return false;
  return true;
}
