import { readFileSync } from 'node:fs';
import { bytesSink, type Commit, createLab, newRecord, type Sink, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { hdf5 } from '../src/index.js';

// Links are added to a dense group where it is; what the HDF5 library then reads is the judge.
const lab = createLab([hdf5]);
const ENGINES = ['native', 'h5wasm'] as const;
type MemorySink = Sink & { bytes(): Uint8Array };

function members(count: number): Record<string, Value> {
  const record = newRecord() as Record<string, Value>; // filled here
  for (let i = 0; i < count; i++) record[`member ${i}`] = i;
  return record;
}

async function put(sink: Sink, values: Readonly<Record<string, Value>>, engine = 'native'): Promise<Commit> {
  const editor = await lab.edit(sink, { format: 'hdf5', options: { engine } });
  for (const [name, value] of Object.entries(values)) await editor.put(`/${name}`, value);
  const commit = await editor.commit();
  await editor.close();
  return commit;
}

async function expectHolds(sink: MemorySink, expected: Readonly<Record<string, Value>>): Promise<void> {
  for (const engine of ENGINES) {
    const file = await lab.open(sink.bytes(), { format: 'hdf5', options: { engine } });
    const listed = (await file.entries()).map(({ path }) => path.slice(1)).filter((name) => name !== '');
    expect(listed.sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected).filter((_, i) => i % 7 === 0))
      expect(await file.read(`/${name}`), name).toBe(value);
    await file.close();
  }
}

describe('one more member in a group of many', () => {
  it('changes a few kilobytes, wherever the name falls', async () => {
    const expected = members(5000);
    const sink = bytesSink(await lab.encode(expected, 'hdf5'));
    for (let i = 0; i < 300; i++) {
      const added = { [`added ${'long '.repeat(i % 30)}${i}`]: i };
      const { written, rewritten } = await put(sink, added);
      expect(written).toBeLessThan(80_000);
      expect(rewritten).toBeLessThan(5_000);
      Object.assign(expected, added);
    }
    await expectHolds(sink, expected);
  });

  it('splits nodes and adds blocks until tables stand for blocks', async () => {
    const expected = members(300);
    const sink = bytesSink(await lab.encode(expected, 'hdf5'));
    const many = Object.fromEntries(
      Array.from({ length: 9000 }, (_, i) => [`${'long name '.repeat(8)}${i}`, i]),
    );
    await put(sink, many);
    await put(sink, { last: -1 });
    await expectHolds(sink, { ...expected, ...many, last: -1 });
  });

  it('goes into groups that the library wrote, in the order that they keep', async () => {
    const bytes = readFileSync(new URL('fixtures/dense-latest.h5', import.meta.url));
    const before = await lab.open(bytes, { format: 'hdf5' });
    const entries = (await before.entries()).map(({ path }) => path);
    await before.close();
    const groups = ['', ...entries].filter(
      (path) => entries.filter((one) => one.startsWith(`${path}/`)).length > 20,
    );
    expect(groups.length).toBeGreaterThan(0);
    const sink = bytesSink(bytes);
    for (const group of groups) await put(sink, { [`${group.slice(1)}${group === '' ? '' : '/'}added`]: 7 });
    for (const engine of ENGINES) {
      const after = await lab.open(sink.bytes(), { format: 'hdf5', options: { engine } });
      const listed = (await after.entries()).map(({ path }) => path);
      expect(listed.sort()).toEqual([...entries, ...groups.map((group) => `${group}/added`)].sort());
      for (const group of groups) expect(await after.read(`${group}/added`)).toBe(7);
      await after.close();
    }
  });

  it('replaces a value by turning its link', async () => {
    const expected = members(1000);
    const sink = bytesSink(await lab.encode(expected, 'hdf5'));
    const { rewritten } = await put(sink, { 'member 500': 'text now' });
    expect(rewritten).toBeLessThan(200);
    await expectHolds(sink, { ...expected, 'member 500': 'text now' });
  });

  it('leaves the groups above it as they are, also where those are small', async () => {
    const sink = bytesSink(await lab.encode({ a: { b: members(400) }, c: 1 }, 'hdf5'));
    const { written } = await put(sink, { 'a/b/more': 1, 'a/small': 2 });
    expect(written).toBeLessThan(6_000);
    for (const engine of ENGINES) {
      const back = (await lab.decode(sink.bytes(), { format: 'hdf5', options: { engine } })) as {
        a: { b: Record<string, Value>; small: Value };
        c: Value;
      };
      expect([back.a.b['more'], back.a.small, back.c]).toEqual([1, 2, 1]);
      expect(Object.keys(back.a.b)).toHaveLength(401);
    }
  });

  it('tells of a damaged index, and leaves the file as it was', async () => {
    const bytes = new Uint8Array(await joined(await lab.encode(members(1000), 'hdf5')));
    const leaf = Buffer.from(bytes).indexOf('BTLF');
    // All leaves: whichever the name falls into.
    for (let at = leaf; at >= 0; at = Buffer.from(bytes).indexOf('BTLF', at + 1)) bytes[at + 8]! ^= 1;
    const sink = bytesSink(bytes);
    await expect(put(sink, { more: 1 })).rejects.toMatchObject({ code: 'corrupt' });
    expect(Buffer.compare(sink.bytes(), bytes)).toBe(0);
  });
});

async function joined(bytes: Uint8Array | readonly Uint8Array[]): Promise<Uint8Array> {
  return Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes);
}
