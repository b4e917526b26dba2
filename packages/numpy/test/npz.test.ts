import { createLab, FormatError, firstDifference, type NDArray, ndarray } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { encodeNpz, numpy } from '../src/index.js';
import { packDirectory } from '../src/npz/archive.js';
import { readDirectory } from '../src/npz/directory.js';
import { crc32 } from '../src/npz/zlib.js';

const lab = createLab([numpy]);
const join = (pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

describe('npz', () => {
  it('finds a flipped bit in the data by its CRC', async () => {
    const bytes = join(encodeNpz({ a: ndarray(new Float64Array(100)) }));
    bytes[500]! ^= 4;
    await expect(lab.decode(bytes)).rejects.toMatchObject({ code: 'corrupt', path: 'a.npy' });
  });

  it('gives arrays that are views on an aligned file', async () => {
    const bytes = join(encodeNpz({ 'odd name': ndarray(new Float64Array([1, 2, 3])) }));
    const value = (await lab.decode(bytes)) as { 'odd name': NDArray };
    expect((value['odd name'].data as Float64Array).buffer).toBe(bytes.buffer);
  });

  it('refuses a member that inflates to more than the directory says, before it is made', async () => {
    const bytes = join(encodeNpz({ zeros: ndarray(new Float64Array(1_000_000)) }, undefined, true));
    await expect(lab.decode(bytes, { budget: { bytes: 1_000_000 } })).rejects.toMatchObject({
      code: 'limit',
    });
  });

  it('reads archives behind 4 GiB and of more than 65,535 members by their ZIP64 records', async () => {
    const far = 5 * 2 ** 30;
    const members = Array.from({ length: 70_000 }, (_, i) => ({
      name: `m${i}.npy`,
      method: 0,
      crc: i,
      compressedSize: 8,
      size: 8,
      headerOffset: far + i * 64,
    }));
    const start = far + 70_000 * 64;
    const tail = join(packDirectory({ bytes: new Uint8Array(0), count: 0 }, members, start));
    const read = ({ at, length }: { at: number; length: number }) =>
      tail.subarray(at - start, at - start + length);
    const directory = await readDirectory(start + tail.byteLength, read);
    expect(directory.members).toEqual(members);
  });

  it.each([
    [
      'an end record without a directory',
      (bytes: Uint8Array) => bytes.fill(0, bytes.length - 60, bytes.length - 30),
    ],
    [
      'a member count that is too high',
      (bytes: Uint8Array) => bytes.fill(9, bytes.length - 12, bytes.length - 10),
    ],
    [
      'a directory offset behind the end',
      (bytes: Uint8Array) => bytes.fill(0x7f, bytes.length - 6, bytes.length - 2),
    ],
  ])('refuses %s', async (_, damage) => {
    const bytes = join(encodeNpz({ a: ndarray(new Float64Array(4)) }));
    damage(bytes);
    await expect(lab.decode(bytes, { format: 'numpy' })).rejects.toBeInstanceOf(FormatError);
  });

  it('keeps a name with __proto__ a name', async () => {
    const entries = JSON.parse('{"__proto__": 1}');
    const loaded = await lab.decode(join(encodeNpz(entries)));
    expect(firstDifference(loaded, entries)).toBeUndefined();
    expect(Object.keys(loaded as object)).toEqual(['__proto__']);
  });

  it('has the CRC-32 of the check value', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});
