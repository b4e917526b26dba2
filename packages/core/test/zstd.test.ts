import { describe, expect, test } from 'vitest';
import { Budget, compress, compressionOfHead, decompress, decompressHead, joinBytes } from '../src/index.js';
import { xxh64 } from '../src/layers/xxh64.js';

const text = new TextEncoder().encode('a value goes in, a file comes out, and back. '.repeat(40));
const corrupt = { code: 'corrupt' };

interface FrameParts {
  /** Of the header (RFC 8878 §3.1.1.1); absent: not told. */
  readonly contentSize?: number;
  readonly blocks: readonly Uint8Array[];
  readonly checksumOf?: Uint8Array;
  /** The window descriptor's exponent: the window has 2^(10 + exponent) bytes. */
  readonly window?: number;
  readonly dictionary?: number;
}

function frame({ contentSize, blocks, checksumOf, window = 7, dictionary }: FrameParts): Uint8Array {
  const flags =
    (contentSize === undefined ? 0 : 0x80) |
    (checksumOf === undefined ? 0 : 4) |
    (dictionary === undefined ? 0 : 1);
  const header = [
    0x28,
    0xb5,
    0x2f,
    0xfd,
    flags,
    window << 3,
    ...(dictionary === undefined ? [] : [dictionary]),
  ];
  const size =
    contentSize === undefined ? new Uint8Array(0) : new Uint8Array(Uint32Array.of(contentSize).buffer);
  const tail =
    checksumOf === undefined
      ? new Uint8Array(0)
      : new Uint8Array(Uint32Array.of(Number(BigInt.asUintN(32, xxh64(checksumOf)))).buffer);
  return joinBytes([Uint8Array.from(header), size, ...blocks, tail]);
}

/** A block of type 0 (raw), 1 (one byte repeated) or 3 (reserved). */
function block(type: number, size: number, bytes: Uint8Array, last: boolean): Uint8Array {
  const word = (size << 3) | (type << 1) | (last ? 1 : 0);
  return joinBytes([Uint8Array.of(word & 255, (word >> 8) & 255, word >> 16), bytes]);
}

const raw = (bytes: Uint8Array, last = true): Uint8Array => block(0, bytes.byteLength, bytes, last);
const repeat = (byte: number, count: number, last = true): Uint8Array =>
  block(1, count, Uint8Array.of(byte), last);
const skippable = (size: number): Uint8Array =>
  joinBytes([
    Uint8Array.of(0x5e, 0x2a, 0x4d, 0x18),
    new Uint8Array(Uint32Array.of(size).buffer),
    new Uint8Array(size),
  ]);

/** The same blocks in a frame that does not say its size, as a stream is written. */
async function streamed(content: Uint8Array): Promise<Uint8Array> {
  const packed = joinBytes(await compress([content], 'zstd'));
  const descriptor = packed[4]!;
  const sizeBytes = descriptor >> 6 === 0 ? 1 : 2 ** (descriptor >> 6);
  const body = packed.subarray(5 + ((descriptor & 0x20) === 0 ? 1 : 0) + sizeBytes);
  return joinBytes([Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 4, 8 << 3), body]);
}

const read = async (file: Uint8Array, bytes = 2 ** 24): Promise<Uint8Array> =>
  decompress(file, 'zstd', new Budget({ bytes }));

describe('zstd', () => {
  test('reads several frames, streamed ones and ones to skip', async () => {
    const sized = joinBytes(await compress([text], 'zstd'));
    const stream = await streamed(text);
    const file = joinBytes([
      skippable(5),
      sized,
      skippable(0),
      stream,
      frame({ blocks: [raw(Uint8Array.of(1, 2))] }),
      sized,
    ]);
    expect(await read(file)).toEqual(joinBytes([text, text, Uint8Array.of(1, 2), text]));
    expect(await read(skippable(3))).toEqual(new Uint8Array(0));
  });

  test('is known by its magic number, also behind frames to skip', async () => {
    const sized = joinBytes(await compress([text], 'zstd'));
    expect(compressionOfHead(sized)).toBe('zstd');
    expect(compressionOfHead(joinBytes([skippable(5), skippable(0), sized]))).toBe('zstd');
    expect(compressionOfHead(joinBytes([skippable(5), text]))).toBe('none');
    expect(compressionOfHead(skippable(5))).toBe('none');
  });

  test('reads raw and repeated blocks, with and without size and checksum', async () => {
    const content = Uint8Array.of(9, 9, 9, 1, 2);
    const blocks = [repeat(9, 3, false), raw(Uint8Array.of(1, 2))];
    for (const contentSize of [undefined, 5]) {
      for (const checksumOf of [undefined, content]) {
        const file = frame({
          blocks,
          ...(contentSize === undefined ? {} : { contentSize }),
          ...(checksumOf === undefined ? {} : { checksumOf }),
        });
        expect(await read(file)).toEqual(content);
      }
    }
  });

  test('writes a checksum that flags say is there', async () => {
    const packed = joinBytes(await compress([text], 'zstd'));
    expect(packed[4]! & 4).toBe(4);
    const tail = new DataView(packed.buffer, packed.byteOffset + packed.byteLength - 4).getUint32(0, true);
    expect(tail).toBe(Number(BigInt.asUintN(32, xxh64(text))));
  });

  test('shows every flipped bit of a streamed frame', async () => {
    const content = text.subarray(0, 300);
    const packed = await streamed(content);
    for (let bit = 0; bit < packed.byteLength * 8; bit++) {
      const damaged = packed.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const got = await read(damaged).catch((error: unknown) => error);
      if (got instanceof Uint8Array) expect(got, `bit ${bit}`).toEqual(content);
      else expect(got, `bit ${bit}`).toMatchObject({ name: 'FormatError' });
    }
  });

  test('refuses a wrong checksum of raw blocks', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    for (const size of [{}, { contentSize: 3 }]) {
      const file = frame({ ...size, blocks: [raw(bytes)], checksumOf: Uint8Array.of(1, 2, 4) });
      await expect(read(file)).rejects.toMatchObject(corrupt);
    }
  });

  test('refuses sizes that the blocks do not hold, before decoding', async () => {
    for (const contentSize of [2, 4, 2 ** 31]) {
      await expect(read(frame({ contentSize, blocks: [raw(Uint8Array.of(1, 2, 3))] }))).rejects.toMatchObject(
        corrupt,
      );
    }
  });

  test('refuses bombs of repeated bytes by their block headers', async () => {
    const blocks = Array.from({ length: 1000 }, (_, i) => repeat(0, 2 ** 17, i === 999));
    const wanted = 1000 * 2 ** 17;
    const file = frame({ blocks });
    await expect(read(file)).rejects.toMatchObject({ code: 'limit', found: String(wanted) });
    await expect(read(frame({ blocks, contentSize: wanted }))).rejects.toMatchObject({ code: 'limit' });
    const budget = new Budget({ bytes: wanted });
    expect((await decompress(file, 'zstd', budget)).byteLength).toBe(wanted);
    expect(budget.bytesLeft).toBe(0);
  });

  test('makes no window larger than the content', async () => {
    // 2 GiB and more by the header; three bytes of content.
    for (const window of [21, 25, 31]) {
      expect(await read(frame({ window, blocks: [raw(Uint8Array.of(1, 2, 3))] }), 3)).toEqual(
        Uint8Array.of(1, 2, 3),
      );
    }
  });

  test('refuses dictionaries, old versions and what breaks the rules', async () => {
    const bytes = Uint8Array.of(1);
    await expect(read(frame({ dictionary: 7, blocks: [raw(bytes)] }))).rejects.toMatchObject({
      code: 'unsupported',
      feature: 'zstd dictionaries',
    });
    const old = frame({ blocks: [raw(bytes)] });
    old[0] = 0x27;
    await expect(read(old)).rejects.toMatchObject({ code: 'unsupported', feature: 'zstd before 0.8' });
    await expect(read(frame({ blocks: [block(3, 1, bytes, true)] }))).rejects.toMatchObject({
      ...corrupt,
      offset: 6,
    });
    const reserved = frame({ blocks: [raw(bytes)] });
    reserved[4]! |= 8;
    await expect(read(reserved)).rejects.toMatchObject({ ...corrupt, offset: 4 });
    await expect(read(skippable(5).subarray(0, 10))).rejects.toMatchObject(corrupt);
    await expect(read(joinBytes([frame({ blocks: [raw(bytes)] }), text]))).rejects.toMatchObject({
      ...corrupt,
      offset: 10,
    });
  });

  test('gives the head across frames, and stops there', async () => {
    const file = joinBytes([
      skippable(4),
      frame({ blocks: [raw(Uint8Array.of(1, 2))] }),
      await streamed(text),
    ]);
    const head = await decompressHead(file, 'zstd', 12);
    expect(head).toEqual(joinBytes([Uint8Array.of(1, 2), text.subarray(0, 10)]));
    const bomb = frame({ blocks: Array.from({ length: 1000 }, (_, i) => repeat(0, 2 ** 17, i === 999)) });
    expect((await decompressHead(bomb, 'zstd', 4096)).byteLength).toBe(4096);
  });
});
