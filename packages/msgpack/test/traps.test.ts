import { createLab, firstDifference, NDArray, ndarray } from '@formatlab/core';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { msgpack } from '../src/index.js';

const lab = createLab([msgpack]);
const interoperable = { useRecords: false, variableMapSize: true };

// What msgpackr does is stated too: when it is mended, these fail and the reasons in the README go.
describe('where msgpackr changes values', () => {
  it('typed arrays are exact', async () => {
    const array = ndarray(Float64Array.of(1.5, -0, Number.NaN));
    expect(firstDifference(await lab.decode(await lab.encode(array, 'msgpack')), array)).toBeUndefined();
    expect(roundTripOf(Float64Array.of(1.5, -0, Number.NaN))).not.toBeInstanceOf(Float64Array);
  });

  it('int64 arrays are written', async () => {
    const array = ndarray(BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n));
    expect(firstDifference(await lab.decode(await lab.encode(array, 'msgpack')), array)).toBeUndefined();
    expect(() => new Packr(interoperable).pack(BigInt64Array.of(1n))).toThrow();
  });

  it('integers beyond 32 bits stay integers in the file', async () => {
    const bytes = await lab.encode({ n: 2 ** 40 }, 'msgpack');
    expect([...bytes].some((byte) => byte === 0xcf || byte === 0xd3)).toBe(true);
    expect([...new Packr(interoperable).pack(2 ** 40)][0]).toBe(0xcb);
  });

  it('timestamps keep their nanoseconds', async () => {
    const file = Uint8Array.of(0xd7, 0xff, 0x1d, 0x6f, 0x34, 0x54, 0x60, 0x00, 0x00, 0x01);
    const time = await lab.decode(file, { format: 'msgpack' });
    const ticks = time instanceof NDArray ? (time.data[0] as bigint) : 0n;
    expect(ticks % 1_000_000_000n).toBe(BigInt(0x1d6f3454 >>> 2));
  });

  it('a length that the file does not have is refused before anything is allocated', async () => {
    await expect(
      lab.decode(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff), { format: 'msgpack' }),
    ).rejects.toMatchObject({ format: 'msgpack' });
  });
});

function roundTripOf(value: unknown): unknown {
  const packr = new Packr(interoperable);
  return packr.unpack(packr.pack(value));
}
