import { Buffer } from 'node:buffer';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  Budget,
  type Compression,
  compress,
  compressionOfHead,
  decompress,
  decompressHead,
  isFormatError,
  joinBytes,
  peelName,
  suffixOf,
} from '../src/index.js';
import { gunzipWeb, gunzipWebHead, gzipWeb } from '../src/layers/gzip-web.js';
import { xxh64 } from '../src/layers/xxh64.js';
import { seeded } from './random.js';

const LAYERS = ['gzip', 'brotli', 'zstd'] as const;
const text = new TextEncoder().encode('a value goes in, a file comes out, and back. '.repeat(40));
const noise = Uint8Array.from({ length: 300_000 }, seededByte());

function seededByte(): () => number {
  const random = seeded(7);
  return () => random() * 256;
}

async function pack(bytes: Uint8Array, layer: Compression, level?: number): Promise<Uint8Array> {
  return joinBytes(await compress([bytes], layer, { level }));
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'none';
  } catch (error) {
    return isFormatError(error) ? error.code : `not a FormatError: ${error}`;
  }
}

/** Asserts that `file` is either refused, or still gives `content`: never anything else. */
async function expectDetected(
  file: Uint8Array,
  layer: Compression,
  content: Uint8Array,
  what: string,
): Promise<void> {
  try {
    const got = await decompress(file, layer, new Budget({ bytes: 2 ** 20 }));
    expect(Buffer.compare(got, content), `${what}: other content, no error`).toBe(0);
  } catch (error) {
    if (!isFormatError(error)) throw error;
    expect(['corrupt', 'limit', 'unsupported'], what).toContain(error.code);
  }
}

describe.each(LAYERS)('%s', (layer) => {
  test.each([
    ['nothing', new Uint8Array(0)],
    ['one byte', Uint8Array.of(7)],
    ['text', text],
    ['noise', noise],
  ])('gives back %s', async (_, content) => {
    const got = await decompress(await pack(content, layer), layer, new Budget());
    expect(Buffer.compare(got, content)).toBe(0);
    expect(got.constructor).toBe(Uint8Array);
  });

  test('joins the pieces', async () => {
    const packed = joinBytes(
      await compress([text.subarray(0, 5), new Uint8Array(0), text.subarray(5)], layer),
    );
    expect(Buffer.compare(await decompress(packed, layer, new Budget()), text)).toBe(0);
  });

  test('charges the content once', async () => {
    const packed = await pack(text, layer);
    const budget = new Budget({ bytes: 10_000 });
    await decompress(packed, layer, budget);
    expect(budget.bytesLeft).toBe(10_000 - text.byteLength);
    await decompress(packed, layer, new Budget({ bytes: text.byteLength }));
    for (const bytes of [text.byteLength - 1, 1, 0]) {
      await expect(async () => decompress(packed, layer, new Budget({ bytes }))).rejects.toMatchObject({
        code: 'limit',
        message: expect.stringContaining("'budget.bytes'"),
      });
    }
    expect(
      (await decompress(await pack(new Uint8Array(0), layer), layer, new Budget({ bytes: 0 }))).byteLength,
    ).toBe(0);
  });

  test('refuses a bomb without holding its content', async () => {
    const bomb = await pack(new Uint8Array(400 * 2 ** 20), layer, 1);
    const before = process.memoryUsage().rss;
    const budget = new Budget({ bytes: 256 * 2 ** 20 });
    expect(await codeOf(() => decompress(bomb, layer, budget))).toBe('limit');
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });

  test('refuses every file that is cut, saying where', async () => {
    const packed = await pack(text, layer);
    for (let length = 0; length < packed.byteLength; length++) {
      expect(
        await codeOf(() => decompress(packed.subarray(0, length), layer, new Budget())),
        `${length} bytes`,
      ).toBe('corrupt');
    }
  });

  test('refuses bytes behind the end', async () => {
    const packed = await pack(text, layer);
    const longer = joinBytes([packed, new TextEncoder().encode('more')]);
    expect(await codeOf(() => decompress(longer, layer, new Budget()))).toBe('corrupt');
  });

  test('refuses other bytes', async () => {
    expect(await codeOf(() => decompress(noise.subarray(0, 100), layer, new Budget()))).toBe('corrupt');
  });

  test('gives the head of a cut file, and never more than asked for', async () => {
    const packed = await pack(text, layer);
    expect(Buffer.compare(await decompressHead(packed, layer, 10), text.subarray(0, 10))).toBe(0);
    expect((await decompressHead(packed, layer, 10_000)).byteLength).toBe(text.byteLength);
    for (let length = 0; length < packed.byteLength; length++) {
      const head = await decompressHead(packed.subarray(0, length), layer, 100);
      expect(Buffer.compare(head, text.subarray(0, head.byteLength)), `${length} bytes`).toBe(0);
    }
    expect(await decompressHead(noise.subarray(0, 50), layer, 10)).toBeInstanceOf(Uint8Array);
  });

  test.each([-1, 20, 1.5, Number.NaN])('refuses level %d', async (level) => {
    expect(await codeOf(() => compress([text], layer, { level }))).toBe('options');
  });
});

describe.each(['gzip', 'zstd'] as const)('%s checksums', (layer) => {
  test('show every flipped bit', async () => {
    const content = text.subarray(0, 300);
    const packed = await pack(content, layer);
    for (let bit = 0; bit < packed.byteLength * 8; bit++) {
      const damaged = packed.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await expectDetected(damaged, layer, content, `bit ${bit & 7} of byte ${bit >> 3}`);
    }
  });

  test('show every byte set to zero or 255', async () => {
    const content = text.subarray(0, 300);
    const packed = await pack(content, layer);
    for (let at = 0; at < packed.byteLength; at++) {
      for (const value of [0, 255]) {
        const damaged = packed.slice();
        damaged[at] = value;
        await expectDetected(damaged, layer, content, `byte ${at} set to ${value}`);
      }
    }
  });
});

describe('gzip', () => {
  test('reads files of several members whole', async () => {
    for (const parts of [
      [text, text],
      [text, new Uint8Array(0), noise],
      [noise, text, text],
    ]) {
      const file = joinBytes(parts.map((part) => gzipSync(part)));
      expect(Buffer.compare(await decompress(file, 'gzip', new Budget()), joinBytes(parts))).toBe(0);
    }
  });

  test('measures what does not fit its guess: large members before a small one', async () => {
    const large = new Uint8Array(3 * 2 ** 20).fill(1);
    const file = joinBytes([gzipSync(large), gzipSync(Uint8Array.of(1))]);
    const budget = new Budget({ bytes: large.byteLength + 1 });
    expect((await decompress(file, 'gzip', budget)).byteLength).toBe(large.byteLength + 1);
    expect(budget.bytesLeft).toBe(0);
    const scarce = new Budget({ bytes: large.byteLength });
    expect(await codeOf(() => decompress(file, 'gzip', scarce))).toBe('limit');
  });

  test('takes zeros behind the end as padding', async () => {
    const padded = joinBytes([gzipSync(text), new Uint8Array(512)]);
    expect((await decompress(padded, 'gzip', new Budget())).byteLength).toBe(text.byteLength);
    const garbage = joinBytes([padded, Uint8Array.of(1)]);
    expect(await codeOf(() => decompress(garbage, 'gzip', new Budget()))).toBe('corrupt');
  });

  test('writes the same bytes on every system: no time, no name', async () => {
    const packed = await pack(text, 'gzip');
    expect([...packed.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  });

  test('takes the levels', async () => {
    expect((await pack(text, 'gzip', 0)).byteLength).toBeGreaterThan(text.byteLength);
    expect((await pack(text, 'gzip', 9)).byteLength).toBeLessThan(text.byteLength / 5);
  });
});

describe('gzip in a browser', () => {
  test('gives back what it packs, and what others pack in several members', async () => {
    const packed = joinBytes(await gzipWeb([text, noise], undefined));
    const whole = joinBytes([text, noise]);
    expect(Buffer.compare(await gunzipWeb(packed, new Budget()), whole)).toBe(0);
    const members = joinBytes([gzipSync(text), gzipSync(noise), gzipSync(text)]);
    expect(Buffer.compare(await gunzipWeb(members, new Budget()), joinBytes([text, noise, text]))).toBe(0);
  });

  test('is bounded, and finds damage', async () => {
    const packed = gzipSync(text);
    expect(await codeOf(() => gunzipWeb(packed, new Budget({ bytes: 100 })))).toBe('limit');
    expect(await codeOf(() => gunzipWeb(packed.subarray(0, -5), new Budget()))).toBe('corrupt');
    const damaged = Uint8Array.from(packed);
    damaged[packed.byteLength - 6]! ^= 1;
    expect(await codeOf(() => gunzipWeb(damaged, new Budget()))).toBe('corrupt');
    expect(await codeOf(() => gzipWeb([text], 9))).toBe('unsupported');
  });

  test('gives the head of a cut file', async () => {
    const head = await gunzipWebHead(gzipSync(noise).subarray(0, 100_000), 50);
    expect(Buffer.compare(head, noise.subarray(0, 50))).toBe(0);
  });
});

describe('brotli', () => {
  test('reads what grows by more than its guess', async () => {
    const zeros = new Uint8Array(5 * 2 ** 20);
    const budget = new Budget({ bytes: zeros.byteLength });
    expect((await decompress(brotliCompressSync(zeros), 'brotli', budget)).byteLength).toBe(zeros.byteLength);
    expect(budget.bytesLeft).toBe(0);
  });
});

describe('xxh64', () => {
  // Known answers: the empty one and `abc` as xxHash documents them, the rest by its definition with bigints.
  test('gives the known hashes', () => {
    expect(xxh64(new Uint8Array(0))).toBe(0xef46db3751d8e999n);
    expect(xxh64(new TextEncoder().encode('abc'))).toBe(0x44bc2cf5ad770999n);
  });

  test('agrees with the definition for every length up to 200', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = noise.subarray(3, 3 + length);
      expect(xxh64(bytes), `${length} bytes`).toBe(byDefinition(bytes));
    }
  });
});

/** xxHash64, seed 0, every step in bigints. */
function byDefinition(bytes: Uint8Array): bigint {
  const [p1, p2, p3, p4, p5] = [
    11400714785074694791n,
    14029467366897019727n,
    1609587929392839161n,
    9650029242287828579n,
    2870177450012600261n,
  ];
  const m = (x: bigint): bigint => BigInt.asUintN(64, x);
  const turn = (x: bigint, n: bigint): bigint => m((x << n) | (x >> (64n - n)));
  const mix = (lane: bigint, word: bigint): bigint => m(turn(m(lane + word * p2), 31n) * p1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lanes = [m(p1 + p2), p2, 0n, m(-p1)];
  let at = 0;
  for (; at + 32 <= bytes.length; at += 32)
    for (let i = 0; i < 4; i++) lanes[i] = mix(lanes[i]!, view.getBigUint64(at + 8 * i, true));
  let hash = p5;
  if (bytes.length >= 32) {
    hash = m([1n, 7n, 12n, 18n].reduce((sum, n, i) => sum + turn(lanes[i]!, n), 0n));
    for (const lane of lanes) hash = m((hash ^ mix(0n, lane)) * p1 + p4);
  }
  hash = m(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8)
    hash = m(turn(hash ^ mix(0n, view.getBigUint64(at, true)), 27n) * p1 + p4);
  for (; at + 4 <= bytes.length; at += 4)
    hash = m(turn(hash ^ m(BigInt(view.getUint32(at, true)) * p1), 23n) * p2 + p3);
  for (; at < bytes.length; at++) hash = m(turn(hash ^ m(BigInt(bytes[at]!) * p5), 11n) * p1);
  hash = m((hash ^ (hash >> 33n)) * p2);
  hash = m((hash ^ (hash >> 29n)) * p3);
  return hash ^ (hash >> 32n);
}

describe('names and magic numbers', () => {
  test('tell the layer', async () => {
    expect(peelName('a.CSV.GZ')).toEqual({ compression: 'gzip', name: 'a.CSV' });
    expect(peelName('a.csv')).toEqual({ compression: 'none', name: 'a.csv' });
    expect(LAYERS.map(suffixOf)).toEqual(['.gz', '.br', '.zst']);
    expect(suffixOf('none')).toBe('');
    expect(compressionOfHead(await pack(text, 'gzip'))).toBe('gzip');
    expect(compressionOfHead(await pack(text, 'zstd'))).toBe('zstd');
    expect(compressionOfHead(text)).toBe('none');
    expect(compressionOfHead(new Uint8Array(0))).toBe('none');
  });

  test('no layer hands everything through', async () => {
    expect(await compress([text], 'none')).toEqual([text]);
    expect(await decompress(text, 'none', new Budget({ bytes: 0 }))).toBe(text);
    expect((await decompressHead(text, 'none', 3)).byteLength).toBe(3);
  });
});
