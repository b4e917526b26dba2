import { readdirSync, readFileSync } from 'node:fs';
import { Budget, bytesSource, isFormatError } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { isLeftToLibrary } from '../src/native/field-reader.js';
import { openSession } from '../src/read/session.js';
import { TreeReader } from '../src/read/tree.js';

const FOLDER = new URL('fixtures/', import.meta.url);
const ROUNDS = 150;
const files = readdirSync(FOLDER).filter((name) => /\.(h5|nc|mat)$/.test(name) && !name.includes('4g'));

/** Park and Miller's generator: the same damage every time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

describe('files of others with bytes changed: a value or a FormatError', () => {
  for (const name of files) {
    it(name, () => {
      const whole = readFileSync(new URL(name, FOLDER));
      const random = randomNumbers(7);
      for (let round = 0; round < ROUNDS; round++) {
        const bytes = Uint8Array.from(whole);
        for (let i = 0; i < 1 + (round % 8); i++) {
          // Structures lie mostly in the first part, and all ones are the worst lengths.
          const at = Math.floor(random() ** 2 * bytes.byteLength);
          bytes.fill(random() < 0.5 ? 0xff : Math.floor(random() * 256), at, at + (round % 3 === 0 ? 8 : 1));
        }
        try {
          const budget = new Budget({ bytes: 64 * 2 ** 20, items: 10 ** 6 });
          const context = { budget, options: {}, loss: () => {}, progress: () => {} };
          new TreeReader(openSession(undefined, bytesSource(bytes), context)).root();
        } catch (error) {
          if (!isLeftToLibrary(error)) expect(isFormatError(error), `${String(error)}`).toBe(true);
        }
      }
    });
  }
});
