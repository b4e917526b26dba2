import { isName } from './characters.js';

/** A name that was met: made once, found again by its bytes. */
export interface Name {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** Where its colon stands; -1 where there is none, -2 where it is none of `prefix:local`. */
  readonly colon: number;
}

const SLOTS = 1024;

/** One place a hash: names that collide only cost being made again, so that no file can make it slow. */
export class Names {
  readonly #slots = new Array<Name | undefined>(SLOTS);
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** The name of these bytes; undefined where they are none. */
  of(bytes: Uint8Array, from: number, to: number, hash: number): Name | undefined {
    const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
    const held = this.#slots[slot];
    if (held !== undefined && held.bytes.length === to - from && isSame(held.bytes, bytes, from)) return held;
    const made = this.#make(bytes.slice(from, to));
    if (made !== undefined) this.#slots[slot] = made;
    return made;
  }

  #make(bytes: Uint8Array): Name | undefined {
    let text: string;
    try {
      text = this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
    if (!isName(text)) return undefined;
    const parts = text.split(':');
    const colon =
      parts.length === 1 ? -1 : parts.length === 2 && parts.every(isName) ? text.indexOf(':') : -2;
    return { text, bytes, colon };
  }
}

function isSame(held: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let i = 0; i < held.length; i++) if (held[i] !== bytes[from + i]) return false;
  return true;
}
