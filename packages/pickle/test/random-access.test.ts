import { readFileSync } from 'node:fs';
import {
  bytesSink,
  bytesSource,
  countingSource,
  createLab,
  firstDifference,
  type NDArray,
  ndarray,
  type Source,
  sliceArray,
  sliceTable,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodePickle, pickle } from '../src/index.js';

const lab = createLab([pickle]);
const folder = new URL('fixtures/', import.meta.url);
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const large = ndarray(
  Float64Array.from({ length: 100_000 }, (_, i) => i / 3),
  [1000, 100],
);

async function opened(bytes: Uint8Array, options: Readonly<Record<string, unknown>> = {}) {
  const { source, counts } = countingSource(bytesSource(bytes, 'file.pkl'));
  return { file: await lab.open(source, { format: 'pickle', options }), counts };
}

/** A source that can't read at once, like a web server. */
function slow(bytes: Uint8Array): Source {
  const inner = bytesSource(bytes, 'file.pkl');
  return { size: inner.size, name: inner.name, read: (ranges) => inner.read(ranges), close: () => undefined };
}

describe('reading one of many', () => {
  const root = {
    first: large,
    deep: { big: large, list: ['a', { inside: 7 }] },
    rows: table({
      id: Int32Array.from({ length: 5000 }, (_, i) => i),
      name: Array.from({ length: 5000 }, (_, i) => `n${i}`),
    }),
    raw: new Uint8Array(50_000).fill(7),
    last: 'text',
  };

  it.each([2, 3, 4, 5])('lists and reads without the data of others, protocol %d', async (protocol) => {
    const bytes = await lab.encode(root, 'pickle', { options: { protocol } });
    const { file, counts } = await opened(bytes);
    const entries = await file.entries();
    expect(entries.map(({ path }) => path)).toEqual([
      '/first',
      '/deep',
      '/deep/big',
      '/deep/list',
      '/rows',
      '/raw',
      '/last',
    ]);
    expect(entries[0]).toMatchObject({ kind: 'array', dtype: 'float64', shape: [1000, 100] });
    expect(entries[4]).toMatchObject({
      kind: 'table',
      rows: 5000,
      columns: [{ name: 'id' }, { name: 'name' }],
    });
    // Up to protocol 2 bytes are text, which is read.
    if (protocol > 2) expect(counts.bytesRead).toBeLessThan(200_000);
    for (const path of ['/first', '/deep/big', '/rows', '/raw', '/last', '/deep/list/1/inside', '/deep'])
      expect(
        firstDifference(
          await file.read(path),
          await lab.load(bytes, { format: 'pickle' }).then((all) => at(all, path)),
        ),
        path,
      ).toBeUndefined();
  });

  it('reads the rows of a slice alone', async () => {
    const { file, counts } = await opened(await lab.encode(root, 'pickle'));
    await file.read('/last');
    for (const slice of ['10:20', '5', '-1,::7', '::300,3', '0:0']) {
      const before = counts.bytesRead;
      expect(
        firstDifference(sliceArray(large, slice), await file.read('/first', { slice })),
        slice,
      ).toBeUndefined();
      if (slice === '10:20') expect(counts.bytesRead - before).toBe(8000);
    }
    const before = counts.bytesRead;
    const rows = await file.read('/rows', { slice: '100:200:3' });
    expect(firstDifference(sliceTable(root.rows, { slice: '100:200:3' }), rows)).toBeUndefined();
    expect(counts.bytesRead - before).toBeLessThan(1000);
    expect(
      firstDifference(
        sliceTable(root.rows, { columns: ['name'] }),
        await file.read('/rows', { columns: ['name'] }),
      ),
    ).toBeUndefined();
  });

  it('follows references to objects of other entries', async () => {
    const shared = { x: ndarray(new Float64Array(500).fill(2)), list: [1] };
    const bytes = await lab.encode({ a: shared, b: [shared, shared.x], c: shared.x }, 'pickle');
    const { file } = await opened(bytes);
    expect(firstDifference(shared.x, await file.read('/c'))).toBeUndefined();
    const list = (await file.read('/b')) as readonly [{ x: NDArray }, NDArray];
    expect(list[0].x).toBe(list[1]);
    expect(firstDifference(shared, await file.read('/a'))).toBeUndefined();
  });

  it('takes an object that contains itself', async () => {
    const cycle: { [name: string]: Value } = { n: 1 };
    cycle['self'] = cycle;
    const { file } = await opened(await lab.encode({ cycle, other: 2 }, 'pickle'));
    expect((await file.entries()).map(({ path, kind }) => `${path} ${kind}`)).toEqual([
      '/cycle group',
      '/cycle/n tree',
      '/cycle/self tree',
      '/other tree',
    ]);
    expect(await file.read('/cycle/self/self/n')).toBe(1);
  });

  it('works where reading takes time', async () => {
    const bytes = await lab.encode(root, 'pickle');
    const file = await lab.open(slow(bytes), { format: 'pickle' });
    expect(await file.entries()).toHaveLength(7);
    expect(
      firstDifference(sliceArray(large, '500:510'), await file.read('/deep/big', { slice: '500:510' })),
    ).toBeUndefined();
  });

  it.each(['py311-shared-p2.pickles', 'py311-shared-p5.pickles'])(
    'reads what CPython shares between entries: %s',
    async (name) => {
      const bytes = fixture(name);
      const { file } = await opened(bytes);
      const whole = decodePickle(bytes) as { readonly [name: string]: Value };
      for (const path of ['a', 'b', 'c'])
        expect(firstDifference(whole[path]!, await file.read(`/${path}`)), path).toBeUndefined();
      expect(
        firstDifference(sliceArray(whole['a'] as NDArray, '3:5'), await file.read('/c', { slice: '3:5' })),
      ).toBeUndefined();
    },
  );
});

describe('adding entries at the end', () => {
  it.each([0, 1, 2, 3, 4, 5])('keeps what is there, protocol %d', async (protocol) => {
    const bytes = await lab.encode({ a: large, b: 'old', c: ['old'] }, 'pickle', { options: { protocol } });
    const sink = bytesSink(bytes, 'file.pkl');
    const editor = await lab.edit(sink, { format: 'pickle' });
    await editor.put('/new', { x: ndarray(Float64Array.of(1, 2)), text: ['new', 'new'] });
    await editor.put('/b', 'changed');
    const { written, rewritten } = await editor.commit();
    expect(rewritten).toBe(1);
    expect(written).toBeLessThan(1000);
    await editor.put('/later', [1, 'new']);
    await editor.commit();
    await editor.close();
    const expected = {
      a: large,
      b: 'changed',
      c: ['old'],
      new: { x: ndarray(Float64Array.of(1, 2)), text: ['new', 'new'] },
      later: [1, 'new'],
    };
    expect(firstDifference(expected, decodePickle(sink.bytes()))).toBeUndefined();
    const { file } = await opened(sink.bytes());
    expect(await file.read('/b')).toBe('changed');
    expect((await file.entries()).filter(({ path }) => path === '/b')).toHaveLength(1);
  });

  it('writes a dict of another kind anew', async () => {
    const sink = bytesSink(await lab.encode([1, 2], 'pickle'), 'file.pkl');
    const editor = await lab.edit(sink, { format: 'pickle' });
    await editor.append('', [3]);
    await editor.commit();
    await editor.close();
    expect(decodePickle(sink.bytes())).toEqual([1, 2, 3]);
  });
});

describe('a stream of pickles', () => {
  const options = { stream: true };

  it.each(['py311-stream-p0.pickles', 'py311-stream-p5.pickles'])(
    'of repeated dump of CPython: %s',
    async (name) => {
      const bytes = fixture(name);
      const { file } = await opened(bytes, options);
      expect((await file.entries()).map(({ path }) => path)).toEqual([
        '/0',
        '/0/id',
        '/0/data',
        '/1',
        '/2',
        '/3',
      ]);
      expect(await file.read('/0/id')).toBe(1);
      expect(
        firstDifference(await file.read('/0/data', { slice: '2:4' }), ndarray(Float64Array.of(2, 3))),
      ).toBeUndefined();
      expect(await file.read('/1')).toEqual(['a', 'a']);
      expect(await file.read('/3')).toBe(null);
      expect(await file.read('')).toHaveLength(4);
      await expect(file.read('/4')).rejects.toMatchObject({ code: 'not-found' });
    },
  );

  it('takes more of them at its end', async () => {
    const bytes = fixture('py311-stream-p5.pickles');
    const sink = bytesSink(bytes, 'file.pkl');
    const editor = await lab.edit(sink, { format: 'pickle', options });
    await editor.append('', [{ id: 2, data: large }]);
    await editor.append('', ['end']);
    const { written, rewritten } = await editor.commit();
    await editor.close();
    expect(rewritten).toBe(0);
    expect(written).toBe(sink.size - bytes.length);
    expect(sink.bytes().subarray(0, bytes.length)).toEqual(bytes);
    const { file } = await opened(sink.bytes(), options);
    expect(firstDifference(large, await file.read('/4/data'))).toBeUndefined();
    expect(await file.read('/5')).toBe('end');
  });
});

describe('damaged files', () => {
  const bytes = fixture('py311-stream-p5.pickles');

  it('say where they end, at every byte', async () => {
    for (let length = 1; length < Math.min(bytes.length, 700); length++) {
      const { file } = await opened(bytes.subarray(0, length));
      const outcome = await Promise.resolve(file.read('/id')).catch((error: unknown) => error);
      if (outcome instanceof Error)
        expect(outcome).toMatchObject({ code: 'corrupt', offset: expect.any(Number) });
    }
  });

  it('name a length beyond the file', async () => {
    const broken = Uint8Array.of(0x80, 5, 0x7d, 0x8c, 1, 0x61, 0x8e, 0, 0, 0, 0, 0, 0, 0, 1, 0x73, 0x2e);
    const { file } = await opened(broken);
    await expect(file.entries()).rejects.toMatchObject({ code: 'corrupt', offset: 15 });
  });

  it('keep to the budget', async () => {
    const { source } = countingSource(
      bytesSource(await lab.encode({ a: large, b: 1 }, 'pickle'), 'file.pkl'),
    );
    const file = await lab.open(source, { format: 'pickle', budget: { bytes: 100_000 } });
    expect(await file.read('/b')).toBe(1);
    await expect(file.read('/a')).rejects.toMatchObject({ code: 'limit' });
    expect(await file.read('/a', { slice: '1:3' })).toMatchObject({ shape: [2, 100] });
  });
});

function at(value: Value, path: string): Value {
  let found: Value = value;
  for (const name of path.split('/').slice(1)) found = (found as { readonly [name: string]: Value })[name]!;
  return found;
}
