import { QUOTE } from './ascii.js';

/** A member name, as it stands in the file and as a string. */
export interface Key {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly hash: number;
}

const SLOTS = 2048;

/** Makes one string of a name however often it stands in the file. */
export class KeyCache {
  readonly #bytes: Uint8Array;
  readonly #slots: (Key | undefined)[] = new Array(SLOTS).fill(undefined);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether the key, and a closing quote, stand at `at`. */
  matches(key: Key, at: number): boolean {
    const bytes = this.#bytes;
    const wanted = key.bytes;
    const { length } = wanted;
    // A key with escapes has no bytes; the empty name is found by its hash.
    if (length === 0 || bytes[at + length] !== QUOTE) return false;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== wanted[i]) return false;
    return true;
  }

  find(from: number, to: number): Key | undefined {
    const hash = this.#hash(from, to);
    const key = this.#slots[hash & (SLOTS - 1)];
    if (key === undefined || key.hash !== hash || key.bytes.length !== to - from) return undefined;
    return to === from || this.matches(key, from) ? key : undefined;
  }

  add(from: number, to: number, text: string): Key {
    const hash = this.#hash(from, to);
    const key = { bytes: this.#bytes.slice(from, to), text, hash };
    this.#slots[hash & (SLOTS - 1)] = key;
    return key;
  }

  #hash(from: number, to: number): number {
    let hash = to - from;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + this.#bytes[i]!) | 0;
    return hash ^ (hash >>> 15);
  }
}
