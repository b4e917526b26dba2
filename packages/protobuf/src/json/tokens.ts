import { type Budget, FormatError } from '@formatlab/core';
import { isWellFormed } from '../wire/writer.js';

/** A number as it is written: 64-bit integers are exact. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonNode =
  | null
  | boolean
  | string
  | JsonNumber
  | readonly JsonNode[]
  | ReadonlyMap<string, JsonNode>;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"((?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"/y;
const BLANK = /[ \t\r\n]*/y;

/** Strict JSON (RFC 8259) in which no name comes twice. @throws FormatError `corrupt`, `limit` */
export function parseJson(text: string, budget: Budget): JsonNode {
  const parser = new JsonParser(text, budget);
  return parser.whole();
}

class JsonParser {
  readonly #text: string;
  readonly #budget: Budget;
  #at = 0;

  constructor(text: string, budget: Budget) {
    this.#text = text;
    this.#budget = budget;
  }

  whole(): JsonNode {
    const node = this.#node(0);
    this.#blank();
    if (this.#at < this.#text.length) throw this.#error('text follows the value');
    return node;
  }

  #node(depth: number): JsonNode {
    this.#budget.checkDepth(depth, 'JSON');
    this.#budget.takeItems(1, 'JSON');
    this.#blank();
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#error('no value starts here');
    this.#at = NUMBER.lastIndex;
    return new JsonNumber(match[0]);
  }

  #object(depth: number): JsonNode {
    const members = new Map<string, JsonNode>();
    this.#at++;
    this.#blank();
    if (this.#accept('}')) return members;
    do {
      this.#blank();
      const name = this.#string();
      if (members.has(name)) throw this.#error(`name '${name}' comes twice`);
      this.#blank();
      if (!this.#accept(':')) throw this.#error("':' is missing");
      members.set(name, this.#node(depth + 1));
      this.#blank();
    } while (this.#accept(','));
    if (!this.#accept('}')) throw this.#error("',' or '}' is missing");
    return members;
  }

  #array(depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at++;
    this.#blank();
    if (this.#accept(']')) return items;
    do {
      items.push(this.#node(depth + 1));
      this.#blank();
    } while (this.#accept(','));
    if (!this.#accept(']')) throw this.#error("',' or ']' is missing");
    return items;
  }

  #string(): string {
    STRING.lastIndex = this.#at;
    const match = STRING.exec(this.#text);
    if (match === null) throw this.#error('a text is missing or not well-formed');
    this.#at = STRING.lastIndex;
    const body = match[1]!;
    // What the pattern lets through is a JSON string.
    const text = body.includes('\\') ? (JSON.parse(match[0]) as string) : body;
    if (!isWellFormed(text)) throw this.#error('half of a surrogate pair is no text');
    return text;
  }

  #accept(symbol: string): boolean {
    if (this.#text[this.#at] !== symbol) return false;
    this.#at++;
    return true;
  }

  #blank(): void {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.#text);
    this.#at = BLANK.lastIndex;
  }

  #error(state: string): FormatError {
    return new FormatError('corrupt', `read JSON: ${state}`, { format: 'protobuf', offset: this.#at });
  }
}

const WORDS: readonly (readonly [string, JsonNode])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];
