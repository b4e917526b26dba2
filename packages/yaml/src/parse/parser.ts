import type { Budget, Value } from '@formatlab/core';
import type { Version } from '../schema/resolve.js';
import { blockScalarText } from './block-scalar.js';
import {
  AMPERSAND,
  BANG,
  BYTE_ORDER_MARK,
  COLON,
  DOT,
  DOUBLE_QUOTE,
  GREATER,
  isSpace,
  MINUS,
  OPEN_LIST,
  OPEN_MAP,
  PIPE,
  QUESTION,
  SINGLE_QUOTE,
  STAR,
} from './chars.js';
import { Cursor } from './cursor.js';
import { defaultDirectives, readDirectives } from './directives.js';
import { FlowParser } from './flow.js';
import { Members } from './members.js';
import { type FloatMarks, type NodeRules, Nodes } from './nodes.js';
import { checkPlainStart, plainLine, plainText } from './plain.js';
import { mergeProperties, type Properties, readName, readProperties } from './properties.js';
import { quotedText } from './quoted.js';
import type { SourceText } from './source-text.js';

/** A key in one line has at most as many characters (YAML 1.2.2, section 7.4.2). */
const MOST_KEY = 1024;
const MARKER = 3;

export interface ParseRules extends NodeRules {
  readonly progress: (done: number) => void;
}

export interface Parsed {
  readonly documents: readonly Value[];
  readonly marks: FloatMarks;
}

/**
 * The documents of a YAML 1.2 stream; those with `%YAML 1.1`, or all where the rules say so, resolved as in 1.1.
 *
 * @throws FormatError `corrupt` with line, column and byte offset; `limit` for depth, size and aliases
 */
export function parseYaml(source: SourceText, budget: Budget, rules: ParseRules): Parsed {
  const cursor = new Cursor(source);
  const nodes = new Nodes(cursor, budget, rules);
  return { documents: new BlockParser(cursor, nodes, rules).documents(), marks: nodes.marks };
}

/** What may be a key: read as far as its first line. */
type Atom =
  | { readonly kind: 'plain'; readonly start: number; readonly end: number }
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'collection'; readonly value: Value; readonly before: number }
  | { readonly kind: 'alias'; readonly value: Value };

/** Collections told apart by indentation, and the documents around them (YAML 1.2.2, chapters 8 and 9). */
class BlockParser {
  readonly #cursor: Cursor;
  readonly #nodes: Nodes;
  readonly #flow: FlowParser;
  readonly #rules: ParseRules;
  #handles: ReadonlyMap<string, string> = new Map();

  constructor(cursor: Cursor, nodes: Nodes, rules: ParseRules) {
    this.#cursor = cursor;
    this.#nodes = nodes;
    this.#flow = new FlowParser(cursor, nodes);
    this.#rules = rules;
  }

  documents(): Value[] {
    const cursor = this.#cursor;
    const documents: Value[] = [];
    for (;;) {
      if (cursor.code() === BYTE_ORDER_MARK) cursor.lineStart = ++cursor.at;
      const directives = defaultDirectives();
      const count = readDirectives(cursor, directives);
      const marked = cursor.atMarker();
      if (marked && cursor.code() === DOT) {
        if (count > 0) throw cursor.error('directives are followed by ---');
        this.#endDocument();
        continue;
      }
      if (marked) cursor.at += MARKER;
      else if (count > 0) throw cursor.error('directives are followed by ---');
      else if (cursor.atEnd) return documents;
      documents.push(this.#document(directives.handles, directives.version));
      this.#rules.progress(cursor.at);
      if (cursor.atMarker() && cursor.code() === DOT) this.#endDocument();
      else if (!cursor.atEnd && !cursor.atMarker())
        throw cursor.error('the end of the document is needed here');
    }
  }

  #document(handles: ReadonlyMap<string, string>, version: Version | undefined): Value {
    this.#handles = handles;
    this.#flow.handles = handles;
    this.#nodes.startDocument(version);
    const value = this.#node(-1, false, false, 0);
    if (!this.#cursor.skip()) throw this.#cursor.error('the end of the line is needed here');
    return value;
  }

  /** Passes `...` and its line. */
  #endDocument(): void {
    const cursor = this.#cursor;
    cursor.at += MARKER;
    if (!cursor.skip()) throw cursor.error('nothing stands behind ... in its line');
  }

  /**
   * The node that begins at the cursor, an empty one where there is none.
   *
   * @param parent column of the collection around it
   * @param compact whether a collection may begin in this line, as behind `-`
   * @param listAtParent whether a list may stand in the parent's column, as the value of a map
   */
  #node(parent: number, compact: boolean, listAtParent: boolean, depth: number): Value {
    const cursor = this.#cursor;
    let outer: Properties | undefined;
    for (;;) {
      const first = cursor.skip();
      if (first && this.#isOutside(parent, listAtParent)) return this.#nodes.empty(outer);
      const begins = {
        column: cursor.column,
        tabbed: cursor.tabbed,
        mayCollect: first || (compact && outer === undefined),
      };
      const code = cursor.code();
      if (code !== AMPERSAND && code !== BANG) return this.#content(parent, begins, outer, undefined, depth);
      const properties = readProperties(cursor, this.#handles, false);
      // At a line's end they are those of what follows; else of a key where there is one.
      if (!cursor.skip()) return this.#content(parent, begins, outer, properties, depth);
      outer = mergeProperties(cursor, outer, properties);
    }
  }

  /** Whether the line at the cursor belongs to a collection further out. */
  #isOutside(parent: number, listAtParent: boolean): boolean {
    const cursor = this.#cursor;
    if (cursor.atEnd || cursor.atMarker()) return true;
    if (cursor.indent > parent) return false;
    return !(listAtParent && cursor.indent === parent && !cursor.tabbed && this.#isIndicator(MINUS));
  }

  #isIndicator(code: number): boolean {
    return this.#cursor.code() === code && isSpace(this.#cursor.next());
  }

  #content(
    parent: number,
    begins: { readonly column: number; readonly tabbed: boolean; readonly mayCollect: boolean },
    outer: Properties | undefined,
    inner: Properties | undefined,
    depth: number,
  ): Value {
    const cursor = this.#cursor;
    const code = cursor.code();
    const isList = this.#isIndicator(MINUS);
    if (isList || this.#isIndicator(QUESTION)) {
      if (inner !== undefined)
        throw cursor.error('behind an anchor or tag a list or map begins on the next line');
      this.#checkCollection(begins);
      return isList
        ? this.#list(begins.column, outer, depth)
        : this.#map(begins.column, outer, depth, undefined);
    }
    if (code === PIPE || code === GREATER) {
      const properties = mergeProperties(cursor, outer, inner);
      return this.#nodes.quoted(blockScalarText(cursor, parent), properties);
    }
    const start = cursor.at;
    const { lineStart } = cursor;
    const before = this.#nodes.count;
    if (this.#isIndicator(COLON)) {
      this.#checkCollection(begins);
      return this.#map(begins.column, outer, depth, { key: this.#nodes.empty(inner), start, before });
    }
    const atom = this.#atom(parent + 1, depth);
    const oneLine = cursor.lineStart === lineStart;
    if (this.#isBeforeColon(atom)) {
      if (!oneLine) throw cursor.error('a key of several lines needs a ? before it');
      this.#checkCollection(begins, start);
      const key = this.#made(atom, inner, start);
      return this.#map(begins.column, outer, depth, { key, start, before });
    }
    const properties = mergeProperties(cursor, outer, inner);
    if (atom.kind !== 'plain') return this.#made(atom, properties, start);
    return this.#nodes.plain(plainText(cursor, atom.start, atom.end, parent + 1, false), properties);
  }

  #checkCollection(
    { mayCollect, tabbed }: { readonly mayCollect: boolean; readonly tabbed: boolean },
    at: number = this.#cursor.at,
  ): void {
    if (!mayCollect) throw this.#cursor.error('a list or map in this place begins on the next line', at);
    if (tabbed) throw this.#cursor.error('a tab does not indent', at);
  }

  #atom(least: number, depth: number): Atom {
    const cursor = this.#cursor;
    switch (cursor.code()) {
      case OPEN_LIST:
      case OPEN_MAP: {
        const before = this.#nodes.count;
        return { kind: 'collection', value: this.#flow.collection(least, depth), before };
      }
      case DOUBLE_QUOTE:
      case SINGLE_QUOTE:
        return { kind: 'quoted', text: quotedText(cursor, least) };
      case STAR:
        return { kind: 'alias', value: this.#nodes.alias(readName(cursor)) };
    }
    checkPlainStart(cursor, false);
    const start = cursor.at;
    return { kind: 'plain', start, end: plainLine(cursor, false) };
  }

  /** Whether a colon makes it a key; the cursor goes to the colon. */
  #isBeforeColon(atom: Atom): boolean {
    const cursor = this.#cursor;
    if (atom.kind === 'plain') return cursor.code() === COLON;
    const { at } = cursor;
    cursor.skipInline();
    if (this.#isIndicator(COLON)) return true;
    cursor.at = at;
    return false;
  }

  #made(atom: Atom, properties: Properties | undefined, start: number): Value {
    switch (atom.kind) {
      case 'plain':
        return this.#nodes.plain(this.#cursor.text.slice(atom.start, atom.end), properties);
      case 'quoted':
        return this.#nodes.quoted(atom.text, properties);
      case 'collection':
        return this.#nodes.collection(atom.value, properties, atom.before);
      case 'alias':
        if (properties !== undefined)
          throw this.#cursor.error('an alias has no anchor or tag of its own', start);
        return atom.value;
    }
  }

  #list(column: number, properties: Properties | undefined, depth: number): Value {
    const cursor = this.#cursor;
    const nodes = this.#nodes;
    nodes.checkDepth(depth);
    const before = nodes.count;
    const items: Value[] = [];
    do {
      cursor.at++;
      items.push(this.#node(column, true, false, depth + 1));
      if (nodes.float) nodes.marks.addItem(items);
    } while (this.#nextLine(column) && this.#isIndicator(MINUS));
    nodes.charge(items.length);
    return nodes.collection(items, properties, before);
  }

  /** A map whose first key was read, the cursor at its colon; or one that stands at a `?`. */
  #map(
    column: number,
    properties: Properties | undefined,
    depth: number,
    first: { readonly key: Value; readonly start: number; readonly before: number } | undefined,
  ): Value {
    const cursor = this.#cursor;
    const nodes = this.#nodes;
    nodes.checkDepth(depth);
    const before = first?.before ?? nodes.count;
    const members = new Members(cursor, nodes);
    let start = first?.start ?? cursor.at;
    let implicit = first !== undefined;
    let key: Value = first?.key ?? null;
    for (;;) {
      if (implicit) {
        if (cursor.at - start > MOST_KEY) throw cursor.error('a key this long needs a ? before it', start);
        const merges = nodes.isMerge;
        cursor.at++;
        members.add(key, this.#node(column, false, true, depth + 1), merges, start);
      } else this.#explicitMember(members, column, depth, start);
      if (!this.#nextLine(column)) break;
      start = cursor.at;
      implicit = !this.#isIndicator(QUESTION);
      if (implicit) key = this.#key(depth);
    }
    return nodes.collection(members.value(), properties, before);
  }

  /** `? key`, and its value behind a colon in the same column. */
  #explicitMember(members: Members, column: number, depth: number, start: number): void {
    const cursor = this.#cursor;
    cursor.at++;
    const key = this.#node(column, true, true, depth + 1);
    const merges = this.#nodes.isMerge;
    if (this.#isLineOf(column) && cursor.indent === column && this.#isIndicator(COLON)) {
      cursor.at++;
      members.add(key, this.#node(column, true, true, depth + 1), merges, start);
    } else members.add(key, this.#nodes.empty(undefined), merges, start);
  }

  /** The key of the next member, in one line. */
  #key(depth: number): Value {
    const cursor = this.#cursor;
    const { lineStart } = cursor;
    const start = cursor.at;
    let properties: Properties | undefined;
    if (cursor.code() === AMPERSAND || cursor.code() === BANG) {
      properties = readProperties(cursor, this.#handles, false);
    }
    if (this.#isIndicator(COLON)) return this.#nodes.empty(properties);
    const atom = this.#atom(0, depth + 1);
    if (!this.#isBeforeColon(atom)) throw cursor.error("a ':' is needed behind the key");
    if (cursor.lineStart !== lineStart)
      throw cursor.error('a key of several lines needs a ? before it', start);
    return this.#made(atom, properties, start);
  }

  /** Goes to the next line with text. Whether it is one of the collection in this column. */
  #nextLine(column: number): boolean {
    if (!this.#isLineOf(column)) return false;
    if (this.#cursor.indent > column)
      throw this.#cursor.error('the line is indented more than the one it belongs to');
    return true;
  }

  #isLineOf(column: number): boolean {
    const cursor = this.#cursor;
    if (!cursor.skip()) throw cursor.error('the end of the line is needed here');
    if (cursor.atEnd || cursor.atMarker() || cursor.indent < column) return false;
    if (cursor.tabbed) throw cursor.error('a tab does not indent');
    return true;
  }
}
