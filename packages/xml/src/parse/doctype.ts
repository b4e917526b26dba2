import { isXmlCodePoint, NAME_PATTERN, NMTOKEN_PATTERN } from './characters.js';
import { DoctypeText } from './doctype-text.js';
import type { AttributeRule, Dtd, Entity } from './dtd.js';

const NMTOKEN = new RegExp(NMTOKEN_PATTERN, 'uy');
const LITERAL = /"[^"]*"|'[^']*'/y;
const PUBLIC_LITERAL =
  /"[\x20\r\na-zA-Z0-9\-'()+,./:=?;!*#@$_%]*"|'[\x20\r\na-zA-Z0-9\-()+,./:=?;!*#@$_%]*'/y;
const REFERENCE = new RegExp(`[%&](?:#x([0-9a-fA-F]+)|#([0-9]+)|(${NAME_PATTERN}));|[%&]`, 'gu');
const SIMPLE_TYPE = /CDATA|IDREFS|IDREF|ID|ENTITY|ENTITIES|NMTOKENS|NMTOKEN/y;
const MOST_NESTING = 100;

interface ParameterEntity {
  readonly text: string | undefined;
}

/**
 * Reads a document type declaration with its internal subset (productions 28 to 83) from the text behind
 * `<!DOCTYPE`. External subsets and entities are noted and never opened.
 */
export class DoctypeParser extends DoctypeText {
  readonly #entities = new Map<string, Entity>();
  readonly #parameters = new Map<string, ParameterEntity>();
  readonly #attributes = new Map<string, Map<string, AttributeRule>>();
  #unread = false;
  /** Set by a parameter entity that is not read; the external subset comes behind the internal one. */
  #hidden = false;
  #open: readonly string[] = [];

  /** Reads up to the closing bracket. @returns the declaration and how many characters it takes */
  read(): { readonly dtd: Dtd; readonly length: number } {
    this.space('<!DOCTYPE');
    const name = this.name(false);
    if (this.skip() && this.looksAt(/PUBLIC|SYSTEM/y)) {
      this.#externalId(false);
      this.#unread = true;
      this.skip();
    }
    if (this.takes('[')) {
      this.#subset();
      this.expect(']');
      this.skip();
    }
    this.expect('>');
    const dtd = {
      name,
      entities: this.#entities,
      attributes: this.#attributes,
      unread: this.#unread && !this.rules.standalone,
    };
    return { dtd, length: this.at };
  }

  /** Declarations, instructions, comments and references to parameter entities, up to `]` or the end. */
  #subset(): void {
    for (;;) {
      this.skip();
      if (this.text.startsWith('<!--', this.at)) this.#comment();
      else if (this.text.startsWith('<?', this.at)) this.#instruction();
      else if (this.takes('<!ELEMENT')) this.#element();
      else if (this.takes('<!ATTLIST')) this.#attributeList();
      else if (this.takes('<!ENTITY')) this.#entity();
      else if (this.takes('<!NOTATION')) this.#notation();
      else if (this.takes('%')) this.#parameterReference();
      else if (this.outer >= 0 && this.at === this.text.length) return;
      else if (this.outer < 0 && this.text[this.at] === ']') return;
      else this.fail('this is no declaration');
    }
  }

  #parameterReference(): void {
    const name = this.name();
    this.expect(';');
    const entity = this.#parameters.get(name);
    if (entity === undefined) {
      // Section 4.1: an error of well-formedness only where all declarations have been read.
      if (!this.#unread) this.fail(`parameter entity '${name}' is not declared`);
      this.#hidden = true;
      return;
    }
    if (entity.text === undefined) {
      this.#unread = true;
      this.#hidden = true;
      return;
    }
    if (this.#open.includes(name)) this.fail(`parameter entity '${name}' contains itself`);
    if (this.#open.length >= MOST_NESTING)
      this.fail(`parameter entities are nested deeper than ${MOST_NESTING} levels`);
    this.rules.expand(entity.text.length);
    const kept = { text: this.text, at: this.at, outer: this.outer, open: this.#open };
    this.outer = kept.outer >= 0 ? kept.outer : kept.at;
    this.#open = [...kept.open, name];
    this.text = entity.text;
    this.at = 0;
    this.#subset();
    this.text = kept.text;
    this.at = kept.at;
    this.outer = kept.outer;
    this.#open = kept.open;
  }

  #comment(): void {
    const end = this.text.indexOf('--', this.at + 4);
    if (end < 0 || this.text[end + 2] !== '>') this.fail(`a comment has no end, or '--' within`);
    this.checkText(end);
    this.at = end + 3;
  }

  #instruction(): void {
    this.at += 2;
    const target = this.name();
    if (/^xml$/i.test(target)) this.fail('an XML declaration stands inside of the document');
    const end = this.text.indexOf('?>', this.at);
    if (end < 0 || (end > this.at && !this.skip())) this.fail('an instruction is malformed');
    this.checkText(end);
    this.at = end + 2;
  }

  /** Production 45. Content models are checked and not kept. */
  #element(): void {
    this.space('<!ELEMENT');
    this.name(false);
    this.space('the name');
    if (!this.takes('EMPTY') && !this.takes('ANY')) this.#contentModel();
    this.skip();
    this.expect('>');
  }

  #contentModel(): void {
    this.expect('(');
    this.skip();
    if (this.takes('#PCDATA')) {
      let names = 0;
      for (this.skip(); this.takes('|'); this.skip()) {
        this.skip();
        this.name(false);
        names++;
      }
      this.expect(')');
      if (!this.takes('*') && names > 0) this.fail("'*' is missing behind a model of mixed content");
      return;
    }
    // Separators of the groups that are open: none seen yet, a comma or a bar.
    const groups: string[] = [''];
    for (;;) {
      this.skip();
      if (this.takes('(')) {
        groups.push('');
        continue;
      }
      this.name(false);
      this.looksAt(/[?*+]/y, true);
      for (;;) {
        this.skip();
        const separator = this.text[this.at] ?? '';
        if (separator === ',' || separator === '|') {
          const before = groups[groups.length - 1];
          if (before !== '' && before !== separator) this.fail("',' and '|' are mixed in one group");
          groups[groups.length - 1] = separator;
          this.at++;
          break;
        }
        this.expect(')');
        this.looksAt(/[?*+]/y, true);
        groups.pop();
        if (groups.length === 0) return;
      }
    }
  }

  /** Productions 52 to 60. */
  #attributeList(): void {
    this.space('<!ATTLIST');
    const element = this.name(false);
    const rules = this.#attributes.get(element) ?? new Map<string, AttributeRule>();
    for (;;) {
      const spaced = this.skip();
      if (this.takes('>')) break;
      if (!spaced) this.fail('white space is missing');
      const name = this.name(false);
      this.space('the name');
      const plain = this.#attributeType();
      this.space('the type');
      const value = this.#defaultValue(plain);
      // The first declaration of an attribute is the one that counts.
      if (!rules.has(name) && !this.#skipped()) rules.set(name, { name, plain, value });
    }
    if (rules.size > 0) this.#attributes.set(element, rules);
  }

  #attributeType(): boolean {
    const simple = this.match(SIMPLE_TYPE);
    if (simple !== undefined) return simple === 'CDATA';
    const notation = this.takes('NOTATION');
    if (notation) this.space('NOTATION');
    this.expect('(');
    do {
      this.skip();
      if (notation) this.name();
      else if (this.match(NMTOKEN) === undefined) this.fail('a name token is missing');
      this.skip();
    } while (this.takes('|'));
    this.expect(')');
    return false;
  }

  #defaultValue(plain: boolean): string | undefined {
    if (this.takes('#REQUIRED') || this.takes('#IMPLIED')) return undefined;
    if (this.takes('#FIXED')) this.space('#FIXED');
    const literal = this.literal(LITERAL);
    if (literal.includes('<')) this.fail("'<' stands in the value of an attribute");
    const value = this.rules.attributeValue(literal, this.#entities);
    return plain ? value : collapsed(value);
  }

  /** Productions 70 to 76. */
  #entity(): void {
    this.space('<!ENTITY');
    const parameter = this.takes('%');
    if (parameter) this.space('%');
    const name = this.name();
    this.space('the name');
    let text: string | undefined;
    let unparsed = false;
    if (this.looksAt(/["']/y)) text = this.#entityValue();
    else {
      this.#externalId(false);
      const spaced = this.skip();
      if (!parameter && this.takes('NDATA')) {
        if (!spaced) this.fail('white space is missing');
        this.space('NDATA');
        this.name();
        unparsed = true;
      }
    }
    this.skip();
    this.expect('>');
    if (this.#skipped()) return;
    if (parameter) {
      if (!this.#parameters.has(name)) this.#parameters.set(name, { text });
    } else if (!this.#entities.has(name)) {
      this.#entities.set(name, {
        name,
        text: text === undefined ? undefined : new TextEncoder().encode(text),
        unparsed,
      });
    }
  }

  /** Character references are expanded here, general entities where the entity is used (section 4.4). */
  #entityValue(): string {
    const from = this.at;
    const literal = this.literal(LITERAL);
    return literal.replace(
      REFERENCE,
      (reference, hexadecimal?: string, decimal?: string, name?: string): string => {
        if (reference.startsWith('%'))
          this.fail('a parameter entity stands in a declaration of the internal subset', from);
        const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
        if (hexadecimal !== undefined || decimal !== undefined) {
          if (!isXmlCodePoint(code)) this.fail(`${reference} is no character of XML`, from);
          return String.fromCodePoint(code);
        }
        if (name === undefined) this.fail("'&' is the start of no reference", from);
        return reference;
      },
    );
  }

  #notation(): void {
    this.space('<!NOTATION');
    this.name();
    this.space('the name');
    this.#externalId(true);
    this.skip();
    this.expect('>');
  }

  /** Productions 75 and 83. */
  #externalId(publicAlone: boolean): void {
    if (this.takes('SYSTEM')) {
      this.space('SYSTEM');
      this.literal(LITERAL);
      return;
    }
    if (!this.takes('PUBLIC')) this.fail('SYSTEM or PUBLIC is missing');
    this.space('PUBLIC');
    this.literal(PUBLIC_LITERAL);
    const spaced = this.skip();
    if (publicAlone && !this.looksAt(/["']/y)) return;
    if (!spaced) this.fail('white space is missing');
    this.literal(LITERAL);
  }

  /** Declarations behind what was not read must not be used (section 5.1). */
  #skipped(): boolean {
    return this.#hidden && !this.rules.standalone;
  }
}

/** White space of attributes that are not CDATA (section 3.3.3). */
export function collapsed(value: string): string {
  return value.replace(/^ +| +$/g, '').replace(/ {2,}/g, ' ');
}
