import type { FormatError } from '@formatlab/core';
import {
  type EnumNode,
  type FeatureNode,
  type FieldNode,
  type FileNode,
  fileNode,
  type MessageNode,
  messageNode,
} from './nodes.js';
import { schemaError, type Token, tokensOf } from './tokens.js';

/** Messages within messages in a schema. */
const DEEPEST = 64;

/**
 * Reads the text of a `.proto` file: proto2, proto3 and editions. Services and custom options are skipped.
 *
 * @throws FormatError `options` with the line
 */
export function parseProto(source: string, name: string): FileNode {
  return new ProtoParser(source, name).file();
}

/** Options of a field or declaration, by their name as written; values as text. */
type OptionNode = Map<string, string>;

class ProtoParser {
  readonly #source: string;
  readonly #name: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string, name: string) {
    this.#source = source;
    this.#name = name;
    this.#tokens = tokensOf(source, name);
  }

  file(): FileNode {
    const file = fileNode(this.#name);
    while (this.#token().kind !== 'end') {
      if (this.#accept(';')) continue;
      const word = this.#ident();
      if (word === 'syntax' || word === 'edition') {
        this.#expect('=');
        file.edition = this.#text();
        this.#expect(';');
      } else if (word === 'package') {
        file.package = this.#dotted();
        this.#expect(';');
      } else if (word === 'import') {
        if (this.#token().kind === 'name') this.#ident();
        file.imports.push(this.#text());
        this.#expect(';');
      } else if (word === 'option') addFeatures(file.features, this.#optionLine());
      else if (word === 'service') this.#skipService();
      else this.#declaration(word, file, 0);
    }
    return file;
  }

  /** What may stand both in a file and in a message. */
  #declaration(
    word: string,
    into: {
      readonly messages: MessageNode[];
      readonly enums: EnumNode[];
      readonly extensions: FieldNode[];
    },
    depth: number,
  ): void {
    if (word === 'message') into.messages.push(this.#message(this.#ident(), depth));
    else if (word === 'enum') into.enums.push(this.#enum());
    else if (word === 'extend') this.#extend(into, depth);
    else if (word === 'export' || word === 'local') this.#declaration(this.#ident(), into, depth);
    else throw this.#error(`'${word}' is no declaration`);
  }

  #message(name: string, depth: number): MessageNode {
    if (depth > DEEPEST) throw this.#error('messages are nested too deep');
    const node = messageNode(name);
    this.#expect('{');
    while (!this.#accept('}')) {
      if (this.#accept(';')) continue;
      const token = this.#token();
      const after = this.#tokens[this.#next + 1]!;
      // A field's type may be named like a keyword; a keyword is followed by something else.
      const word = token.kind === 'name' ? token.text : '';
      if (
        (word === 'message' || word === 'enum' || word === 'extend') &&
        after.kind === 'name' &&
        this.#opens()
      ) {
        this.#next++;
        this.#declaration(word, node, depth + 1);
      } else if (word === 'extend') {
        this.#next++;
        this.#extend(node, depth + 1);
      } else if (word === 'option' && (after.kind === 'name' || after.text === '(')) {
        this.#next++;
        const options = this.#optionLine();
        addFeatures(node.features, options);
        if (options.get('message_set_wire_format') === 'true') node.messageSet = true;
        if (options.get('map_entry') === 'true') node.mapEntry = true;
      } else if (word === 'oneof' && after.kind === 'name') {
        this.#next++;
        this.#oneof(node, depth);
      } else if ((word === 'reserved' || word === 'extensions') && after.text !== '.') this.#skipStatement();
      else this.#field(node.fields, node, depth, {});
    }
    return node;
  }

  /** Whether `{` follows the next name. */
  #opens(): boolean {
    return this.#tokens[this.#next + 2]?.text === '{';
  }

  #oneof(message: MessageNode, depth: number): void {
    const oneof = this.#ident();
    this.#expect('{');
    while (!this.#accept('}')) {
      if (this.#accept(';')) continue;
      if (this.#token().text === 'option') {
        this.#next++;
        this.#optionLine();
      } else this.#field(message.fields, message, depth, { oneof });
    }
  }

  #extend(into: { readonly messages: MessageNode[]; readonly extensions: FieldNode[] }, depth: number): void {
    const extendee = this.#typeName();
    this.#expect('{');
    while (!this.#accept('}')) {
      if (!this.#accept(';')) this.#field(into.extensions, into, depth, { extendee });
    }
  }

  #field(
    fields: FieldNode[],
    scope: { readonly messages: MessageNode[] },
    depth: number,
    where: { readonly oneof?: string; readonly extendee?: string },
  ): void {
    let label: FieldNode['label'] = 'optional';
    let optional = false;
    const word = this.#token().text;
    if (
      (word === 'optional' || word === 'required' || word === 'repeated') &&
      this.#tokens[this.#next + 1]?.text !== '.'
    ) {
      this.#next++;
      label = word;
      optional = word === 'optional';
    }
    if (this.#token().text === 'map' && this.#tokens[this.#next + 1]?.text === '<') {
      this.#mapField(fields, where);
      return;
    }
    const group = this.#token().text === 'group' && this.#tokens[this.#next + 1]?.kind === 'name';
    if (group) this.#next++;
    const type = this.#typeName();
    const name = group ? type.toLowerCase() : this.#ident();
    this.#expect('=');
    const number = this.#integer();
    const options = this.#fieldOptions();
    if (group) scope.messages.push(this.#message(type, depth + 1));
    else this.#expect(';');
    fields.push(withOptions({ name, number, label, type, group, optional, features: {}, ...where }, options));
  }

  #mapField(fields: FieldNode[], where: { readonly oneof?: string }): void {
    this.#next++;
    this.#expect('<');
    const key = this.#ident();
    this.#expect(',');
    const value = this.#typeName();
    this.#expect('>');
    const name = this.#ident();
    this.#expect('=');
    const number = this.#integer();
    const options = this.#fieldOptions();
    this.#expect(';');
    const map = { key, value, features: {} };
    fields.push(
      withOptions(
        {
          name,
          number,
          label: 'repeated',
          type: '',
          group: false,
          optional: false,
          features: {},
          map,
          ...where,
        },
        options,
      ),
    );
  }

  #enum(): EnumNode {
    const node: EnumNode = { name: this.#ident(), values: [], features: {} };
    this.#expect('{');
    while (!this.#accept('}')) {
      if (this.#accept(';')) continue;
      const after = this.#tokens[this.#next + 1]?.text;
      const word = this.#token().text;
      if (word === 'option' && after !== '=') {
        this.#next++;
        addFeatures(node.features, this.#optionLine());
      } else if (word === 'reserved' && after !== '=') this.#skipStatement();
      else {
        const name = this.#ident();
        this.#expect('=');
        const number = this.#integer();
        this.#fieldOptions();
        this.#expect(';');
        node.values.push([name, number]);
      }
    }
    return node;
  }

  #fieldOptions(): OptionNode {
    const options: OptionNode = new Map();
    if (!this.#accept('[')) return options;
    do {
      const name = this.#optionName();
      this.#expect('=');
      this.#optionValue(name, options);
    } while (this.#accept(','));
    this.#expect(']');
    return options;
  }

  #optionLine(): OptionNode {
    const options: OptionNode = new Map();
    const name = this.#optionName();
    this.#expect('=');
    this.#optionValue(name, options);
    this.#expect(';');
    return options;
  }

  #optionName(): string {
    let name = '';
    do {
      if (this.#accept('(')) {
        name += `(${this.#typeName()})`;
        this.#expect(')');
      } else name += this.#ident();
      if (this.#token().text === '.') name += '.';
    } while (this.#accept('.'));
    return name;
  }

  #optionValue(name: string, options: OptionNode): void {
    const token = this.#token();
    if (token.text === '{' && token.kind === 'symbol') {
      this.#aggregate(name, options, 0);
      return;
    }
    const sign = this.#accept('-') ? '-' : this.#accept('+') ? '' : '';
    if (this.#token().kind === 'text') options.set(name, this.#text());
    else {
      options.set(name, `${sign}${this.#token().text}`);
      this.#next++;
      while (this.#accept('.')) this.#ident();
    }
  }

  /** `{ field_presence: IMPLICIT … }`: plain members are kept under `name.member`. */
  #aggregate(name: string, options: OptionNode, depth: number): void {
    if (depth > DEEPEST) throw this.#error('options are nested too deep');
    const close = this.#token().text === '{' ? '}' : ']';
    this.#next++;
    while (!this.#accept(close)) {
      const token = this.#token();
      if (token.kind === 'end') throw this.#error(`'${close}' is missing`);
      if (token.text === '{' || (token.text === '[' && token.kind === 'symbol')) {
        this.#aggregate('', options, depth + 1);
        continue;
      }
      this.#next++;
      if (token.kind === 'name' && this.#accept(':')) {
        const value = this.#token();
        if (value.kind !== 'symbol') {
          this.#next++;
          if (name !== '') options.set(`${name}.${token.text}`, value.text);
        }
      }
    }
  }

  #skipStatement(): void {
    while (!this.#accept(';')) {
      if (this.#token().kind === 'end') throw this.#error("';' is missing");
      this.#next++;
    }
  }

  #skipService(): void {
    this.#ident();
    let depth = 0;
    do {
      const { text, kind } = this.#token();
      if (kind === 'end') throw this.#error("'}' is missing");
      if (kind === 'symbol' && text === '{') depth++;
      if (kind === 'symbol' && text === '}') depth--;
      this.#next++;
    } while (depth > 0);
  }

  #typeName(): string {
    const start = this.#accept('.') ? '.' : '';
    return `${start}${this.#dotted()}`;
  }

  #dotted(): string {
    let name = this.#ident();
    while (this.#accept('.')) name += `.${this.#ident()}`;
    return name;
  }

  #ident(): string {
    const token = this.#token();
    if (token.kind !== 'name') throw this.#error(`a name is missing before '${token.text}'`);
    this.#next++;
    return token.text;
  }

  #integer(): number {
    const sign = this.#accept('-') ? -1 : 1;
    const token = this.#token();
    const value = /^0[0-7]+$/.test(token.text) ? Number.parseInt(token.text, 8) : Number(token.text);
    if (token.kind !== 'number' || !Number.isInteger(value))
      throw this.#error(`a whole number is missing before '${token.text}'`);
    this.#next++;
    return sign * value;
  }

  /** Literals side by side are one. */
  #text(): string {
    if (this.#token().kind !== 'text') throw this.#error(`a text is missing before '${this.#token().text}'`);
    let text = '';
    while (this.#token().kind === 'text') text += this.#tokens[this.#next++]!.text;
    return text;
  }

  #accept(symbol: string): boolean {
    const token = this.#token();
    if (token.kind !== 'symbol' || token.text !== symbol) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#accept(symbol)) throw this.#error(`'${symbol}' is missing before '${this.#token().text}'`);
  }

  #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #error(state: string): FormatError {
    return schemaError(this.#name, this.#source, this.#token().at, state);
  }
}

function withOptions(field: FieldNode, options: OptionNode): FieldNode {
  addFeatures(field.features, options);
  const packed = options.get('packed');
  if (packed !== undefined) field.packed = packed === 'true';
  const value = options.get('default');
  if (value !== undefined) field.default = value;
  const jsonName = options.get('json_name');
  if (jsonName !== undefined) field.jsonName = jsonName;
  return field;
}

function addFeatures(features: FeatureNode, options: OptionNode): void {
  for (const [name, value] of options) {
    if (name.startsWith('features.')) features[name.slice('features.'.length)] = value;
  }
}
