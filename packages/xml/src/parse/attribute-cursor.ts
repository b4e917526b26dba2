import { PLAIN, VALUE_CLASS } from './characters.js';
import { collapsed } from './doctype.js';
import { EntityCursor } from './entity-cursor.js';
import type { Name } from './names.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const AMPERSAND = 0x26;
const APOSTROPHE = 0x27;
const LESS = 0x3c;
const EQUALS = 0x3d;
/** Attributes of one element are compared one by one up to here. */
const FEW_ATTRIBUTES = 12;

/** A cursor that reads the attributes of start tags, with the defaults of the document type. */
export class AttributeCursor extends EntityCursor {
  /** Of the last start tag, in document order, defaults behind them. */
  readonly attributeNames: string[] = [];
  readonly attributeValues: string[] = [];
  attributeCount = 0;
  protected readonly attributes: Name[] = [];
  /** Names of the start tag under way once they are many. */
  #many: Set<string> | undefined;

  /** The value of an attribute of the last start tag. */
  attribute(name: string): string | undefined {
    for (let i = 0; i < this.attributeCount; i++)
      if (this.attributeNames[i] === name) return this.attributeValues[i];
    return undefined;
  }

  protected scanAttribute(): void {
    const start = this.at;
    const name = this.scanName('an attribute');
    this.skipSpace();
    if (this.at >= this.end || this.bytes[this.at] !== EQUALS)
      throw this.error(`'=' is missing behind attribute '${name.text}'`);
    this.at++;
    this.skipSpace();
    const quote = this.at < this.end ? this.bytes[this.at]! : 0;
    if (quote !== QUOTE && quote !== APOSTROPHE)
      throw this.error(`the value of attribute '${name.text}' is not in quotes`);
    const value = this.#scanValue(quote);
    const count = this.attributeCount;
    if (this.#hasAttribute(name.text)) throw this.error(`attribute '${name.text}' stands twice`, start);
    this.attributes[count] = name;
    this.attributeNames[count] = name.text;
    this.attributeValues[count] = value;
    this.attributeCount = count + 1;
    if (this.#many !== undefined) this.#many.add(name.text);
  }

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
    let beyondAscii = false;
    let isLiteral = true;
    for (;;) {
      while (at < end && VALUE_CLASS[bytes[at]!] === PLAIN) at++;
      if (at >= end) throw this.error('the value of an attribute is cut off', at);
      const byte = bytes[at]!;
      if (byte === quote) break;
      if (byte >= 0x80) {
        beyondAscii = true;
        at += this.width(at);
        continue;
      }
      if (byte === LESS) throw this.error("'<' stands in the value of an attribute", at);
      if (byte === AMPERSAND || byte === TAB || byte === LF || byte === CR) isLiteral = false;
      else if (byte !== QUOTE && byte !== APOSTROPHE) throw this.foreign(at);
      at++;
    }
    this.at = at + 1;
    const text = this.slice(from, at, beyondAscii);
    if (isLiteral) return text;
    this.at = from;
    const value = this.attributeValue(text, this.dtd?.entities, []);
    this.at = at + 1;
    return value;
  }

  /** Defaults, and white space of attributes that are not CDATA. */
  protected applyRules(element: string): void {
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
        this.attributes[count] = { text: rule.name, bytes, colon: rule.name.indexOf(':') };
        this.attributeNames[count] = rule.name;
        this.attributeValues[count] = rule.value;
        this.attributeCount = count + 1;
      }
    }
  }
}

const encoder = new TextEncoder();
