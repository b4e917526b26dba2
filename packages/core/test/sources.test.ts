import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  blobSource,
  bytesSink,
  bytesSource,
  cachingSource,
  coalescingSource,
  countingSink,
  countingSource,
  fileSink,
  fileSource,
  type Range,
  type Sink,
  type Source,
} from '../src/index.js';
import { borrowed } from '../src/io/pass-through.js';
import { restartingSource } from '../src/io/restarting-source.js';
import { tempFile } from '../src/io/temp-file.js';
import { integer, seeded } from './random.js';

const content = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-sources-'));
  file = join(folder, 'content');
  writeFileSync(file, content);
});
afterAll(() => rmSync(folder, { recursive: true }));

const asyncOnly = (): Source => blobSource(new Blob([content]), 'blob');

const sources: Readonly<Record<string, () => Source | Promise<Source>>> = {
  bytesSource: () => bytesSource(content),
  'bytesSource of a view': () => bytesSource(Uint8Array.from([1, 2, ...content, 3]).subarray(2, 1002)),
  fileSource: () => fileSource(file),
  blobSource: asyncOnly,
  bytesSink: () => bytesSink(content),
  fileSink: () => fileSink(file, { create: false }),
  tempFile: async () => {
    const sink = await tempFile();
    await sink.write(0, content);
    return sink;
  },
  'countingSource of a file': () => countingSource(fileSource(file)).source,
  'countingSink of bytes': () => countingSink(bytesSink(content)).sink,
  'cachingSource of a blob': () => cachingSource(asyncOnly(), { pageSize: 64, pages: 3 }),
  'cachingSource of a file': () => cachingSource(fileSource(file)),
  'coalescingSource of a blob': () => coalescingSource(asyncOnly(), { gap: 10 }),
  'coalescingSource of a cachingSource': () =>
    coalescingSource(cachingSource(asyncOnly(), { pageSize: 100 })),
  'a borrowed sink': () => borrowed(bytesSink(content)),
};

describe.each(Object.entries(sources))('%s', (_, make) => {
  test('has the size and the bytes of any ranges, in order', async () => {
    const source = await make();
    expect(source.size).toBe(content.byteLength);
    const random = seeded(3);
    for (let round = 0; round < 40; round++) {
      const ranges: Range[] = Array.from({ length: integer(random, 6) }, () => {
        const at = integer(random, 1001);
        return { at, length: integer(random, 1001 - at) };
      });
      const wanted = ranges.map(({ at, length }) => [...content.subarray(at, at + length)]);
      expect((await source.read(ranges)).map((piece) => [...piece])).toEqual(wanted);
      if (source.readSync !== undefined)
        expect(source.readSync(ranges).map((piece) => [...piece])).toEqual(wanted);
      for (const { at, length } of source.readInto === undefined ? [] : ranges) {
        const target = new Uint8Array(length);
        source.readInto!(at, target);
        expect([...target]).toEqual([...content.subarray(at, at + length)]);
      }
    }
    expect(await source.read([])).toEqual([]);
    await source.close();
  });

  test('refuses ranges that do not lie within it', async () => {
    const source = await make();
    const corrupt = expect.objectContaining({ code: 'corrupt' });
    for (const [at, length] of [
      [999, 2],
      [1001, 0],
      [-1, 1],
      [0, -1],
      [0.5, 1],
      [0, Number.NaN],
      [2 ** 60, 1],
    ]) {
      const range = { at: at!, length: length! };
      await expect(source.read([{ at: 0, length: 1 }, range])).rejects.toEqual(corrupt);
      if (source.readSync !== undefined) expect(() => source.readSync!([range])).toThrow(corrupt);
    }
    await source.close();
  });

  test('reads at the same time', async () => {
    const source = await make();
    const reads = Array.from({ length: 50 }, (_, i) => source.read([{ at: i * 20, length: 20 }]));
    const pieces = (await Promise.all(reads)).flat();
    expect(pieces.flatMap((piece) => [...piece])).toEqual([...content]);
    await source.close();
  });

  test('refuses an aborted signal', async () => {
    const source = await make();
    await expect(source.read([{ at: 0, length: 1 }], AbortSignal.abort('why'))).rejects.toMatchObject({
      code: 'aborted',
    });
    await source.close();
  });

  test('closes twice without complaint', async () => {
    const source = await make();
    await source.close();
    await source.close();
  });
});

const sinks: Readonly<Record<string, () => Sink | Promise<Sink>>> = {
  bytesSink: () => bytesSink(),
  fileSink: () => fileSink(join(folder, `sink-${Math.floor(performance.now() * 1e6)}`)),
  tempFile: () => tempFile(),
  'countingSink of a file': async () => countingSink(await tempFile()).sink,
};

describe.each(Object.entries(sinks))('writing to %s', (_, make) => {
  const all = async (sink: Sink): Promise<number[]> => [
    ...(await sink.read([{ at: 0, length: sink.size }]))[0]!,
  ];

  test('writes anywhere, in pieces, and fills gaps with zeros', async () => {
    const sink = await make();
    await sink.write(2, [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]);
    expect(await all(sink)).toEqual([0, 0, 1, 2, 3]);
    await sink.write(1, Uint8Array.of(9));
    await sink.write(5, []);
    expect(await all(sink)).toEqual([0, 9, 1, 2, 3]);
    sink.writeSync!(4, Uint8Array.of(7, 8));
    expect(sink.size).toBe(6);
    await sink.flush();
    await sink.close();
  });

  test('cuts and grows with zeros', async () => {
    const sink = await make();
    await sink.write(0, Uint8Array.of(1, 2, 3, 4));
    await sink.truncate(2);
    sink.truncateSync!(4);
    expect(await all(sink)).toEqual([1, 2, 0, 0]);
    await sink.close();
  });

  test('replaces the whole, keeping no hold of the bytes it was given', async () => {
    const sink = await make();
    await sink.write(0, new Uint8Array(10));
    const bytes = Uint8Array.of(1, 2);
    await sink.replace(bytes);
    bytes[0] = 99;
    expect(await all(sink)).toEqual([1, 2]);
    await sink.replace([Uint8Array.of(3), Uint8Array.of(4, 5)]);
    await sink.write(3, Uint8Array.of(6));
    expect(await all(sink)).toEqual([3, 4, 5, 6]);
    await sink.close();
  });

  test('locks, unlocks, and locks again', async () => {
    const sink = await make();
    await sink.lock();
    sink.unlock!();
    await sink.lock();
    await sink.close();
  });

  test('writes more pieces than one writev takes', async () => {
    const sink = await make();
    const pieces = Array.from({ length: 3000 }, (_, i) => Uint8Array.of(i % 256));
    await sink.write(0, pieces);
    expect(await all(sink)).toEqual(pieces.map((piece) => piece[0]));
    await sink.close();
  });
});

describe('restartingSource', () => {
  const large = new Uint8Array(20_000_000).map((_, i) => i % 247);
  const readAll = async (ranges: readonly Range[]): Promise<{ reads: number; bytesRead: number }> => {
    const { source: inner, counts } = countingSource(bytesSource(large));
    const { source, run } = restartingSource({
      size: inner.size,
      name: inner.name,
      read: (wanted, signal) => inner.read(wanted, signal),
      close() {},
    });
    const pieces = await run(() => source.readSync!(ranges));
    pieces.forEach((piece, i) => {
      const { at, length } = ranges[i]!;
      expect(Buffer.compare(piece, large.subarray(at, at + length))).toBe(0);
    });
    return counts;
  };

  test('fetches scattered ranges with what lies around them, near ones in pages, long ones as they are', async () => {
    const every = (step: number, count: number, length: number): Range[] =>
      Array.from({ length: count }, (_, i) => ({ at: i * step + 10, length }));
    expect(await readAll(every(196_608, 100, 10))).toMatchObject({ reads: 1, bytesRead: 100 * 8192 });
    expect(await readAll(every(100, 100, 10))).toMatchObject({ reads: 1, bytesRead: 65_536 });
    expect(await readAll([{ at: 5, length: 300_000 }])).toMatchObject({ reads: 1, bytesRead: 300_000 });
    expect(await readAll([{ at: 65_530, length: 131_082 }])).toMatchObject({
      reads: 1,
      bytesRead: 4 * 65_536,
    });
  });
});

describe('counting', () => {
  test('counts reads, bytes, and what was written over', async () => {
    const { sink, counts } = countingSink(bytesSink(content));
    sink.readSync!([
      { at: 0, length: 10 },
      { at: 20, length: 5 },
    ]);
    await sink.read([{ at: 0, length: 1 }]);
    sink.readInto!(0, new Uint8Array(4));
    await sink.write(990, new Uint8Array(20));
    sink.writeSync!(1010, new Uint8Array(5));
    expect(counts).toMatchObject({
      reads: 3,
      bytesRead: 20,
      writes: 2,
      bytesWritten: 25,
      bytesRewritten: 10,
    });
    expect(counts.ranges).toHaveLength(4);
    expect(sink.size).toBe(1015);
    await sink.replace(Uint8Array.of(1));
    expect(counts).toMatchObject({ bytesWritten: 26, bytesRewritten: 11 });
  });
});

describe('coalescingSource', () => {
  test('asks for near and overlapping ranges as one, and no more than covers them', async () => {
    const { source, counts } = countingSource(asyncOnly());
    const near = coalescingSource(source, { gap: 10 });
    const ranges = [
      [500, 10],
      [0, 10],
      [15, 10],
      [20, 2],
      [36, 4],
      [505, 100],
    ].map(([at, length]) => ({ at: at!, length: length! }));
    const pieces = await near.read(ranges);
    expect(pieces.map((piece) => piece[0])).toEqual(ranges.map(({ at }) => content[at]));
    expect(counts.ranges).toEqual([
      { at: 0, length: 25 },
      { at: 36, length: 4 },
      { at: 500, length: 105 },
    ]);
  });
});

describe('cachingSource', () => {
  test('reads many scattered ranges as they are', async () => {
    const large = new Uint8Array(100_000).map((_, i) => i % 249);
    const { source, counts } = countingSource(bytesSource(large));
    const cached = cachingSource(source, { pageSize: 100, pages: 40 });
    const scattered = Array.from({ length: 30 }, (_, i) => ({ at: i * 3000 + 7, length: 5 }));
    const pieces = await cached.read(scattered);
    expect(pieces).toEqual(scattered.map(({ at, length }) => large.slice(at, at + length)));
    expect(counts.bytesRead).toBe(150);
    await cached.read(scattered.slice(0, 5));
    expect(counts.bytesRead).toBe(150 + 500);
  });

  test('reads a page once, neighbours together, and drops the least recently used', async () => {
    const { source, counts } = countingSource(asyncOnly());
    const cached = cachingSource(source, { pageSize: 100, pages: 8 });
    const at = (page: number): Promise<Uint8Array[]> => cached.read([{ at: page * 100 + 10, length: 20 }]);
    await at(0);
    await at(0);
    expect(counts.ranges).toEqual([{ at: 0, length: 100 }]);
    await cached.read([{ at: 90, length: 120 }]);
    expect(counts.ranges.at(-1)).toEqual({ at: 100, length: 200 });
    for (const page of [7, 6, 5, 4, 3]) await at(page);
    await at(0);
    await at(8);
    const before = counts.ranges.length;
    await at(0);
    expect(counts.ranges).toHaveLength(before);
    await at(1);
    expect(counts.ranges).toHaveLength(before + 1);
  });

  test('fetches ahead of a scan, never twice what it passed, and not of reads that jump', async () => {
    const large = new Uint8Array(1_000_000).map((_, i) => i % 251);
    const { source, counts } = countingSource(bytesSource(large));
    const cached = cachingSource(source, { pageSize: 100, pages: 256 });
    for (let at = 0; at < 900_000; at += 170) {
      const [piece] = await cached.read([{ at, length: 5 }]);
      expect(piece).toEqual(large.slice(at, at + 5));
      expect(counts.bytesRead).toBeLessThanOrEqual(2 * (at + 200));
    }
    expect(counts.reads).toBeLessThan(100);
    counts.reads = counts.bytesRead = 0;
    const jumping = cachingSource(source, { pageSize: 100, pages: 256 });
    for (let i = 0; i < 100; i++) await jumping.read([{ at: ((i * 733) % 100) * 10_000, length: 5 }]);
    expect(counts).toMatchObject({ reads: 100, bytesRead: 10_000 });
  });

  test('shares what is under way between readers', async () => {
    const { source, counts } = countingSource(asyncOnly());
    const cached = cachingSource(source, { pageSize: 100 });
    await Promise.all([1, 2, 3].map((length) => cached.read([{ at: 0, length }])));
    expect(counts.reads).toBe(1);
  });

  test('reads large ranges past the cache', async () => {
    const { source, counts } = countingSource(asyncOnly());
    const cached = cachingSource(source, { pageSize: 10, pages: 8 });
    const [piece] = await cached.read([{ at: 3, length: 900 }]);
    expect(piece).toEqual(content.slice(3, 903));
    expect(counts.ranges).toEqual([{ at: 3, length: 900 }]);
  });

  test('a reader that gives up does not spoil the read of another', async () => {
    let tries = 0;
    const slow: Source = {
      ...asyncOnly(),
      async read(ranges, signal) {
        tries++;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return asyncOnly().read(ranges, signal);
      },
    };
    const cached = cachingSource(slow);
    const giving = new AbortController();
    const one = cached.read([{ at: 0, length: 5 }], giving.signal);
    const other = cached.read([{ at: 0, length: 5 }]);
    giving.abort();
    await expect(one).rejects.toMatchObject({ code: 'aborted' });
    expect((await other)[0]).toEqual(content.slice(0, 5));
    expect(tries).toBe(2);
  });

  test('a failed read is tried anew by the next', async () => {
    let fail = true;
    const flaky: Source = {
      ...asyncOnly(),
      async read(ranges) {
        if (fail) throw new Error('down');
        return asyncOnly().read(ranges);
      },
    };
    const cached = cachingSource(flaky);
    await expect(cached.read([{ at: 0, length: 5 }])).rejects.toThrow('down');
    fail = false;
    expect(await cached.read([{ at: 0, length: 5 }])).toHaveLength(1);
  });

  test('what a caller does to its bytes stays with it', async () => {
    const cached = cachingSource(asyncOnly());
    (await cached.read([{ at: 0, length: 5 }]))[0]!.fill(99);
    expect((await cached.read([{ at: 0, length: 5 }]))[0]).toEqual(content.slice(0, 5));
  });
});
