import { newRecord, type Value } from '@formatlab/core';

/** Marks the element that was put around a value which is not one element. */
export const TREE_MARK = 'tree';
export const TREE_ROOT = 'record';
export const ATTRIBUTE = '@';
export const CONTENT = '#text';

/** Elements as records: text, a record of members, or a list of those under one name. */
export type Tree = string | { [name: string]: Tree | readonly Tree[] };

/** An element under way. */
export class TreeElement {
  readonly name: string;
  readonly #members = newRecord();
  #text = '';
  #elements = 0;
  #attributes = 0;
  #last = '';
  #inTurns = false;
  #textBetween = false;

  constructor(name: string) {
    this.name = name;
  }

  attribute(name: string, value: string): void {
    this.#members[`${ATTRIBUTE}${name}`] = value;
    this.#attributes++;
  }

  text(text: string): void {
    if (this.#elements > 0 && /[^\x20\t\r\n]/.test(text)) this.#textBetween = true;
    this.#text += text;
  }

  element(name: string, value: Value): void {
    const held = this.#members[name];
    if (held === undefined) this.#members[name] = value;
    else {
      if (this.#last !== name) this.#inTurns = true;
      // Only what stands here twice is a list: an element's own value never is.
      if (Array.isArray(held)) held.push(value);
      else this.#members[name] = [held, value];
    }
    if (/[^\x20\t\r\n]/.test(this.#text)) this.#textBetween = true;
    this.#last = name;
    this.#elements++;
  }

  /** @param onMixed is called where text stands among elements, or members of one name do not stand together */
  finish(onMixed: () => void): Value {
    if (this.#elements === 0 && this.#attributes === 0) return this.#text;
    if (this.#inTurns || this.#textBetween) onMixed();
    if (this.#text !== '' && (this.#elements === 0 || /[^\x20\t\r\n]/.test(this.#text)))
      this.#members[CONTENT] = this.#text;
    return this.#members;
  }
}
