import type { Context, Source } from '@formatlab/core';
import {
  BACKSLASH,
  BLANK,
  CLOSE_LIST,
  CLOSE_RECORD,
  COMMA,
  OPEN_LIST,
  OPEN_RECORD,
  QUOTE,
} from '../parse/ascii.js';

const READ_BYTES = 2 ** 18;

/**
 * Walks over JSON text by its brackets and quotes, a piece of the file at a time. What is kept is what the caller still wants;
 * whether it is JSON is for the parser to say.
 */
export class TextScan {
  /** Byte of the file that comes next. */
  at = 0;
  readonly #source: Source;
  readonly #context: Pick<Context<object>, 'signal' | 'progress' | 'budget'>;
  #bytes: Uint8Array = new Uint8Array(0);
  /** Where the bytes begin in the file. */
  #start = 0;
  #kept = 0;

  constructor(source: Source, context: Pick<Context<object>, 'signal' | 'progress' | 'budget'>) {
    this.#source = source;
    this.#context = context;
  }

  /** From here on everything is kept. */
  keep(): void {
    this.#kept = this.at;
  }

  /** What lies between a byte that is kept and the position. */
  bytesFrom(at: number): Uint8Array {
    return this.#bytes.subarray(at - this.#start, this.at - this.#start);
  }

  /** The next byte that is not blank; -1 at the end. The position is left at it. */
  async peek(): Promise<number> {
    for (;;) {
      const bytes = this.#bytes;
      let place = this.at - this.#start;
      while (place < bytes.length && bytes[place]! <= BLANK) place++;
      this.at = this.#start + place;
      if (place < bytes.length) return bytes[place]!;
      if (!(await this.#more())) return -1;
    }
  }

  /** Passes a value, or a name; false where the file ends in it. */
  async pass(): Promise<boolean> {
    const first = await this.peek();
    if (first === QUOTE) return this.#string();
    if (first === OPEN_LIST || first === OPEN_RECORD) return this.#nested();
    return this.#word();
  }

  async #string(): Promise<boolean> {
    this.at++;
    for (;;) {
      const bytes = this.#bytes;
      let place = this.at - this.#start;
      while (place < bytes.length && bytes[place] !== QUOTE) place += bytes[place] === BACKSLASH ? 2 : 1;
      this.at = this.#start + place;
      if (place < bytes.length) {
        this.at++;
        return true;
      }
      if (!(await this.#more())) return false;
    }
  }

  async #nested(): Promise<boolean> {
    let depth = 0;
    for (;;) {
      const bytes = this.#bytes;
      let place = this.at - this.#start;
      for (; place < bytes.length; place++) {
        const byte = bytes[place]!;
        if (byte === QUOTE) break;
        if (byte === OPEN_LIST || byte === OPEN_RECORD) depth++;
        else if ((byte === CLOSE_LIST || byte === CLOSE_RECORD) && --depth === 0) break;
      }
      this.at = this.#start + place;
      if (place === bytes.length) {
        if (!(await this.#more())) return false;
      } else if (depth === 0) {
        this.at++;
        return true;
      } else if (!(await this.#string())) return false;
    }
  }

  async #word(): Promise<boolean> {
    for (;;) {
      const bytes = this.#bytes;
      let place = this.at - this.#start;
      while (place < bytes.length && !endsWord(bytes[place]!)) place++;
      this.at = this.#start + place;
      if (place < bytes.length) return true;
      if (!(await this.#more())) return true;
    }
  }

  /** Reads on; what nobody keeps is let go of. */
  async #more(): Promise<boolean> {
    const { size } = this.#source;
    const read = this.#start + this.#bytes.length;
    if (read >= size) return false;
    const kept = Math.min(this.#kept, this.at);
    const old = this.#bytes.subarray(kept - this.#start);
    // Long values are read in steps that grow, so that they are not copied again and again.
    const length = Math.min(Math.max(READ_BYTES, old.length), size - read);
    const { budget } = this.#context;
    budget.takeBytes(old.length + length, `a value of more than ${old.length} bytes`);
    const [fresh] = await this.#source.read([{ at: read, length }], this.#context.signal);
    const joined = new Uint8Array(old.length + length);
    joined.set(old);
    joined.set(fresh!, old.length);
    budget.releaseBytes(old.length + length);
    this.#bytes = joined;
    this.#start = kept;
    this.#context.progress(read, size);
    return true;
  }
}

function endsWord(byte: number): boolean {
  return byte <= BLANK || byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_RECORD;
}
