import { isXmlText, NAME_PATTERN } from './characters.js';
import type { Entity } from './dtd.js';

export interface DoctypeRules {
  readonly namespaces: boolean;
  readonly standalone: boolean;
  /** Throws, with a place in the text of the declaration. */
  fail(state: string, index: number): never;
  /** Counts characters of replacement text. Throws when there are too many. */
  expand(count: number): void;
  /** The value of an attribute whose literal is given. Throws for entities that are not declared. */
  attributeValue(literal: string, entities: ReadonlyMap<string, Entity>): string;
}

const NAME = new RegExp(NAME_PATTERN, 'uy');
const SPACE = /[\x20\t\r\n]+/y;

/** The text of a declaration, read piece by piece. */
export class DoctypeText {
  protected readonly rules: DoctypeRules;
  protected text: string;
  protected at = 0;
  /** Place in the document while the text of a parameter entity is read. */
  protected outer = -1;

  constructor(text: string, rules: DoctypeRules) {
    this.text = text;
    this.rules = rules;
  }

  protected literal(pattern: RegExp): string {
    const start = this.at;
    const literal = this.match(pattern);
    if (literal === undefined) this.fail('a quoted value is missing or malformed');
    this.checkText(this.at, start);
    const text = literal.slice(1, -1);
    // Line ends were normalised already in the text of an entity.
    return this.outer >= 0 ? text : text.replace(/\r\n?/g, '\n');
  }

  /** @param colons whether a name with a colon is refused, as of entities, notations and instructions */
  protected name(colons = true): string {
    const name = this.match(NAME);
    if (name === undefined) this.fail('a name is missing');
    if (this.rules.namespaces) {
      const parts = name.split(':');
      if (parts.length > (colons ? 1 : 2) || parts.some((part) => part === ''))
        this.fail(`name '${name}' has a colon where namespaces allow none`);
    }
    return name;
  }

  protected space(what: string): void {
    if (!this.skip()) this.fail(`white space is missing behind ${what}`);
  }

  protected skip(): boolean {
    return this.match(SPACE) !== undefined;
  }

  protected expect(text: string): void {
    if (!this.takes(text)) this.fail(`'${text}' is missing`);
  }

  protected takes(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  protected looksAt(pattern: RegExp, take = false): boolean {
    const at = this.at;
    const found = this.match(pattern) !== undefined;
    if (!take) this.at = at;
    return found;
  }

  protected match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.at += found.length;
    return found;
  }

  protected checkText(end: number, start = this.at): void {
    if (!isXmlText(this.text.slice(start, end))) this.fail('a character stands here that XML does not have');
  }

  protected fail(state: string, at = this.at): never {
    return this.rules.fail(state, this.outer >= 0 ? this.outer : at);
  }
}
