import {
  type Budget,
  FormatError,
  IS_LOOSE,
  IS_ROUNDED,
  IS_WIDE,
  joinPath,
  NumberRows,
  NumberScanner,
  newRecord,
  parseInteger,
  type Value,
} from '@formatlab/core';
import {
  BACKSLASH,
  BLANK,
  CARRIAGE_RETURN,
  CLOSE_LIST,
  CLOSE_RECORD,
  COLON,
  COMMA,
  LINE_FEED,
  MINUS,
  NINE,
  OPEN_LIST,
  OPEN_RECORD,
  QUOTE,
  TAB,
  ZERO,
} from './ascii.js';
import { unescape } from './escapes.js';
import { type Key, KeyCache } from './key-cache.js';
import { syntaxError } from './syntax-error.js';
import { TextWindow } from './text-window.js';

export interface ParserOptions {
  /** Accept the bare words NaN, Infinity and -Infinity. */
  readonly nonFinite: boolean;
  readonly budget: Budget;
  /** A member that stands twice in one record; the last one is kept, as in JavaScript and Python. */
  duplicate(path: string): void;
  /** Numbers were written with more digits than a double keeps. */
  rounded(count: number): void;
  /** Called about once a megabyte. */
  progress(done: number): void;
}

/** A list that a hook reads in its own way; undefined leaves it to the parser, which starts again at its `[`. */
export type ListHook = (parser: JsonParser, depth: number) => Value | undefined;
/** A record that a hook makes another value of. */
export type RecordHook = (parser: JsonParser, depth: number) => Value | undefined;

/** Memory of a list or record and of each member, as charged to the budget. */
const CONTAINER_BYTES = 32;
const MEMBER_BYTES = 8;
const CHARGE_BYTES = 65536;
const REPORT_BYTES = 2 ** 20;

const WORDS: readonly { readonly word: string; readonly value: Value; readonly nonFinite: boolean }[] = [
  { word: 'true', value: true, nonFinite: false },
  { word: 'false', value: false, nonFinite: false },
  { word: 'null', value: null, nonFinite: false },
  { word: 'NaN', value: Number.NaN, nonFinite: true },
  { word: 'Infinity', value: Number.POSITIVE_INFINITY, nonFinite: true },
  { word: '-Infinity', value: Number.NEGATIVE_INFINITY, nonFinite: true },
];

/**
 * JSON as RFC 8259 has it, from bytes. Integers of magnitude 2^53 and above are bigints, every other number
 * is the nearest double; lone surrogates in escapes are kept; a member named `__proto__` is one like any other.
 */
export class JsonParser {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly options: ParserOptions;
  readonly numbers: NumberScanner;
  /** Reads runs of plain numbers, where WebAssembly is to be had. */
  readonly fast: NumberRows | undefined;
  readonly text: TextWindow;
  /** Reads lists in another way than as lists, where it can. */
  listHook: ListHook | undefined;
  recordHook: RecordHook | undefined;
  at = 0;
  /** Numbers with more digits than the double that they became. */
  rounded = 0;
  readonly #one = new Float64Array(1);
  readonly #keys: KeyCache;
  /** Keys of the record that was read last at each depth: mostly the next one has the same. */
  readonly #lastKeys: Key[][] = [];
  /** Name or index of the value under way at each depth. */
  readonly #names: (string | number)[] = [];
  #uncharged = 0;
  #reportAt = REPORT_BYTES;

  constructor(bytes: Uint8Array, options: ParserOptions, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.options = options;
    this.numbers = new NumberScanner(bytes, start, end);
    this.fast = NumberRows.over(end === bytes.length ? bytes : bytes.subarray(0, end));
    this.text = new TextWindow(bytes, end);
    this.#keys = new KeyCache(bytes);
  }

  /** The value that starts at `at`, blanks before it skipped. @throws FormatError `corrupt`, `limit` */
  value(depth: number): Value {
    switch (this.peek()) {
      case OPEN_RECORD:
        return this.recordHook?.(this, depth) ?? this.record(depth);
      case OPEN_LIST:
        return this.listHook?.(this, depth) ?? this.list(depth);
      case QUOTE:
        return this.string();
      default:
        return this.#scalar();
    }
  }

  /** The list whose `[` stands at `at`. */
  list(depth: number): Value[] {
    this.options.budget.checkDepth(depth + 1, 'JSON');
    const list: Value[] = [];
    this.at++;
    this.charge(CONTAINER_BYTES);
    if (this.peek() === CLOSE_LIST) {
      this.at++;
      return list;
    }
    for (;;) {
      this.#names[depth] = list.length;
      list.push(this.value(depth + 1));
      this.charge(MEMBER_BYTES);
      const next = this.peek();
      if (next === COMMA) this.at++;
      else if (next === CLOSE_LIST) break;
      else throw this.error("',' or ']'");
    }
    this.at++;
    this.takeItems(list.length);
    return list;
  }

  /** The record whose `{` stands at `at`. */
  record(depth: number): { readonly [name: string]: Value } {
    this.options.budget.checkDepth(depth + 1, 'JSON');
    const record = newRecord();
    this.at++;
    this.charge(CONTAINER_BYTES);
    if (this.peek() === CLOSE_RECORD) {
      this.at++;
      return record;
    }
    let last = this.#lastKeys[depth] ?? [];
    // While the keys are those of the record before, in their order, none of them can stand twice.
    let same = true;
    let count = 0;
    for (;;) {
      const key = this.key(same ? last[count] : undefined);
      if (same && key !== last[count]) {
        last = last.slice(0, count);
        same = false;
      }
      const name = key.text;
      this.#names[depth] = name;
      if (!same) {
        if (Object.hasOwn(record, name))
          this.options.duplicate(joinPath(this.#names.slice(0, depth + 1).map(String)));
        last.push(key);
      }
      count++;
      record[name] = this.value(depth + 1);
      this.charge(2 * MEMBER_BYTES);
      const next = this.peek();
      if (next === COMMA) this.at++;
      else if (next === CLOSE_RECORD) break;
      else throw this.error("',' or '}'");
    }
    this.at++;
    if (!same) this.#lastKeys[depth] = last;
    this.takeItems(count);
    return record;
  }

  /** A member's name and the colon behind it. `guess` is the key that is likely. */
  key(guess: Key | undefined): Key {
    if (this.peek() !== QUOTE) throw this.error('a name in double quotes');
    let key = guess !== undefined && this.#keys.matches(guess, this.at + 1) ? guess : undefined;
    if (key !== undefined) this.at += key.bytes.length + 2;
    else {
      const start = this.at + 1;
      const behind = this.#plainEnd(start);
      if (behind > 0) {
        this.at = behind + 1;
        key = this.#keys.find(start, behind) ?? this.#keys.add(start, behind, this.text.ascii(start, behind));
      } else key = { bytes: NO_BYTES, text: this.string(), hash: 0 };
    }
    if (this.peek() !== COLON) throw this.error("':'");
    this.at++;
    return key;
  }

  /** The string whose opening quote stands at `at`. */
  string(): string {
    const start = this.at + 1;
    const behind = this.#plainEnd(start);
    if (behind > 0) {
      this.at = behind + 1;
      this.charge(behind - start);
      return this.text.ascii(start, behind);
    }
    return this.#oddString(start);
  }

  /** The byte at `at`, or the next one that is not blank; -1 at the end. */
  peek(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end) {
      const byte = bytes[at]!;
      if (
        byte > BLANK ||
        (byte !== BLANK && byte !== LINE_FEED && byte !== CARRIAGE_RETURN && byte !== TAB)
      ) {
        this.at = at;
        return byte;
      }
      at++;
    }
    this.at = at;
    return -1;
  }

  /** Charges memory to the budget, in lots. */
  charge(bytes: number): void {
    this.#uncharged += bytes;
    if (this.#uncharged < CHARGE_BYTES) return;
    this.options.budget.takeBytes(this.#uncharged, 'JSON');
    this.#uncharged = 0;
    this.report();
  }

  takeItems(count: number): void {
    this.options.budget.takeItems(count, 'JSON');
  }

  /** Reports progress when a megabyte has passed; throws when the caller's signal was aborted. */
  report(): void {
    if (this.at < this.#reportAt) return;
    this.#reportAt = this.at + REPORT_BYTES;
    this.options.progress(this.at);
  }

  error(expected: string, at: number = this.at): FormatError {
    return syntaxError(this.bytes, at, this.end, expected);
  }

  /** What ends the reading of a value: reports what was lost of it. */
  finish(): void {
    if (this.rounded > 0) this.options.rounded(this.rounded);
    this.rounded = 0;
  }

  /** A bare NaN or infinity at `at`, where they are accepted; undefined, with nothing read, where there is none. */
  nonFinite(): number | undefined {
    if (!this.options.nonFinite) return undefined;
    const value = this.#word();
    if (typeof value === 'number') return value;
    return undefined;
  }

  #scalar(): Value {
    const byte = this.at < this.end ? this.bytes[this.at]! : -1;
    if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
      const number = this.#number();
      if (number !== undefined) return number;
    }
    const start = this.at;
    const value = this.#word();
    if (value === undefined) throw this.error('a value');
    if (typeof value === 'number' && !this.options.nonFinite) {
      const word = WORDS.find((each) => Object.is(each.value, value))!.word;
      throw new FormatError(
        'corrupt',
        `${this.error('a value', start).message}; JSON has no ${word}, set 'nan' to 'python' to accept it`,
        {
          format: 'json',
          offset: start,
          found: word,
        },
      );
    }
    return value;
  }

  #number(): number | bigint | undefined {
    const { numbers } = this;
    const start = this.at;
    numbers.at = start;
    const kind = numbers.scan(this.#one, 0);
    if (kind === 0) return undefined;
    if ((kind & IS_LOOSE) !== 0) throw looseNumber(this, start, numbers.at);
    this.at = numbers.at;
    if ((kind & IS_ROUNDED) !== 0) this.rounded++;
    if ((kind & IS_WIDE) === 0) return this.#one[0]!;
    this.charge(this.at - start);
    return parseInteger(this.bytes, start, this.at)!;
  }

  #word(): Value | undefined {
    const { bytes, end, at } = this;
    for (const { word, value } of WORDS) {
      if (bytes[at] !== word.charCodeAt(0) || at + word.length > end) continue;
      let length = 1;
      while (length < word.length && bytes[at + length] === word.charCodeAt(length)) length++;
      if (length < word.length) continue;
      this.at = at + length;
      return value;
    }
    return undefined;
  }

  /** Where the closing quote stands, when all before it is ASCII that stands for itself; else 0. */
  #plainEnd(start: number): number {
    const { bytes, end } = this;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) return at;
      if (byte < BLANK || byte === BACKSLASH || byte >= 0x80) return 0;
    }
    return 0;
  }

  #oddString(start: number): string {
    const { bytes, end } = this;
    let text = '';
    let from = start;
    let at = start;
    for (;;) {
      if (at >= end) throw this.error("a closing '\"'", end);
      const byte = bytes[at]!;
      if (byte === QUOTE) break;
      if (byte < BLANK) throw this.error('a character of a string (control characters are escaped)', at);
      if (byte !== BACKSLASH) {
        at++;
        continue;
      }
      if (at > from) text += this.text.utf8(from, at);
      const escape = unescape(bytes, at, end);
      if (escape === undefined) throw this.error('an escape (\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)', at);
      text += escape.text;
      at += escape.length;
      from = at;
    }
    if (at > from) text += this.text.utf8(from, at);
    this.at = at + 1;
    this.charge(2 * (at - start));
    return text;
  }
}

const NO_BYTES = new Uint8Array(0);

function looseNumber(parser: JsonParser, start: number, behind: number): FormatError {
  const shown = new TextDecoder().decode(parser.bytes.subarray(start, Math.min(behind, start + 40)));
  return new FormatError(
    'corrupt',
    `read number '${shown}' ${parser.error('a value', start).message.replace(/^read JSON (.*?):.*$/s, '$1')}: JSON has no leading zeros and wants digits on both sides of the point`,
    { format: 'json', offset: start, found: shown },
  );
}
