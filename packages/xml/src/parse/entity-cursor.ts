import { type Budget, FormatError } from '@formatlab/core';
import { NAME_CLASS } from './characters.js';
import { XmlCursor } from './cursor.js';
import type { Dtd, Entity } from './dtd.js';
import { characterOf, PREDEFINED } from './references.js';
import { TextWindow } from './text-window.js';

const SEMICOLON = 0x3b;
/** Entities may make so many bytes of a file, whatever its size, or so many times the file. */
const LEAST_EXPANSION = 2 ** 20;
const EXPANSION = 8;
const MOST_ENTITY_NESTING = 100;

/** A cursor that reads the text of entities in the place of their references. */
export class EntityCursor extends XmlCursor {
  dtd: Dtd | undefined;
  protected readonly budget: Budget;
  #expanded = 0;

  constructor(bytes: Uint8Array, budget: Budget) {
    super(bytes);
    this.budget = budget;
  }

  /** Goes on in the text of the entity whose reference stands here. @param depth elements that are open */
  protected enterEntity(depth: number): void {
    const { bytes, at, end } = this;
    let to = at + 1;
    let hash = 0;
    while (to < end && NAME_CLASS[bytes[to]!] === 1) hash = Math.imul(hash, 31) + bytes[to++]!;
    const name = this.names.of(bytes, at + 1, to, hash)?.text;
    if (name === undefined || to >= end || bytes[to] !== SEMICOLON)
      throw this.error("'&' is the start of no reference");
    const entity = this.#entityOf(name, this.dtd?.entities);
    if (entity.unparsed) throw this.error(`unparsed entity '${name}' stands in text`);
    if (entity.text === undefined) throw this.#unread(`external entity '${name}'`);
    if (this.frames.some((frame) => frame.entity === name))
      throw this.error(`entity '${name}' contains itself`);
    if (this.frames.length >= MOST_ENTITY_NESTING) throw this.#tooDeep();
    this.expand(entity.text.length);
    this.frames.push({
      bytes,
      at: to + 1,
      end,
      window: this.window,
      entity: name,
      depth,
    });
    this.bytes = entity.text;
    this.at = 0;
    this.end = entity.text.length;
    this.window = new TextWindow(entity.text);
  }

  /** Goes on behind the reference to the entity that ends here. */
  protected leaveEntity(depth: number): void {
    const frame = this.frames[this.frames.length - 1]!;
    if (depth !== frame.depth) throw this.error('an element does not end in the entity in which it begins');
    this.frames.pop();
    this.bytes = frame.bytes;
    this.at = frame.at;
    this.end = frame.end;
    this.window = frame.window;
  }

  /** Section 3.3.3: white space becomes blanks, references are expanded, those within entities too. */
  protected attributeValue(
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
    this.expand(entity.text.length);
    const text = new TextDecoder().decode(entity.text);
    if (text.includes('<'))
      throw this.error(`entity '${inner}' with '<' stands in the value of an attribute`);
    return this.attributeValue(text, entities, [...within, inner]);
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
      offset: this.input.locate(this.frames[0]?.at ?? this.at),
      feature: 'external entities',
    });
  }

  protected expand(count: number): void {
    this.#expanded += count + 1;
    this.budget.takeBytes(count, 'the text of entities');
    const most = Math.max(LEAST_EXPANSION, EXPANSION * this.input.bytes.length);
    if (this.#expanded > most) {
      throw new FormatError('limit', `read XML: its entities expand to more than ${most} bytes`, {
        format: 'xml',
        offset: this.input.locate(this.frames[0]?.at ?? this.at),
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
        offset: this.input.locate(this.frames[0]?.at ?? this.at),
        feature: 'entities',
      },
    );
  }
}
