import { describe, expect, it } from 'vitest';
import { ByteReader } from '../src/byte-reader.js';
import { hadoopLz4Decompress, lz4Decompress } from '../src/codec/lz4.js';
import { snappyCompress, snappyDecompress } from '../src/codec/snappy.js';
import { decodeDelta32, decodeDelta64 } from '../src/encoding/delta.js';
import { decodeHybrid, encodeHybrid } from '../src/encoding/hybrid.js';
import { GrowingBytes } from '../src/growing-bytes.js';

const text = new TextEncoder();

function noise(length: number, values: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * values);
  });
}

describe('Snappy', () => {
  const inputs = [0, 1, 2, 15, 16, 59, 60, 61, 64, 255, 256, 257, 65_535, 65_536, 65_537, 200_000].flatMap(
    (length) => [1, 2, 20, 256].map((values) => noise(length, values, length + values)),
  );

  it('gives back what it was given', () => {
    for (const input of inputs)
      expect(Buffer.compare(snappyDecompress(snappyCompress(input), input.byteLength, 0), input)).toBe(0);
  });

  it('shrinks repetitions', () => {
    expect(snappyCompress(new Uint8Array(100_000)).byteLength).toBeLessThan(6000);
  });

  it('is read by the decoder of another author, whose output it reads', async () => {
    const { decompressSnappy } = await import('hyparquet-compressors');
    for (const input of inputs) {
      if (input.byteLength > 0)
        expect(Buffer.compare(decompressSnappy(snappyCompress(input), input.byteLength), input)).toBe(0);
    }
  });

  it.each([
    ['a size that is not that of the page', [4, 12, 1, 2, 3, 4], 5],
    ['a literal beyond the input', [4, 12, 1, 2], 4],
    ['a copy from before the start', [8, 0, 65, 1, 9], 8],
    ['a copy from nowhere', [8, 0, 65, 1, 0], 8],
    ['a copy beyond the end', [3, 0, 65, 29, 1], 3],
    ['too little', [9, 0, 65], 9],
    ['nothing', [], 0],
  ])('refuses %s', (_what, bytes, size) => {
    expect(() => snappyDecompress(Uint8Array.from(bytes), size, 0)).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  });
});

describe('LZ4', () => {
  // A literal "abc", a match of 9 bytes 3 back, and a last literal "!".
  const block = Uint8Array.of(0x35, 97, 98, 99, 3, 0, 0x10, 33);
  const content = text.encode('abcabcabcabc!');

  it('reads raw blocks, and those in frames of Hadoop', () => {
    expect(lz4Decompress(block, 13, 0)).toEqual(content);
    expect(hadoopLz4Decompress(block, 13, 0)).toEqual(content);
    expect(hadoopLz4Decompress(Uint8Array.of(0, 0, 0, 13, 0, 0, 0, 8, ...block), 13, 0)).toEqual(content);
  });

  it('refuses other sizes, and copies from before the start', () => {
    expect(() => lz4Decompress(block, 12, 0)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => lz4Decompress(block, 14, 0)).toThrow(expect.objectContaining({ code: 'corrupt' }));
    expect(() => lz4Decompress(Uint8Array.of(0x15, 97, 3, 0, 0x10, 33), 11, 0)).toThrow(
      expect.objectContaining({ code: 'corrupt' }),
    );
  });
});

describe('the hybrid of runs and packed values', () => {
  it('gives back numbers of every width', () => {
    for (let width = 1; width <= 31; width++) {
      const most = 2 ** width;
      const values = Int32Array.from({ length: 1000 }, (_, i) =>
        i % 100 < 40 ? most - 1 : Math.floor((Math.abs(Math.sin(i)) * most) % most),
      );
      for (const [from, to] of [
        [0, 1000],
        [3, 997],
        [50, 51],
        [7, 7],
      ] as const) {
        const out = new GrowingBytes(16);
        encodeHybrid(out, width, values, from, to);
        const read = new Int32Array(to - from);
        decodeHybrid(new ByteReader(out.taken()), width, read);
        expect(read).toEqual(values.subarray(from, to));
      }
    }
  });
});

describe('deltas', () => {
  it('wrap around in 32 and 64 bits', () => {
    // One block of 128 values in 4 miniblocks: the first value, a least delta, and no bits above it.
    const header = [0x80, 1, 4, 3];
    const most32 = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    expect([...decodeDelta32(new ByteReader(Uint8Array.of(...header, ...most32, 2, 0, 0, 0, 0)), 3)]).toEqual(
      [2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1],
    );
    const most64 = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    expect([...decodeDelta64(new ByteReader(Uint8Array.of(...header, ...most64, 2, 0, 0, 0, 0)), 3)]).toEqual(
      [2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) + 1n],
    );
  });

  it('survive the optimising compiler', () => {
    // Zigzag varints of 64 bits once crashed V8 of Node 20 after some ten thousand calls.
    const bytes = Uint8Array.of(
      0x80,
      1,
      4,
      2,
      0xfe,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0x01,
      3,
      0,
      0,
      0,
      0,
    );
    let last = 0n;
    for (let i = 0; i < 100_000; i++) last = decodeDelta64(new ByteReader(bytes), 2)[1]!;
    expect(last).toBe(2n ** 63n - 3n);
  });
});
