import { readdirSync, readFileSync } from 'node:fs';
import { Budget, createLab, isFormatError, NDArray, ndarray, scalarType, Table } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../src/byte-reader.js';
import { decodeDelta32, decodeDelta64 } from '../src/encoding/delta.js';
import { decodeHybrid } from '../src/encoding/hybrid.js';
import { MAGIC } from '../src/footer.js';
import { encodeParquet, parquet } from '../src/index.js';
import { decodeStruct } from '../src/thrift/decode.js';
import { closeGroups, encodeFooter, fileEnd } from '../src/write/encode-footer.js';
import { planFile } from '../src/write/plan.js';
import type { WrittenGroup } from '../src/write/row-group.js';
import { writeGroups } from '../src/write/write-file.js';

const MIB = 2 ** 20;
const folder = new URL('./fixtures/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.parquet'));
const lab = createLab([parquet]);

async function codeOf(bytes: Uint8Array, budget = 16 * MIB): Promise<string> {
  try {
    await lab.decode(bytes, { format: 'parquet', budget: { bytes: budget }, options: { verify: 'never' } });
    return 'read';
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return error.code;
  }
}

/** Mulberry32: the same damage in every run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('damaged files', () => {
  it.each(files)('%s, damaged in any way, is read or refused', async (file) => {
    const whole = new Uint8Array(readFileSync(new URL(file, folder)));
    const next = random(whole.byteLength);
    for (let round = 0; round < 60; round++) {
      const bytes = whole.slice();
      const at = next(2) === 0 ? next(bytes.byteLength) : Math.max(0, bytes.byteLength - 1 - next(1500));
      if (round % 3 === 0) bytes[at]! ^= 1 << next(8);
      else if (round % 3 === 1) bytes.fill(0xff, at, at + 1 + next(5));
      else bytes.copyWithin(at, next(bytes.byteLength), next(bytes.byteLength));
      expect(await codeOf(bytes)).toMatch(/^(?:read|corrupt|unsupported|limit|not-this-format)$/);
    }
  });
});

/** A file of one required int32 column whose row group and chunk say what they are told to. */
async function claiming(change: (group: WrittenGroup) => WrittenGroup): Promise<Uint8Array> {
  const table = new Table(4, [
    { name: 'x', type: scalarType('int32'), values: ndarray(Int32Array.of(1, 2, 3, 4)) },
  ]);
  const context = { loss: () => {}, progress: () => {} };
  const plan = planFile(table, undefined, context);
  const groups = (
    await writeGroups(plan.fields, table, MAGIC.byteLength, { compression: 'none' }, context)
  ).map(change);
  const closing = closeGroups(groups, 4 + groups.reduce((sum, group) => sum + group.length, 0));
  const pieces = [
    MAGIC,
    ...groups.flatMap((group) => group.pieces),
    ...closing.indexes,
    ...fileEnd(encodeFooter(plan.elements, closing, plan.keyValues, false), false),
  ];
  return Buffer.concat(pieces);
}

describe('claims of more than there is', () => {
  it.each([5, 1_000_000, 2 ** 31, 2 ** 45])('%i rows', async (rows) => {
    const started = process.memoryUsage().arrayBuffers;
    expect(['corrupt', 'limit']).toContain(await codeOf(await claiming((group) => ({ ...group, rows }))));
    expect(process.memoryUsage().arrayBuffers - started).toBeLessThan(32 * MIB);
  });

  it('a page that would decompress to more than the budget', async () => {
    const text = new NDArray({
      dtype: 'string',
      shape: [2],
      data: ['a'.repeat(8 * MIB), 'b'.repeat(8 * MIB)],
    });
    for (const compression of ['snappy', 'gzip', 'brotli', 'zstd'] as const) {
      const bytes = await encodeParquet(text, { compression, dictionary: false });
      expect(bytes.byteLength).toBeLessThan(MIB);
      expect(await codeOf(bytes, MIB)).toBe('limit');
    }
  });

  it('a schema nested deeper than the budget', async () => {
    let type: Parameters<typeof planFile>[0]['columns'][number]['type'] = scalarType('int8');
    for (let level = 0; level < 100; level++)
      type = { kind: 'struct', fields: [{ name: 'a', type }], nullable: false };
    const bytes = await encodeParquet(new Table(0, [{ name: 'deep', type, values: [] }]));
    const deep = lab.decode(bytes, { format: 'parquet', budget: { depth: 50 } });
    await expect(deep).rejects.toMatchObject({ code: 'limit' });
    expect(await codeOf(bytes)).toBe('read');
  });
});

describe('parts that do not fit', () => {
  const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes), 100);

  it('a run of 2^30 values fills no more than there is room for', () => {
    const out = new Int32Array(5);
    decodeHybrid(reader(0x80, 0x80, 0x80, 0x80, 0x08, 7), 3, out);
    expect([...out]).toEqual([7, 7, 7, 7, 7]);
  });

  it.each([
    ['runs that end early', () => decodeHybrid(reader(2, 1), 1, new Uint8Array(9))],
    ['packed values that end early', () => decodeHybrid(reader(3, 1), 9, new Int32Array(8))],
    ['deltas in blocks of nothing', () => decodeDelta32(reader(0, 0, 5, 0), 5)],
    ['deltas in blocks of 2^31', () => decodeDelta64(reader(0xff, 0xff, 0xff, 0xff, 7, 1, 5, 0), 5)],
    ['deltas of 200 bits', () => decodeDelta64(reader(8, 1, 5, 0, 0, 200), 5)],
    ['a Thrift list of 2^28 elements', () => decodeStruct(reader(0x19, 0xfc, 0xff, 0xff, 0xff, 0x7f))],
    ['Thrift structs without end', () => decodeStruct(new ByteReader(new Uint8Array(500).fill(0x1c)))],
    ['a Thrift struct that ends early', () => decodeStruct(reader(0x15))],
  ])('%s are corrupt', (_what, work) => {
    expect(work).toThrow(expect.objectContaining({ code: 'corrupt' }));
  });

  it('errors tell the byte', async () => {
    const bytes = (await encodeParquet(ndarray(Int32Array.of(1, 2, 3)), { compression: 'none' })).slice();
    bytes[40]! ^= 1;
    await expect(lab.decode(bytes)).rejects.toMatchObject({ code: 'corrupt', offset: expect.any(Number) });
  });

  it('the budget given to the plain function holds', async () => {
    const { decodeParquet } = await import('../src/index.js');
    const bytes = await encodeParquet(ndarray(new Float64Array(1000)));
    expect(() => decodeParquet(bytes, { budget: new Budget({ bytes: 500 }) })).toThrow(
      expect.objectContaining({ code: 'limit' }),
    );
  });
});
