import { IS_LOOSE, IS_NUMBER, IS_WIDE, NumberScanner, type Value } from '@formatlab/core';
import {
  AMPERSAND,
  BANG,
  CLOSE_LIST,
  CLOSE_MAP,
  COLON,
  COMMA,
  DOUBLE_QUOTE,
  isDigit,
  isFlowIndicator,
  isSpace,
  LINE_FEED,
  MINUS,
  OPEN_LIST,
  OPEN_MAP,
  QUESTION,
  SINGLE_QUOTE,
  STAR,
} from './chars.js';
import type { Cursor } from './cursor.js';
import { Members } from './members.js';
import type { Nodes } from './nodes.js';
import { checkPlainStart, plainLine, plainText } from './plain.js';
import { type Properties, readName, readProperties } from './properties.js';
import { quotedText } from './quoted.js';

/** Lists and maps in brackets (YAML 1.2.2, section 7.4). */
export class FlowParser {
  handles: ReadonlyMap<string, string> = new Map();
  readonly #cursor: Cursor;
  readonly #nodes: Nodes;
  /** Reads plain numbers from the bytes of ASCII text. */
  readonly #scanner: NumberScanner | undefined;
  readonly #number = new Float64Array(1);

  constructor(cursor: Cursor, nodes: Nodes) {
    this.#cursor = cursor;
    this.#nodes = nodes;
    const { ascii } = cursor.source;
    this.#scanner = ascii === undefined ? undefined : new NumberScanner(ascii);
  }

  /** The list or map whose bracket stands at the cursor; its lines are indented by `least` blanks. */
  collection(least: number, depth: number): Value {
    this.#nodes.checkDepth(depth);
    return this.#cursor.code() === OPEN_LIST ? this.#list(least, depth) : this.#map(least, depth);
  }

  #list(least: number, depth: number): Value {
    const cursor = this.#cursor;
    const nodes = this.#nodes;
    const items: Value[] = [];
    cursor.at++;
    for (;;) {
      this.#skip(least);
      if (cursor.code() === CLOSE_LIST) break;
      if (cursor.code() === COMMA) throw cursor.error('an item is missing before the comma');
      items.push(this.#readNumber() ? this.#number[0]! : this.#item(least, depth));
      if (nodes.float) nodes.marks.addItem(items);
      this.#skip(least);
      if (cursor.code() === COMMA) cursor.at++;
      else if (cursor.code() !== CLOSE_LIST) throw cursor.error("a ',' or ']' is needed");
    }
    cursor.at++;
    nodes.charge(items.length);
    return items;
  }

  /** The most frequent item of long lists: a number in JSON's form, right before a comma, bracket or line break. */
  #readNumber(): boolean {
    const scanner = this.#scanner;
    const cursor = this.#cursor;
    const code = cursor.code();
    if (scanner === undefined || (!isDigit(code) && code !== MINUS) || this.#nodes.version !== '1.2')
      return false;
    scanner.at = cursor.at;
    const kind = scanner.scan(this.#number, 0);
    if (kind === 0 || (kind & (IS_NUMBER | IS_LOOSE | IS_WIDE)) !== IS_NUMBER) return false;
    const behind = scanner.bytes[scanner.at];
    if (behind !== COMMA && behind !== CLOSE_LIST && behind !== LINE_FEED) return false;
    if (behind === LINE_FEED && !this.#endsAtLine(scanner.at)) return false;
    const text = cursor.text;
    const float = isFloat(text, cursor.at, scanner.at);
    cursor.at = scanner.at;
    this.#nodes.scalar(null, float && Number.isInteger(this.#number[0]!));
    return true;
  }

  /** A plain scalar may go on in the next line; a bracket or comma there ends it. */
  #endsAtLine(at: number): boolean {
    const { text } = this.#cursor;
    while (isSpace(text.charCodeAt(at)) && at < text.length - 1) at++;
    const code = text.charCodeAt(at);
    return code === COMMA || code === CLOSE_LIST;
  }

  /** A node, or a pair of key and value, which is a map of one member. */
  #item(least: number, depth: number): Value {
    const cursor = this.#cursor;
    const nodes = this.#nodes;
    const start = cursor.at;
    const { lineStart } = cursor;
    const before = nodes.count;
    const explicit = cursor.code() === QUESTION && isSpace(cursor.next());
    if (explicit) {
      cursor.at++;
      this.#skip(least);
    }
    const key = this.node(least, depth + 1);
    const merges = nodes.isMerge;
    const { float } = nodes;
    if (!explicit && cursor.lineStart !== lineStart) return key;
    if (explicit) this.#skip(least);
    else cursor.skipInline();
    if (cursor.code() !== COLON) {
      nodes.float = float;
      return explicit ? this.#pair(key, this.#nodes.empty(undefined), merges, start, before) : key;
    }
    cursor.at++;
    this.#skip(least);
    return this.#pair(key, this.node(least, depth + 1), merges, start, before);
  }

  #pair(key: Value, value: Value, merges: boolean, start: number, before: number): Value {
    const members = new Members(this.#cursor, this.#nodes);
    members.add(key, value, merges, start);
    return this.#nodes.collection(members.value(), undefined, before);
  }

  #map(least: number, depth: number): Value {
    const cursor = this.#cursor;
    const members = new Members(cursor, this.#nodes);
    cursor.at++;
    for (;;) {
      this.#skip(least);
      if (cursor.code() === CLOSE_MAP) break;
      if (cursor.code() === COMMA) throw cursor.error('a member is missing before the comma');
      const start = cursor.at;
      if (cursor.code() === QUESTION && isSpace(cursor.next())) {
        cursor.at++;
        this.#skip(least);
      }
      const key = this.node(least, depth + 1);
      const merges = this.#nodes.isMerge;
      this.#skip(least);
      if (cursor.code() === COLON) {
        cursor.at++;
        this.#skip(least);
        members.add(key, this.node(least, depth + 1), merges, start);
      } else members.add(key, this.#nodes.empty(undefined), merges, start);
      this.#skip(least);
      if (cursor.code() === COMMA) cursor.at++;
      else if (cursor.code() !== CLOSE_MAP) throw cursor.error("a ',' or '}' is needed");
    }
    cursor.at++;
    return members.value();
  }

  /** A node within brackets; where a comma, colon or closing bracket stands, an empty one. */
  node(least: number, depth: number): Value {
    const cursor = this.#cursor;
    let properties: Properties | undefined;
    let code = cursor.code();
    if (code === AMPERSAND || code === BANG) {
      properties = readProperties(cursor, this.handles, true);
      this.#skip(least);
      code = cursor.code();
    }
    switch (code) {
      case OPEN_LIST:
      case OPEN_MAP: {
        const before = this.#nodes.count;
        return this.#nodes.collection(this.collection(least, depth), properties, before);
      }
      case DOUBLE_QUOTE:
      case SINGLE_QUOTE:
        return this.#nodes.quoted(quotedText(cursor, least), properties);
      case STAR:
        if (properties !== undefined) throw cursor.error('an alias has no anchor or tag of its own');
        return this.#nodes.alias(readName(cursor));
      case COMMA:
      case CLOSE_LIST:
      case CLOSE_MAP:
        return this.#nodes.empty(properties);
      case COLON:
        if (isSpace(cursor.next()) || isFlowIndicator(cursor.next())) return this.#nodes.empty(properties);
    }
    checkPlainStart(cursor, true);
    const start = cursor.at;
    const end = plainLine(cursor, true);
    return this.#nodes.plain(plainText(cursor, start, end, least, true), properties);
  }

  #skip(least: number): void {
    const cursor = this.#cursor;
    if (!cursor.skip()) return;
    if (cursor.atEnd) throw cursor.error('a list or map in brackets is not closed');
    if (cursor.atMarker()) throw cursor.error('a document ends within brackets');
    if (cursor.indent < least) throw cursor.error('a line within brackets is not indented enough');
  }
}

function isFloat(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    // A point, or the e of an exponent.
    if (code === 0x2e || (code | 0x20) === 0x65) return true;
  }
  return false;
}
