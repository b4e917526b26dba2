import { readdirSync, readFileSync } from 'node:fs';
import {
  bytesSink,
  bytesSource,
  countingSource,
  createLab,
  FormatError,
  firstDifference,
  ndarray,
  type ReadSelection,
  type Source,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { pickle } from '../src/index.js';

const lab = createLab([pickle]);
const EVERY = 1024;
/** Both ends of the file for the check, and the first look at what it is. */
const CHECK = 3 * 4096;
/** What is read of opcodes at once. */
const WINDOW = 64 * 1024;
const folder = new URL('fixtures/', import.meta.url);

type Options = Readonly<Record<string, unknown>>;

async function indexOf(input: Uint8Array | Source, options: Options = {}): Promise<Uint8Array> {
  const sink = bytesSink();
  await lab.index(input, { format: 'pickle', options, target: sink, every: EVERY });
  return sink.bytes();
}

function slow(bytes: Uint8Array): Source {
  const inner = bytesSource(bytes, 'file.pkl');
  return { size: inner.size, name: inner.name, read: (ranges) => inner.read(ranges), close: () => undefined };
}

/** Compares what is read with an index and without. @returns bytes that a read with the index touches */
async function compare(
  bytes: Uint8Array,
  options: Options,
  reads: readonly (readonly [string, ReadSelection?])[],
): Promise<(path: string, selection?: ReadSelection) => Promise<number>> {
  const index = await indexOf(bytes, options);
  expect(await indexOf(slow(bytes), options)).toEqual(index);
  const call = { format: 'pickle', options };
  const without = await lab.open(bytes, { ...call, index: false });
  for (const source of [bytesSource(bytes), slow(bytes)]) {
    const known = await lab.open(source, { ...call, index });
    for (const [path, selection] of reads) {
      const result = async (file: typeof known): Promise<unknown> =>
        file.read(path, selection).catch((error: { code: string }) => error.code);
      const difference = firstDifference((await result(known)) as Value, (await result(without)) as Value);
      expect(difference, `${path} ${JSON.stringify(selection)}`).toBeUndefined();
    }
    expect(await known.entries()).toEqual(await without.entries());
  }
  return async (path, selection) => {
    const { source, counts } = countingSource(bytesSource(bytes));
    await (await lab.open(source, { ...call, index })).read(path, selection);
    return counts.bytesRead;
  };
}

const root: Record<string, Value> = { one: 1, shared: ['a text', 'another'] };
for (let i = 0; i < 2500; i++)
  root[`array${i}`] = ndarray(
    Float64Array.from({ length: 60 }, (_, j) => i + j / 3),
    [6, 10],
  );
root.deep = { list: ['a text', { inside: 7 }], rows: table({ id: [1n, 2n], name: ['a text', 'b'] }) };

describe('an index beside a pickle', () => {
  it.each([0, 1, 2, 3, 4, 5])('finds entries of a dict, protocol %d', async (protocol) => {
    const bytes = await lab.encode(root, 'pickle', { options: { protocol } });
    const touched = await compare(bytes, {}, [
      ['/array2499', { slice: '2:4,::3' }],
      ['/array2400'],
      ['/one'],
      ['/shared/1'],
      ['/deep/list/1/inside'],
      ['/deep/rows', { slice: '1:', columns: ['name'] }],
      ['/deep'],
      ['/nothing'],
      ['/array3/nothing'],
      [''],
    ]);
    expect(bytes.length).toBeGreaterThan(15 * WINDOW);
    // Its opcodes, those of the first array, whose names it shares, and of the shared texts.
    expect(await touched('/array2400')).toBeLessThan(CHECK + 3 * WINDOW);
  });

  it('finds entries that were added, and takes the last of one name', async () => {
    const sink = bytesSink();
    await sink.replace(await lab.encode(root, 'pickle'));
    const editor = await lab.edit(sink, { format: 'pickle' });
    await editor.put('/late', ndarray(new Float64Array([1, 2]), [2]));
    await editor.put('/array7', ['new']);
    await editor.commit();
    await editor.close();
    const touched = await compare(sink.bytes(), {}, [['/late'], ['/array7'], ['/array8'], ['']]);
    expect(await touched('/late')).toBeLessThan(CHECK + 3 * WINDOW);
  });

  it('finds pickles of a stream, and goes on where it has grown', async () => {
    const values = Array.from(
      { length: 6000 },
      (_, i): Value => (i % 3 === 0 ? [i, ['in', i]] : { i, s: 'y'.repeat(i % 200) }),
    );
    const options = { stream: true };
    const bytes = await lab.encode(values, 'pickle', { options });
    const touched = await compare(bytes, options, [
      ['/0'],
      ['/3/1/0'],
      ['/3001/s'],
      ['/6000'],
      ['/none'],
      ['', { slice: '5990:' }],
      ['', { slice: '5' }],
      ['', { slice: '4:4' }],
      ['', { slice: '10:3000:500' }],
      ['', { slice: '1', columns: ['a'] }],
      [''],
    ]);
    expect(await touched('/3001')).toBeLessThan(CHECK + 2 * WINDOW);
    expect(await touched('', { slice: '5000:5002' })).toBeLessThan(CHECK + 2 * WINDOW);
  });

  it('leaves every pickle of Python as it is without one', async () => {
    for (const name of readdirSync(folder).filter((file) => /\.(pkl|pickle)$/.test(file))) {
      const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
      const without = await lab.open(bytes, { format: 'pickle', index: false });
      const paths = await Promise.resolve(without.entries()).then(
        (entries) => entries.map(({ path }) => path),
        () => undefined,
      );
      if (paths === undefined) continue;
      await compare(
        bytes,
        {},
        paths.map((path) => [path]),
      );
    }
  });
});

/** `PROTO 4, EMPTY_DICT, MEMOIZE, MARK …, SETITEMS, STOP`. */
function crafted(items: string): Uint8Array {
  return Uint8Array.from(`\x80\x04}\x94(${items}u.`, (letter) => letter.charCodeAt(0));
}

describe('items of a dict that are not to be read alone', () => {
  const key = (name: string): string => `\x8c${String.fromCharCode(name.length)}${name}`;

  it.each([
    ['an entry that a later one changes', `${key('a')}]\x94${key('b')}h\x01K\x07a`],
    ['an entry that a later one changes by a copy', `${key('a')}]\x94${key('b')}h\x012K\x07a0`],
    [
      'a part of the memo that is written over',
      `${key('a')}]q\x01K\x01a${key('b')}]q\x01K\x02a${key('c')}h\x01`,
    ],
    ['the dict itself', `${key('a')}K\x01${key('b')}](h\x00e`],
    ['a key from the memo', `${key('a')}${key('b')}\x94${key('c')}K\x01h\x01K\x02`],
    ['what is taken away again', `${key('a')}K\x01K\x02\x940${key('b')}h\x01`],
    ['a key that stands twice', `${key('a')}]\x94${key('b')}h\x01${key('a')}K\x05`],
  ])('%s', async (_, items) => {
    await compare(crafted(items), {}, [['/a'], ['/b'], ['/c'], ['']]);
  });
});

/** The index that a file has, where its positions are others. */
async function forged(bytes: Uint8Array, options: Options, positions: Uint8Array): Promise<Uint8Array> {
  const sink = bytesSink();
  const other = createLab([{ ...pickle, index: () => positions }]);
  await other.index(bytes, { format: 'pickle', options, target: sink });
  return sink.bytes();
}

async function positionsOf(bytes: Uint8Array, options: Options): Promise<Uint8Array> {
  let positions = new Uint8Array(0);
  const keeping = createLab([
    {
      ...pickle,
      index: async (...call) => {
        positions = Uint8Array.from(await pickle.index!(...call));
        return positions;
      },
    },
  ]);
  await keeping.index(bytes, { format: 'pickle', options, target: bytesSink(), every: EVERY });
  return positions;
}

describe('an index that is damaged', () => {
  const value = {
    a: [1, 2],
    bc: ndarray(new Float64Array([1, 2]), [2]),
    bd: ndarray(new Float64Array([3]), [1]),
    d: ['x', ['y']],
  };
  const stream = Array.from({ length: 600 }, (_, i) => ({ i, s: 'x'.repeat(9) }));

  it.each([
    ['a dict', value, {}, '/bd'],
    ['a stream', stream, { stream: true }, '/599'],
  ])('is an error wherever it is damaged or cut: %s', async (_, root, options, path) => {
    const bytes = await lab.encode(root, 'pickle', { options });
    const index = await indexOf(bytes, options);
    for (let at = 0; at < index.length; at++)
      for (const bad of [index.with(at, index[at]! ^ 0x21), index.subarray(0, at)])
        await expect(
          lab.open(bytes, { format: 'pickle', options, index: bad }).then((file) => file.read(path)),
          `byte ${at}`,
        ).rejects.toBeInstanceOf(FormatError);
  });

  it.each([
    ['a dict', value, {}, '/bd'],
    ['a stream', stream, { stream: true }, '/599'],
  ])(
    'is an error of the index, or true, where its checksum was made for it: %s',
    async (_, root, options, path) => {
      const bytes = await lab.encode(root, 'pickle', { options });
      const positions = await positionsOf(bytes, options);
      const right = (await (await lab.open(bytes, { format: 'pickle', options })).read(path)) as Value;
      let refused = 0;
      for (let at = 0; at < positions.length; at++)
        for (const bad of [0x01, 0x21, 0x80].map((bit) => positions.with(at, positions[at]! ^ bit))) {
          const index = await forged(bytes, options, bad);
          try {
            const file = await lab.open(bytes, { format: 'pickle', options, index });
            const read = (await file.read(path)) as Value;
            expect('stream' in options || firstDifference(read, right) === undefined, `byte ${at}`).toBe(
              true,
            );
          } catch (error) {
            expect(error, `byte ${at}`).toMatchObject({ code: expect.stringMatching(/corrupt|not-found/) });
            refused++;
          }
        }
      expect(refused).toBeGreaterThan(positions.length / 3);
    },
  );
});
