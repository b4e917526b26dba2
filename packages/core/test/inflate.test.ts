import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../src/index.js';
import { gzipPoints } from '../src/layers/random/gzip-points.js';
import { inflateSpan, unpackWindow } from '../src/layers/random/gzip-span.js';
import { Inflater } from '../src/layers/random/inflater.js';
import type { MadePoints } from '../src/layers/random/layer-points.js';
import { seeded } from './random.js';

const random = seeded(7);
const text = Buffer.from(
  Array.from({ length: 10_000 }, (_, i) => `${i},station ${Math.floor(random() * 900)},${random()}\n`).join(
    '',
  ),
);
const SAMPLES: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('a'),
  text,
  noise: randomBytes(250_000),
  zeros: Buffer.alloc(1_000_000),
  'noise and text': Buffer.concat([
    randomBytes(100_000),
    text,
    randomBytes(70_000),
    text.subarray(0, 50_000),
  ]),
};
const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = constants;
const STRATEGIES = [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE];
const SPAN = 60_000;
const LONG = 120_000;

describe('places in a gzip file', { timeout: LONG }, () => {
  for (const [name, content] of Object.entries(SAMPLES)) {
    it(`gives back every span of ${name}, at every level and strategy`, async () => {
      for (const strategy of STRATEGIES) {
        for (const level of [0, 1, 6, 9]) {
          const packed = gzipSync(content, { level, strategy, memLevel: level === 6 ? 2 : 8 });
          const made = await gzipPoints(bytesSource(packed), SPAN, () => {});
          expect(made.layer.size).toBe(content.length);
          expect(Buffer.concat([...spansOf(packed, made)]).equals(content)).toBe(true);
        }
      }
    });
  }

  it('begins within bytes at all of their bits', async () => {
    const made = await gzipPoints(bytesSource(gzipSync(text, { memLevel: 1 })), 4096, () => {});
    expect(new Set(made.layer.points.map(({ bit }) => bit)).size).toBe(8);
  });

  it('has a place at every member, and passes headers with names and zeros at the end', async () => {
    const member = gzipSync('two\n');
    const named = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 255, 2, 0, 1, 2]),
      Buffer.from('name\0remark\0ab'),
      member.subarray(10),
    ]);
    const packed = Buffer.concat([gzipSync('one\n'), named, gzipSync(''), member, Buffer.alloc(512)]);
    const made = await gzipPoints(bytesSource(packed), SPAN, () => {});
    expect(made.layer.points.map(({ out }) => out)).toEqual([0, 4, 8, 8]);
    expect(Buffer.concat([...spansOf(packed, made)]).toString()).toBe('one\ntwo\ntwo\n');
  });

  it('refuses what is damaged or cut wherever it is', async () => {
    const packed = gzipSync(text.subarray(0, 20_000));
    for (let at = 0; at < packed.length; at += 97) {
      const cut = packed.subarray(0, at);
      if (at > 0)
        await expect(gzipPoints(bytesSource(cut), SPAN, () => {})).rejects.toMatchObject({ code: 'corrupt' });
      const bad = Buffer.from(packed);
      bad[at]! ^= 0x10;
      // Bytes 4 to 9 of the header are time, level and system, which nobody checks.
      if (at >= 10)
        await expect(gzipPoints(bytesSource(bad), SPAN, () => {})).rejects.toMatchObject({ code: 'corrupt' });
    }
  });
});

describe('the inflater of browsers', { timeout: LONG }, () => {
  it('gives what zlib gives, from every place', async () => {
    const packed = gzipSync(SAMPLES['noise and text']!, { memLevel: 3 });
    const made = await gzipPoints(bytesSource(packed), SPAN, () => {});
    for (const span of packedSpans(packed, made)) {
      const out = new Uint8Array(span.window.length + span.size + 512);
      out.set(span.window);
      const inflater = new Inflater(out);
      inflater.length = span.window.length;
      inflater.start(span.bytes, 0, span.bit);
      inflater.final = true;
      while (inflater.length < span.window.length + span.size && inflater.run() === 'block');
      const content = out.subarray(span.window.length, span.window.length + span.size);
      expect(Buffer.from(content).equals(Buffer.from(inflateSpan(span)))).toBe(true);
    }
  });

  it('refuses a match before the beginning, and codes that are none', () => {
    const run = (bytes: Uint8Array): void => {
      const inflater = new Inflater(new Uint8Array(100_000));
      inflater.start(bytes, 0, 0);
      inflater.final = true;
      while (inflater.run() === 'block');
    };
    const dictionary = Buffer.from('a phrase that comes again, and again, and again');
    const packed = deflateRawSync(dictionary, { dictionary });
    expect(() => run(packed)).toThrow(/before the beginning/);
    for (const bytes of [[0x07], [0x05, 0xff, 0xff, 0xff, 0xff], [0x01, 1, 0, 1, 0], []])
      expect(() => run(Uint8Array.from(bytes))).toThrow(/decompress gzip/);
  });
});

function* spansOf(packed: Buffer, made: MadePoints): Generator<Uint8Array> {
  for (const span of packedSpans(packed, made)) {
    const content = inflateSpan(span);
    expect(content.length).toBe(span.size);
    yield content;
  }
}

function* packedSpans(
  packed: Buffer,
  { layer, windows }: MadePoints,
): Generator<Parameters<typeof inflateSpan>[0]> {
  let at = 0;
  for (let i = 0; i < layer.points.length; i++) {
    const { at: from, bit, out, windowBytes } = layer.points[i]!;
    const next = layer.points[i + 1];
    const end = next === undefined ? layer.end : next.at + (next.bit > 0 ? 1 : 0);
    const window =
      windowBytes === 0 ? new Uint8Array(0) : unpackWindow(windows.subarray(at, at + windowBytes));
    at += windowBytes;
    yield { bytes: packed.subarray(from, end), bit, size: (next?.out ?? layer.size) - out, window };
  }
}
