import { type Budget, FormatError, holdShape } from '@formatlab/core';
import { AttributeCursor } from './attribute-cursor.js';
import { isSpace, NAME_CLASS, PLAIN, RAW_CLASS, TEXT_CLASS } from './characters.js';
import { DoctypeParser } from './doctype.js';
import type { Dtd } from './dtd.js';
import { CDATA, COMMENT, DOCTYPE, END, END_OF_FILE, INSTRUCTION, START, TEXT } from './events.js';
import type { Name } from './names.js';
import { Namespaces } from './namespaces.js';
import { behindReference, MALFORMED, NO_CHARACTER, resolved } from './references.js';

const BEYOND_ASCII = 1;
const REFERENCES = 2;
const RETURNS = 4;

const CR = 0x0d;
const BLANK = 0x20;
const EXCLAMATION = 0x21;
const AMPERSAND = 0x26;
const MINUS = 0x2d;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const CLOSE_BRACKET = 0x5d;

const FIRST_DOCTYPE_BYTES = 65536;
const PROGRESS_BYTES = 2 ** 20;

export interface ScannerOptions {
  readonly dtd: 'refuse' | 'internal';
  readonly namespaces: boolean;
  readonly budget: Budget;
  progress(done: number): void;
}

/**
 * Reads a document event by event and checks that it is well-formed (XML 1.0, fifth edition, and Namespaces).
 * Works on UTF-8 bytes; strings are made of what is asked for. Internal entities are expanded in place, within
 * bounds; external ones are never opened.
 */
export class XmlScanner extends AttributeCursor {
  /** Of elements, or the target of an instruction. */
  name = '';
  /** Comments and instructions that were passed. */
  comments = 0;
  instructions = 0;
  readonly #options: ScannerOptions;
  readonly #namespaces = new Namespaces();
  readonly #open: Name[] = [];
  #from = 0;
  #to = 0;
  #flags = 0;
  #closing = false;
  #rootSeen = false;
  #reported = 0;

  constructor(bytes: Uint8Array, options: ScannerOptions) {
    super(bytes, options.budget);
    this.#options = options;
  }

  /** Elements that are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** Whether the next bytes are those of the document itself, and nothing is added to its start tags. */
  get isPlain(): boolean {
    return (
      this.frames.length === 0 && !this.#closing && (this.dtd === undefined || this.dtd.attributes.size === 0)
    );
  }

  /** Goes on to the next event. @throws FormatError `corrupt` with line, column and byte offset */
  next(): number {
    if (this.#closing) {
      this.#closing = false;
      return this.#leave();
    }
    for (;;) {
      if (this.#open.length === 0) this.#skipOutside();
      if (this.at >= this.end) {
        if (this.frames.length === 0) return this.#finish();
        this.leaveEntity(this.#open.length);
        continue;
      }
      const byte = this.bytes[this.at]!;
      if (byte === LESS) return this.#markup();
      if (byte === AMPERSAND && this.#behind(this.at) === 0) {
        this.enterEntity(this.#open.length);
        continue;
      }
      return this.#scanText();
    }
  }

  /** The text of a text, CDATA or comment event, or the data of an instruction. */
  text(): string {
    const text = this.slice(this.#from, this.#to, (this.#flags & BEYOND_ASCII) !== 0);
    const ended = (this.#flags & RETURNS) === 0 ? text : text.replace(/\r\n?/g, '\n');
    return (this.#flags & REFERENCES) === 0 ? ended : resolved(ended);
  }

  /** Whether the text is white space alone. */
  isBlank(): boolean {
    for (let i = this.#from; i < this.#to; i++) if (!isSpace(this.bytes[i]!)) return false;
    return true;
  }

  /** The bytes of a text event where they are the text as they stand; undefined where something is to be resolved. */
  span(): { readonly from: number; readonly to: number } | undefined {
    return (this.#flags & (REFERENCES | RETURNS)) === 0 ? { from: this.#from, to: this.#to } : undefined;
  }

  /** The namespace of the last start tag. */
  namespace(): string | undefined {
    const last = this.#open[this.#open.length - 1];
    return last === undefined ? undefined : this.#namespaces.of(last);
  }

  #finish(): number {
    if (this.#open.length > 0) throw this.error(`element '${this.#open.at(-1)!.text}' has no end tag`);
    if (!this.#rootSeen) throw this.error('there is no element');
    this.#options.progress(this.end);
    return END_OF_FILE;
  }

  #skipOutside(): void {
    const { bytes, end } = this;
    while (this.at < end && isSpace(bytes[this.at]!)) this.at++;
    if (this.at < end && bytes[this.at] !== LESS) throw this.error(`text stands outside of the root element`);
  }

  #scanText(): number {
    const { bytes, end } = this;
    const from = this.at;
    let at = from;
    let flags = 0;
    for (;;) {
      while (at < end && TEXT_CLASS[bytes[at]!] === PLAIN) at++;
      if (at >= end) break;
      const byte = bytes[at]!;
      if (byte === LESS) break;
      if (byte >= 0x80) {
        flags |= BEYOND_ASCII;
        at += this.width(at);
      } else if (byte === AMPERSAND) {
        const behind = this.#behind(at);
        if (behind === 0) break;
        flags |= REFERENCES;
        at = behind;
      } else if (byte === CR) {
        if (this.frames.length === 0) flags |= RETURNS;
        at++;
      } else if (byte === CLOSE_BRACKET) {
        if (bytes[at + 1] === CLOSE_BRACKET && bytes[at + 2] === GREATER && at + 2 < end)
          throw this.error("']]>' stands in text", at);
        at++;
      } else throw this.foreign(at);
    }
    this.at = at;
    return this.#span(TEXT, from, at, flags);
  }

  #span(kind: number, from: number, to: number, flags: number): number {
    this.#from = from;
    this.#to = to;
    this.#flags = flags;
    return kind;
  }

  /** The byte behind a reference to a character; 0 for an entity that has to be looked up. */
  #behind(at: number): number {
    const behind = behindReference(this.bytes, at, this.end);
    if (behind === MALFORMED) throw this.error('a reference to a character is malformed', at);
    if (behind === NO_CHARACTER) throw this.error('a reference is to no character of XML', at);
    return behind;
  }

  #markup(): number {
    const { bytes, at } = this;
    const second = bytes[at + 1];
    if (at + 1 >= this.end) throw this.error('a tag is cut off');
    if (second === SLASH) return this.#endTag();
    if (second === QUESTION) return this.#instruction();
    if (second !== EXCLAMATION) return this.#startTag();
    if (this.looksAt('<!--')) return this.#comment();
    if (this.looksAt('<![CDATA[')) {
      if (this.#open.length === 0) throw this.error('a CDATA section stands outside of the root element');
      return this.#untilClose(CDATA, at + 9, CLOSE_BRACKET);
    }
    if (this.looksAt('<!DOCTYPE')) return this.#doctype();
    throw this.error("'<!' is the start of nothing that may stand here");
  }

  #startTag(): number {
    const start = this.at;
    if (this.#open.length === 0) {
      if (this.#rootSeen) throw this.error('a second root element stands here');
      this.#rootSeen = true;
    }
    if (start - this.#reported > PROGRESS_BYTES) this.#progress();
    this.at = start + 1;
    const element = this.scanName('an element');
    const { bytes, end } = this;
    this.attributeCount = 0;
    for (;;) {
      const before = this.at;
      this.skipSpace();
      const byte = this.at < end ? bytes[this.at]! : 0;
      if (byte === GREATER) {
        this.at++;
        break;
      }
      if (byte === SLASH) {
        if (bytes[this.at + 1] !== GREATER || this.at + 1 >= end)
          throw this.error("'>' is missing behind '/'");
        this.at += 2;
        this.#closing = true;
        break;
      }
      if (this.at >= end) throw this.error(`the start tag of '${element.text}' is cut off`);
      if (this.at === before) throw this.error('white space is missing before an attribute');
      this.scanAttribute();
    }
    this.#open.push(element);
    this.budget.checkDepth(this.#open.length, 'XML');
    if (this.dtd !== undefined) this.applyRules(element.text);
    if (this.#options.namespaces && (this.attributeCount > 0 || element.colon !== -1)) {
      const problem = this.#namespaces.enter(
        this.#open.length,
        element,
        this.attributes,
        this.attributeValues,
        this.attributeCount,
      );
      if (problem !== undefined) throw this.error(problem, start);
    }
    this.name = element.text;
    return START;
  }

  #endTag(): number {
    const start = this.at;
    this.at = start + 2;
    const last = this.#open[this.#open.length - 1];
    const frame = this.frames[this.frames.length - 1];
    if (last === undefined) throw this.error('an end tag stands outside of the root element', start);
    if (frame !== undefined && this.#open.length === frame.depth)
      throw this.error(`element '${last.text}' begins outside of the entity in which it ends`, start);
    // Mostly the name that is due: its bytes are compared, not scanned again.
    const { bytes, end } = this;
    const due = last.bytes;
    let at = this.at;
    let i = 0;
    while (i < due.length && bytes[at] === due[i]) {
      at++;
      i++;
    }
    if (i < due.length || at >= end || NAME_CLASS[bytes[at]!] === 1) {
      const name = this.scanName('an end tag');
      throw this.error(`'</${name.text}>' stands where '</${last.text}>' is due`, start);
    }
    this.at = at;
    if (bytes[at] !== GREATER) {
      this.skipSpace();
      if (this.at >= end || bytes[this.at] !== GREATER)
        throw this.error(`'>' is missing in the end tag of '${last.text}'`);
    }
    this.at++;
    return this.#leave();
  }

  #leave(): number {
    this.#namespaces.leave(this.#open.length);
    this.name = this.#open.pop()!.text;
    return END;
  }

  #comment(): number {
    this.comments++;
    return this.#untilClose(COMMENT, this.at + 4, MINUS);
  }

  /** Production 16. */
  #instruction(): number {
    const start = this.at;
    this.at = start + 2;
    const target = this.scanName('an instruction');
    if (/^xml$/i.test(target.text))
      throw this.error('an XML declaration stands inside of the document', start);
    if (this.#options.namespaces && target.colon !== -1)
      throw this.error(`instruction '${target.text}' has a colon`, start);
    const before = this.at;
    this.skipSpace();
    if (this.at === before && !this.looksAt('?>'))
      throw this.error('white space is missing in an instruction');
    this.#untilClose(INSTRUCTION, this.at, QUESTION);
    this.instructions++;
    this.name = target.text;
    return INSTRUCTION;
  }

  /** The raw text from `from` up to `-->`, `]]>` or `?>`, by its first byte. */
  #untilClose(kind: number, from: number, close: number): number {
    const { bytes, end } = this;
    let at = from;
    let flags = 0;
    for (;;) {
      while (at < end && RAW_CLASS[bytes[at]!] === PLAIN) at++;
      if (at >= end) throw this.error(`${RAW_NAMES[kind] ?? 'it'} has no end`);
      const byte = bytes[at]!;
      if (byte >= 0x80) {
        flags |= BEYOND_ASCII;
        at += this.width(at);
      } else if (
        byte === close &&
        at + 1 < end &&
        (close === QUESTION ? bytes[at + 1] === GREATER : bytes[at + 1] === close)
      ) {
        if (close === QUESTION) break;
        if (at + 2 < end && bytes[at + 2] === GREATER) break;
        if (close === MINUS) throw this.error("'--' stands in a comment", at);
        at++;
      } else if (byte === CR) {
        if (this.frames.length === 0) flags |= RETURNS;
        at++;
      } else if (byte < BLANK) throw this.foreign(at);
      else at++;
    }
    this.at = at + (close === QUESTION ? 2 : 3);
    return this.#span(kind, from, at, flags);
  }

  #doctype(): number {
    const start = this.at;
    if (this.#rootSeen) throw this.error('a document type declaration stands behind the start of the root');
    if (this.dtd !== undefined) throw this.error('a second document type declaration stands here');
    if (this.#options.dtd === 'refuse') {
      throw new FormatError(
        'unsupported',
        "read the document type declaration of XML: it is refused; set 'dtd' to 'internal' to expand what it declares",
        { format: 'xml', offset: this.input.locate(start), feature: 'document type declarations' },
      );
    }
    const from = start + 9;
    let { dtd, length } = { dtd: undefined as Dtd | undefined, length: 0 };
    for (let size = FIRST_DOCTYPE_BYTES; dtd === undefined; size *= 16) {
      let to = Math.min(this.end, from + size);
      while (to < this.end && (this.bytes[to]! & 0xc0) === 0x80) to++;
      const text = this.#decoded(from, to);
      try {
        ({ dtd, length } = this.#readDoctype(text, from));
      } catch (error) {
        // What is cut off looks malformed.
        if (to >= this.end) throw error;
        continue;
      }
      this.at = from + encoder.encode(text.slice(0, length)).length;
    }
    this.dtd = dtd;
    return this.#span(DOCTYPE, from, this.at - 1, BEYOND_ASCII | RETURNS);
  }

  #readDoctype(text: string, from: number): { dtd: Dtd; length: number } {
    return new DoctypeParser(text, {
      namespaces: this.#options.namespaces,
      standalone: this.input.standalone === true,
      fail: (state, index) => {
        throw this.error(state, from + encoder.encode(text.slice(0, index)).length);
      },
      expand: (count) => this.expand(count),
      attributeValue: (literal, entities) => this.attributeValue(literal, entities, []),
    }).read();
  }

  #decoded(from: number, to: number): string {
    for (let at = from; at < to; ) {
      const byte = this.bytes[at]!;
      at += byte < 0x80 ? 1 : this.width(at);
    }
    return this.slice(from, to, true);
  }

  #progress(): void {
    if (this.frames.length > 0) return;
    this.#reported = this.at;
    this.#options.progress(this.at);
  }
}

const RAW_NAMES: Readonly<Record<number, string>> = {
  [CDATA]: 'a CDATA section',
  [COMMENT]: 'a comment',
  [INSTRUCTION]: 'an instruction',
};
const encoder = new TextEncoder();

holdShape(
  new XmlScanner(encoder.encode('<a/>'), {
    dtd: 'refuse',
    namespaces: false,
    // Nothing is read with it.
    budget: undefined as unknown as Budget,
    progress() {},
  }),
);
