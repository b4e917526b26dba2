import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import {
  bytesSink,
  bytesSource,
  countingSource,
  createLab,
  FormatError,
  firstDifference,
  ndarray,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { matlab } from '../src/index.js';

const lab = createLab([matlab]);
/** Both ends of the file for the check, the first look at what it is, and its header. */
const CHECK = 3 * 4096 + 128;

type Options = Readonly<Record<string, unknown>>;

const root: Record<string, Value> = {};
for (let i = 0; i < 2000; i++)
  root[`array${i}`] = ndarray(
    Float64Array.from({ length: 60 }, (_, j) => i + j / 3),
    [6, 10],
  );
root.rows = table({ id: [1n, 2n], name: ['a', 'b'] });
root.deep = {
  list: ['a text', { inside: 7 }],
  complex: ndarray(new Float32Array([1, 2]), [1], 'complex64'),
};
root.text = 'a text';

async function indexOf(bytes: Uint8Array, options: Options = {}, by = lab): Promise<Uint8Array> {
  const sink = bytesSink();
  await by.index(bytes, { format: 'matlab', options, target: sink });
  return sink.bytes();
}

/** Reads with an index and without. @returns reads and bytes of the file that the first takes */
async function compare(bytes: Uint8Array, paths: readonly string[], options: Options = {}) {
  const call = { format: 'matlab', options };
  const index = await indexOf(bytes, options);
  const known = await lab.open(bytes, { ...call, index });
  const without = await lab.open(bytes, { ...call, index: false });
  expect(await known.entries()).toEqual(await without.entries());
  for (const path of paths) {
    const result = async (file: typeof known): Promise<unknown> =>
      file.read(path).catch((error: { code: string }) => error.code);
    expect(
      firstDifference((await result(known)) as Value, (await result(without)) as Value),
      path,
    ).toBeUndefined();
  }
  return async (path: string) => {
    const { source, counts } = countingSource(bytesSource(bytes));
    const file = await lab.open(source, { ...call, index });
    await file.entries();
    await file.read(path);
    return counts;
  };
}

describe('an index beside a MAT file', () => {
  const paths = ['/array0', '/array1999', '/rows', '/deep/list/1/inside', '/deep', '/text', '/nothing', ''];

  it.each([{ version: '5' }, { version: '7' }] as const)(
    'finds variables of version $version',
    async ({ version }) => {
      const bytes = await lab.encode(root, 'matlab', { options: { version } });
      for (const options of [{}, { squeeze: true }, { order: 'keep' }]) await compare(bytes, paths, options);
      const touched = await (await compare(bytes, []))('/array1500');
      expect(touched.bytesRead).toBeLessThan(CHECK + 1024);
      expect(touched.reads).toBeLessThan(8);
    },
  );

  it('finds variables of other writers, one whole value, and none', async () => {
    for (const name of ['octave-6.mat', 'octave-7.mat', 'scipy.mat', 'scipy-deflated.mat']) {
      const bytes = new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
      const entries = await (await lab.open(bytes, { format: 'matlab' })).entries();
      await compare(bytes, [...entries.map(({ path }) => path), '']);
    }
    for (const value of [ndarray(new Float64Array([1, 2, 3]), [3]), {}, [1, ['x']]])
      await compare(await lab.encode(value, 'matlab'), ['', '/0', '/data']);
  });

  it('goes through a gzip file', async () => {
    const bytes = await lab.encode(root, 'matlab');
    const packed = new Uint8Array(gzipSync(bytes));
    const sink = bytesSink();
    await lab.index(packed, { format: 'matlab', target: sink });
    const file = await lab.open(packed, { format: 'matlab', index: sink.bytes() });
    expect(firstDifference(await file.read('/array7'), root.array7!)).toBeUndefined();
  });

  it('is refused by name for version 4', async () => {
    const header = new Uint8Array(32);
    new DataView(header.buffer).setUint32(4, 1, true);
    new DataView(header.buffer).setUint32(8, 1, true);
    new DataView(header.buffer).setUint32(16, 2, true);
    header[20] = 0x61;
    await expect(indexOf(header)).rejects.toMatchObject({ code: 'unsupported', feature: 'index of MAT 4' });
  });
});

describe('an index that is damaged', () => {
  const value = {
    a: ndarray(new Float64Array([1, 2]), [2]),
    b: 'text',
    c: ndarray(new Int8Array([1, 2]), [2]),
  };

  it('is an error wherever it is damaged or cut', async () => {
    const bytes = await lab.encode(value, 'matlab');
    const index = await indexOf(bytes);
    for (let at = 0; at < index.length; at++)
      for (const bad of [index.with(at, index[at]! ^ 0x21), index.subarray(0, at)])
        await expect(
          lab.open(bytes, { format: 'matlab', index: bad }).then((file) => file.read('/c')),
          `byte ${at}`,
        ).rejects.toBeInstanceOf(FormatError);
  });

  it('is an error of the index, or true, where its checksum was made for it', async () => {
    const bytes = await lab.encode(value, 'matlab');
    let positions = new Uint8Array(0);
    const keeping = async (...call: Parameters<NonNullable<typeof matlab.index>>): Promise<Uint8Array> => {
      positions = Uint8Array.from(await matlab.index!(...call));
      return positions;
    };
    await indexOf(bytes, {}, createLab([{ ...matlab, index: keeping }]));
    let refused = 0;
    for (let at = 0; at < positions.length; at++)
      for (const bit of [0x01, 0x21, 0x80]) {
        const bad = positions.with(at, positions[at]! ^ bit);
        const index = await indexOf(bytes, {}, createLab([{ ...matlab, index: () => bad }]));
        try {
          const file = await lab.open(bytes, { format: 'matlab', index });
          expect(firstDifference(await file.read('/c'), value.c), `byte ${at}`).toBeUndefined();
        } catch (error) {
          expect(error, `byte ${at}`).toMatchObject({ code: expect.stringMatching(/corrupt|not-found/) });
          refused++;
        }
      }
    expect(refused).toBeGreaterThan(positions.length);
  });
});
