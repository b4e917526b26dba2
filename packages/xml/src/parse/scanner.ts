import { type Budget, FormatError, holdShape } from '@formatlab/core';
import {
  isSpace,
  isXmlCodePoint,
  NAME_CLASS,
  PLAIN,
  RAW_CLASS,
  TEXT_CLASS,
  utf8Width,
  VALUE_CLASS,
} from './characters.js';
import { collapsed, DoctypeParser } from './doctype.js';
import type { Dtd, Entity } from './dtd.js';
import { openInput, type XmlInput } from './input.js';
import { type Name, Names } from './names.js';
import { Namespaces } from './namespaces.js';
import { placeOf } from './place.js';
import { TextWindow } from './text-window.js';

/** What {@link XmlScanner.next} comes to. */
export const END_OF_FILE = 0;
export const START = 1;
export const END = 2;
export const TEXT = 3;
export const CDATA = 4;
export const COMMENT = 5;
export const INSTRUCTION = 6;
export const DOCTYPE = 7;

const BEYOND_ASCII = 1;
const REFERENCES = 2;
const RETURNS = 4;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const EXCLAMATION = 0x21;
const QUOTE = 0x22;
const HASH = 0x23;
const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const MINUS = 0x2d;
const SLASH = 0x2f;
const SEMICOLON = 0x3b;
const LESS = 0x3c;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const QUESTION = 0x3f;
const CLOSE_BRACKET = 0x5d;
const LOWER_X = 0x78;

const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
]);
const ANY_REFERENCE = /&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([^;]+));/g;

/** Entities may make so many bytes of a file, whatever its size, or so many times the file. */
const LEAST_EXPANSION = 2 ** 20;
const EXPANSION = 8;
const MOST_ENTITY_NESTING = 100;
/** Attributes of one element are compared one by one up to here. */
const FEW_ATTRIBUTES = 12;
const FIRST_DOCTYPE_BYTES = 65536;
const PROGRESS_BYTES = 2 ** 20;

export interface ScannerOptions {
  readonly dtd: 'refuse' | 'internal';
  readonly namespaces: boolean;
  readonly budget: Budget;
  progress(done: number): void;
}

/** Text that is read for an entity; what was read before goes on behind it. */
interface Frame {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  readonly window: TextWindow;
  readonly entity: string;
  /** Elements that were open before. */
  readonly depth: number;
}

/**
 * Reads a document event by event and checks that it is well-formed (XML 1.0, fifth edition, and Namespaces).
 * Works on UTF-8 bytes; strings are made of what is asked for. Internal entities are expanded in place, within
 * bounds; external ones are never opened.
 */
export class XmlScanner {
  readonly input: XmlInput;
  /** The document, or the replacement text of the entity under way. */
  bytes: Uint8Array;
  at: number;
  end: number;
  /** Of elements, or the target of an instruction. */
  name = '';
  /** Of the last start tag, in document order, defaults behind them. */
  readonly attributeNames: string[] = [];
  readonly attributeValues: string[] = [];
  attributeCount = 0;
  dtd: Dtd | undefined;

  readonly #options: ScannerOptions;
  readonly #names = new Names();
  readonly #namespaces = new Namespaces();
  readonly #open: Name[] = [];
  readonly #attributes: Name[] = [];
  readonly #frames: Frame[] = [];
  #window: TextWindow;
  #from = 0;
  #to = 0;
  #flags = 0;
  #closing = false;
  #rootSeen = false;
  #expanded = 0;
  #reported = 0;

  constructor(bytes: Uint8Array, options: ScannerOptions) {
    this.input = openInput(bytes);
    this.bytes = this.input.bytes;
    this.at = this.input.start;
    this.end = this.bytes.length;
    this.#options = options;
    this.#window = new TextWindow(this.bytes);
  }

  /** Elements that are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** Whether the next bytes are those of the document itself, and nothing is added to its start tags. */
  get isPlain(): boolean {
    return (
      this.#frames.length === 0 &&
      !this.#closing &&
      (this.dtd === undefined || this.dtd.attributes.size === 0)
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
        if (this.#frames.length === 0) return this.#finish();
        this.#leaveEntity();
        continue;
      }
      const byte = this.bytes[this.at]!;
      if (byte === LESS) return this.#markup();
      if (byte === AMPERSAND && this.#behindReference(this.at) === 0) {
        this.#enterEntity();
        continue;
      }
      return this.#scanText();
    }
  }

  /** The text of a text, CDATA or comment event, or the data of an instruction. */
  text(): string {
    const text = this.slice(this.#from, this.#to, (this.#flags & BEYOND_ASCII) !== 0);
    return (this.#flags & (REFERENCES | RETURNS)) === 0 ? text : this.#resolved(text);
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

  /** A string of bytes that were checked. */
  slice(from: number, to: number, beyondAscii: boolean): string {
    return beyondAscii ? this.#window.utf8(from, to) : this.#window.ascii(from, to);
  }

  /** The value of an attribute of the last start tag. */
  attribute(name: string): string | undefined {
    for (let i = 0; i < this.attributeCount; i++)
      if (this.attributeNames[i] === name) return this.attributeValues[i];
    return undefined;
  }

  /** The namespace of the last start tag. */
  namespace(): string | undefined {
    const last = this.#open[this.#open.length - 1];
    return last === undefined ? undefined : this.#namespaces.of(last);
  }

  error(state: string, at: number = this.at): FormatError {
    const outer = this.#frames[0];
    const place = outer === undefined ? at : outer.at;
    const { line, column } = placeOf(this.input.bytes, place);
    const within = outer === undefined ? '' : ` in entity '${this.#frames.at(-1)!.entity}'`;
    return new FormatError('corrupt', `read XML at line ${line}, column ${column}${within}: ${state}`, {
      format: 'xml',
      offset: this.input.locate(Math.min(place, this.input.bytes.length)),
    });
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
        at += this.#width(at);
      } else if (byte === AMPERSAND) {
        const behind = this.#behindReference(at);
        if (behind === 0) break;
        flags |= REFERENCES;
        at = behind;
      } else if (byte === CR) {
        if (this.#frames.length === 0) flags |= RETURNS;
        at++;
      } else if (byte === CLOSE_BRACKET) {
        if (bytes[at + 1] === CLOSE_BRACKET && bytes[at + 2] === GREATER && at + 2 < end)
          throw this.error("']]>' stands in text", at);
        at++;
      } else throw this.#foreign(at);
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

  #markup(): number {
    const { bytes, at } = this;
    const second = bytes[at + 1];
    if (at + 1 >= this.end) throw this.error('a tag is cut off');
    if (second === SLASH) return this.#endTag();
    if (second === QUESTION) return this.#instruction();
    if (second !== EXCLAMATION) return this.#startTag();
    if (this.#looksAt('<!--')) return this.#comment();
    if (this.#looksAt('<![CDATA[')) {
      if (this.#open.length === 0) throw this.error('a CDATA section stands outside of the root element');
      return this.#untilClose(CDATA, at + 9, CLOSE_BRACKET);
    }
    if (this.#looksAt('<!DOCTYPE')) return this.#doctype();
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
    const element = this.#scanName('an element');
    const { bytes, end } = this;
    this.attributeCount = 0;
    for (;;) {
      const before = this.at;
      this.#skipSpace();
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
      this.#scanAttribute();
    }
    this.#open.push(element);
    this.#options.budget.checkDepth(this.#open.length, 'XML');
    if (this.dtd !== undefined) this.#applyRules(element.text);
    if (this.#options.namespaces && (this.attributeCount > 0 || element.colon !== -1)) {
      const problem = this.#namespaces.enter(
        this.#open.length,
        element,
        this.#attributes,
        this.attributeValues,
        this.attributeCount,
      );
      if (problem !== undefined) throw this.error(problem, start);
    }
    this.name = element.text;
    return START;
  }

  #scanAttribute(): void {
    const start = this.at;
    const name = this.#scanName('an attribute');
    this.#skipSpace();
    if (this.at >= this.end || this.bytes[this.at] !== EQUALS)
      throw this.error(`'=' is missing behind attribute '${name.text}'`);
    this.at++;
    this.#skipSpace();
    const quote = this.at < this.end ? this.bytes[this.at]! : 0;
    if (quote !== QUOTE && quote !== APOSTROPHE)
      throw this.error(`the value of attribute '${name.text}' is not in quotes`);
    const value = this.#scanValue(quote);
    const count = this.attributeCount;
    if (this.#hasAttribute(name.text)) throw this.error(`attribute '${name.text}' stands twice`, start);
    this.#attributes[count] = name;
    this.attributeNames[count] = name.text;
    this.attributeValues[count] = value;
    this.attributeCount = count + 1;
    if (this.#many !== undefined) this.#many.add(name.text);
  }

  /** Names of the start tag under way once they are many. */
  #many: Set<string> | undefined;

  #hasAttribute(name: string): boolean {
    const count = this.attributeCount;
    if (count < FEW_ATTRIBUTES) {
      this.#many = undefined;
      for (let i = 0; i < count; i++) if (this.attributeNames[i] === name) return true;
      return false;
    }
    this.#many ??= new Set(this.attributeNames.slice(0, count));
    return this.#many.has(name);
  }

  #scanValue(quote: number): string {
    const { bytes, end } = this;
    const from = this.at + 1;
    let at = from;
    let flags = 0;
    for (;;) {
      while (at < end && VALUE_CLASS[bytes[at]!] === PLAIN) at++;
      if (at >= end) throw this.error('the value of an attribute is cut off', at);
      const byte = bytes[at]!;
      if (byte === quote) break;
      if (byte >= 0x80) {
        flags |= BEYOND_ASCII;
        at += this.#width(at);
        continue;
      }
      if (byte === LESS) throw this.error("'<' stands in the value of an attribute", at);
      if (byte === AMPERSAND) flags |= REFERENCES;
      else if (byte === TAB || byte === LF || byte === CR) flags |= RETURNS;
      else if (byte !== QUOTE && byte !== APOSTROPHE) throw this.#foreign(at);
      at++;
    }
    this.at = at + 1;
    const text = this.slice(from, at, (flags & BEYOND_ASCII) !== 0);
    if ((flags & (REFERENCES | RETURNS)) === 0) return text;
    this.at = from;
    const value = this.#valueOf(text, this.dtd?.entities, []);
    this.at = at + 1;
    return value;
  }

  /** Section 3.3.3: white space becomes blanks, references are expanded, those within entities too. */
  #valueOf(
    literal: string,
    entities: ReadonlyMap<string, Entity> | undefined,
    within: readonly string[],
  ): string {
    const spaced = within.length === 0 ? literal.replace(/\r\n/g, ' ') : literal;
    const parts: string[] = [];
    let at = 0;
    for (;;) {
      const reference = spaced.indexOf('&', at);
      const run = reference < 0 ? spaced.slice(at) : spaced.slice(at, reference);
      parts.push(run.replace(/[\t\n\r]/g, ' '));
      if (reference < 0) break;
      const end = spaced.indexOf(';', reference);
      const inner = end < 0 ? '' : spaced.slice(reference + 1, end);
      parts.push(this.#referred(inner, entities, within));
      at = end + 1;
    }
    return parts.join('');
  }

  #referred(
    inner: string,
    entities: ReadonlyMap<string, Entity> | undefined,
    within: readonly string[],
  ): string {
    const character = characterOf(inner);
    if (character !== undefined) return character;
    const known = PREDEFINED.get(inner);
    if (known !== undefined) return known;
    if (!/^[^\s#&<>"';]+$/.test(inner)) throw this.error("'&' is the start of no reference");
    const entity = this.#entityOf(inner, entities);
    if (entity.text === undefined)
      throw this.error(`external entity '${inner}' stands in the value of an attribute`);
    if (within.includes(inner)) throw this.error(`entity '${inner}' contains itself`);
    if (within.length >= MOST_ENTITY_NESTING) throw this.#tooDeep();
    this.#expand(entity.text.length);
    const text = new TextDecoder().decode(entity.text);
    if (text.includes('<'))
      throw this.error(`entity '${inner}' with '<' stands in the value of an attribute`);
    return this.#valueOf(text, entities, [...within, inner]);
  }

  #endTag(): number {
    const start = this.at;
    this.at = start + 2;
    const last = this.#open[this.#open.length - 1];
    const frame = this.#frames[this.#frames.length - 1];
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
      const name = this.#scanName('an end tag');
      throw this.error(`'</${name.text}>' stands where '</${last.text}>' is due`, start);
    }
    this.at = at;
    if (bytes[at] !== GREATER) {
      this.#skipSpace();
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
    return this.#untilClose(COMMENT, this.at + 4, MINUS);
  }

  /** Production 16. */
  #instruction(): number {
    const start = this.at;
    this.at = start + 2;
    const target = this.#scanName('an instruction');
    if (/^xml$/i.test(target.text))
      throw this.error('an XML declaration stands inside of the document', start);
    if (this.#options.namespaces && target.colon !== -1)
      throw this.error(`instruction '${target.text}' has a colon`, start);
    const before = this.at;
    this.#skipSpace();
    if (this.at === before && !this.#looksAt('?>'))
      throw this.error('white space is missing in an instruction');
    this.#untilClose(INSTRUCTION, this.at, QUESTION);
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
        at += this.#width(at);
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
        if (this.#frames.length === 0) flags |= RETURNS;
        at++;
      } else if (byte < BLANK) throw this.#foreign(at);
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
      expand: (count) => this.#expand(count),
      attributeValue: (literal, entities) => this.#valueOf(literal, entities, []),
    }).read();
  }

  #decoded(from: number, to: number): string {
    for (let at = from; at < to; ) {
      const byte = this.bytes[at]!;
      at += byte < 0x80 ? 1 : this.#width(at);
    }
    return this.slice(from, to, true);
  }

  /** Defaults, and white space of attributes that are not CDATA. */
  #applyRules(element: string): void {
    const rules = this.dtd?.attributes.get(element);
    if (rules === undefined) return;
    for (const rule of rules.values()) {
      const index = this.attributeNames.slice(0, this.attributeCount).indexOf(rule.name);
      if (index >= 0) {
        if (!rule.plain) this.attributeValues[index] = collapsed(this.attributeValues[index]!);
      } else if (rule.value !== undefined) {
        const count = this.attributeCount;
        const bytes = encoder.encode(rule.name);
        // A name of the declaration: it was checked there.
        this.#attributes[count] = { text: rule.name, bytes, colon: rule.name.indexOf(':') };
        this.attributeNames[count] = rule.name;
        this.attributeValues[count] = rule.value;
        this.attributeCount = count + 1;
      }
    }
  }

  #enterEntity(): void {
    const { bytes, at, end } = this;
    let to = at + 1;
    let hash = 0;
    while (to < end && NAME_CLASS[bytes[to]!] === 1) hash = Math.imul(hash, 31) + bytes[to++]!;
    const name = this.#names.of(bytes, at + 1, to, hash)?.text;
    if (name === undefined || to >= end || bytes[to] !== SEMICOLON)
      throw this.error("'&' is the start of no reference");
    const entity = this.#entityOf(name, this.dtd?.entities);
    if (entity.unparsed) throw this.error(`unparsed entity '${name}' stands in text`);
    if (entity.text === undefined) throw this.#unread(`external entity '${name}'`);
    if (this.#frames.some((frame) => frame.entity === name))
      throw this.error(`entity '${name}' contains itself`);
    if (this.#frames.length >= MOST_ENTITY_NESTING) throw this.#tooDeep();
    this.#expand(entity.text.length);
    this.#frames.push({
      bytes,
      at: to + 1,
      end,
      window: this.#window,
      entity: name,
      depth: this.#open.length,
    });
    this.bytes = entity.text;
    this.at = 0;
    this.end = entity.text.length;
    this.#window = new TextWindow(entity.text);
  }

  #leaveEntity(): void {
    const frame = this.#frames[this.#frames.length - 1]!;
    if (this.#open.length !== frame.depth)
      throw this.error(`element '${this.#open.at(-1)!.text}' does not end in the entity in which it begins`);
    this.#frames.pop();
    this.bytes = frame.bytes;
    this.at = frame.at;
    this.end = frame.end;
    this.#window = frame.window;
  }

  #entityOf(name: string, entities: ReadonlyMap<string, Entity> | undefined): Entity {
    const entity = entities?.get(name);
    if (entity !== undefined) return entity;
    // Declarations of an attribute's default are read while the whole declaration is not there yet.
    if (this.dtd?.unread === true) throw this.#unread(`entity '${name}', which this file does not declare`);
    throw this.error(`entity '${name}' is not declared`);
  }

  #unread(what: string): FormatError {
    return new FormatError('unsupported', `read ${what}, of XML: external entities are never opened`, {
      format: 'xml',
      offset: this.input.locate(this.#frames[0]?.at ?? this.at),
      feature: 'external entities',
    });
  }

  #expand(count: number): void {
    this.#expanded += count + 1;
    this.#options.budget.takeBytes(count, 'the text of entities');
    const most = Math.max(LEAST_EXPANSION, EXPANSION * this.input.bytes.length);
    if (this.#expanded > most) {
      throw new FormatError('limit', `read XML: its entities expand to more than ${most} bytes`, {
        format: 'xml',
        offset: this.input.locate(this.#frames[0]?.at ?? this.at),
        feature: 'entities',
      });
    }
  }

  #tooDeep(): FormatError {
    return new FormatError(
      'limit',
      `read XML: entities are nested deeper than ${MOST_ENTITY_NESTING} levels`,
      {
        format: 'xml',
        offset: this.input.locate(this.#frames[0]?.at ?? this.at),
        feature: 'entities',
      },
    );
  }

  /**
   * The byte behind a reference to a character or a predefined entity; 0 for another entity.
   *
   * @throws FormatError `corrupt` for a character that XML does not have
   */
  #behindReference(at: number): number {
    const { bytes, end } = this;
    if (bytes[at + 1] === HASH) {
      const hexadecimal = bytes[at + 2] === LOWER_X;
      const first = at + (hexadecimal ? 3 : 2);
      let to = first;
      let code = 0;
      for (; to < end; to++) {
        const digit = digitOf(bytes[to]!, hexadecimal);
        if (digit < 0) break;
        code = Math.min(0x110000, code * (hexadecimal ? 16 : 10) + digit);
      }
      if (to === first || to >= end || bytes[to] !== SEMICOLON)
        throw this.error('a reference to a character is malformed', at);
      if (!isXmlCodePoint(code))
        throw this.error(`reference to ${code.toString(16)} hexadecimal: no character of XML`, at);
      return to + 1;
    }
    for (const name of PREDEFINED_BYTES) {
      let i = 0;
      while (i < name.length && bytes[at + 1 + i] === name[i]) i++;
      if (i === name.length && at + 1 + i <= end) return at + 1 + i;
    }
    return 0;
  }

  #resolved(text: string): string {
    const ended = (this.#flags & RETURNS) === 0 ? text : text.replace(/\r\n?/g, '\n');
    if ((this.#flags & REFERENCES) === 0) return ended;
    return ended.replace(ANY_REFERENCE, (_reference, hexadecimal?: string, decimal?: string, name = '') =>
      hexadecimal === undefined && decimal === undefined
        ? (PREDEFINED.get(name) ?? '')
        : String.fromCodePoint(
            hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16),
          ),
    );
  }

  #scanName(what: string): Name {
    const { bytes, end } = this;
    const from = this.at;
    let at = from;
    let hash = 0;
    while (at < end) {
      const byte = bytes[at]!;
      if (NAME_CLASS[byte] === 0) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
      at++;
    }
    const name = at === from ? undefined : this.#names.of(bytes, from, at, hash);
    if (name === undefined) throw this.error(`the name of ${what} is missing or malformed`, from);
    this.at = at;
    return name;
  }

  #skipSpace(): void {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && isSpace(bytes[at]!)) at++;
    this.at = at;
  }

  #looksAt(text: string): boolean {
    const { bytes, at } = this;
    if (at + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  #width(at: number): number {
    const width = utf8Width(this.bytes, at, this.end);
    if (width === 0) throw this.#foreign(at);
    return width;
  }

  #foreign(at: number): FormatError {
    const byte = this.bytes[at]!;
    const shown = byte.toString(16).padStart(2, '0');
    return this.error(
      byte < BLANK
        ? `control character 0x${shown} is no character of XML`
        : `byte 0x${shown} is not UTF-8, or no character of XML`,
      at,
    );
  }

  #progress(): void {
    if (this.#frames.length > 0) return;
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
const PREDEFINED_BYTES = ['lt;', 'gt;', 'amp;', 'apos;', 'quot;'].map((name) => encoder.encode(name));

holdShape(
  new XmlScanner(encoder.encode('<a/>'), {
    dtd: 'refuse',
    namespaces: false,
    // Nothing is read with it.
    budget: undefined as unknown as Budget,
    progress() {},
  }),
);

function digitOf(byte: number, hexadecimal: boolean): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return hexadecimal && letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

/** The character of what stands between `&` and `;`; undefined where that is no character reference. */
function characterOf(inner: string): string | undefined {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(inner) ?? [];
  if (hexadecimal === undefined && decimal === undefined) return undefined;
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return isXmlCodePoint(code) ? String.fromCodePoint(code) : undefined;
}
