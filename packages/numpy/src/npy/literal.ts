import { FormatError } from '@formatlab/core';

/** A parsed Python literal: dict, tuple and list keep their kind; tuples and lists are both arrays here. */
export type Literal =
  | string
  | number
  | boolean
  | null
  | readonly Literal[]
  | { readonly dict: ReadonlyMap<string, Literal> };

const MAX_DEPTH = 32;
const BLANK = 0x20;

/**
 * Parses the literal that an npy header holds (NEP 1: "an ASCII string which contains a Python literal
 * expression of a dictionary"). Only literals: nothing is evaluated.
 *
 * @throws FormatError `corrupt`, with `offset` counted from `base`
 */
export function parseLiteral(text: string, base = 0): Literal {
  const parser = new LiteralParser(text, base);
  const value = parser.value(0);
  parser.end();
  return value;
}

export function isDict(value: Literal | undefined): value is { readonly dict: ReadonlyMap<string, Literal> } {
  return typeof value === 'object' && value !== null && 'dict' in value;
}

class LiteralParser {
  readonly #text: string;
  readonly #base: number;
  #at = 0;

  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
  }

  value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw this.#fail('nested too deeply');
    this.#space();
    const next = this.#text[this.#at];
    if (next === '{') return this.#dict(depth);
    if (next === '(') return this.#sequence(')', depth);
    if (next === '[') return this.#sequence(']', depth);
    if (next === "'" || next === '"') return this.#string(next);
    const word = /^(?:True|False|None|-?\d+)/.exec(this.#text.slice(this.#at, this.#at + 24))?.[0];
    if (word === undefined) throw this.#fail('expected a literal');
    this.#at += word.length;
    if (word === 'True') return true;
    if (word === 'False') return false;
    if (word === 'None') return null;
    // Python 2 wrote long integers with an L.
    if (this.#text[this.#at] === 'L') this.#at++;
    return Number(word);
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw this.#fail('expected the end of the header');
  }

  #dict(depth: number): Literal {
    const dict = new Map<string, Literal>();
    this.#at++;
    for (;;) {
      this.#space();
      if (this.#take('}')) return { dict };
      const key = this.value(depth + 1);
      if (typeof key !== 'string') throw this.#fail('expected a string as key');
      this.#space();
      if (!this.#take(':')) throw this.#fail("expected ':'");
      dict.set(key, this.value(depth + 1));
      this.#space();
      if (!this.#take(',') && this.#text[this.#at] !== '}') throw this.#fail("expected ',' or '}'");
    }
  }

  /** A parenthesis around one value without a comma is that value, as in Python. */
  #sequence(close: ')' | ']', depth: number): Literal {
    const items: Literal[] = [];
    let commas = 0;
    this.#at++;
    for (;;) {
      this.#space();
      if (this.#take(close)) return close === ')' && items.length === 1 && commas === 0 ? items[0]! : items;
      items.push(this.value(depth + 1));
      this.#space();
      if (this.#take(',')) commas++;
      else if (this.#text[this.#at] !== close) throw this.#fail(`expected ',' or '${close}'`);
    }
  }

  #string(quote: string): string {
    this.#at++;
    let out = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw this.#fail('unterminated string');
      this.#at++;
      if (char === quote) return out;
      out += char === '\\' ? this.#escape() : char;
    }
  }

  #escape(): string {
    const rest = this.#text.slice(this.#at, this.#at + 9);
    const hex = /^(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/.exec(rest);
    if (hex !== null) {
      this.#at += hex[0].length;
      const code = Number.parseInt((hex[1] ?? hex[2] ?? hex[3])!, 16);
      if (code > 0x10ffff) throw this.#fail('escape beyond Unicode');
      return String.fromCodePoint(code);
    }
    const simple = SIMPLE_ESCAPES[rest[0] ?? ''];
    if (simple === undefined) throw this.#fail('unknown escape');
    this.#at++;
    return simple;
  }

  #space(): void {
    // Headers end in blanks, up to 63 of them: without a regular expression for each.
    while (this.#text.charCodeAt(this.#at) === BLANK) this.#at++;
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #fail(state: string): FormatError {
    const offset = this.#base + this.#at;
    return new FormatError(
      'corrupt',
      `parse npy header '${shorten(this.#text)}': ${state} at byte ${offset}`,
      { format: 'numpy', offset },
    );
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

function shorten(text: string): string {
  const line = text.trim();
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
