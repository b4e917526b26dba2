import { readFileSync } from 'node:fs';
import {
  bytesSink,
  createLab,
  firstDifference,
  NDArray,
  ndarray,
  numberToFloat16,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeHdf5, encodeHdf5, hdf5, openHdf5 } from '../src/index.js';
import { fletcher32 } from '../src/native/filters.js';

const lab = createLab([hdf5]);
const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

async function roundTrip(value: Value, engine: string): Promise<Value> {
  const bytes = await lab.encode(value, 'hdf5', { options: { engine } });
  return lab.decode(bytes, { format: 'hdf5', options: { engine } });
}

for (const engine of ['native', 'h5wasm']) {
  describe(`what h5wasm itself gets wrong, with engine ${engine}`, () => {
    it('float16 is written and read by its bits', async () => {
      const data = Uint16Array.from([1.5, -0, Number.POSITIVE_INFINITY], numberToFloat16);
      const value = { half: new NDArray({ dtype: 'float16', shape: [3], data }) };
      expect(firstDifference(await roundTrip(value, engine), value)).toBeUndefined();
    });

    it('booleans stay booleans, in arrays and alone', async () => {
      const data = Uint8Array.of(1, 0);
      const value = { all: new NDArray({ dtype: 'bool', shape: [2], data }), one: true };
      expect(firstDifference(await roundTrip(value, engine), value)).toBeUndefined();
    });

    it('a single bigint is written', async () => {
      const back = (await roundTrip({ big: 2n ** 60n }, engine)) as { big: NDArray };
      expect(back.big.data[0]).toBe(2n ** 60n);
    });

    it('a NUL does not cut text', async () => {
      const value = { text: 'a\0b', list: ndarray(['x\0', 'y']) };
      expect(firstDifference(await roundTrip(value, engine), value)).toBeUndefined();
    });

    it('an index picks one element, a negative one counts from the end, nothing is everything', async () => {
      const bytes = await encodeHdf5({ a: ndarray(new Int32Array([1, 2, 3, 4])) });
      const file = await lab.open(bytes, { format: 'hdf5', options: { engine } });
      const picked = async (slice: readonly (number | object)[]): Promise<Value> =>
        file.read('/a', { slice: slice as readonly number[] });
      expect(((await picked([2])) as NDArray).data).toEqual(new Int32Array([3]));
      expect(((await picked([-1])) as NDArray).data).toEqual(new Int32Array([4]));
      expect(((await picked([])) as NDArray).data).toEqual(new Int32Array([1, 2, 3, 4]));
      await file.close();
    });

    it('a filter that is not there is an error, not uninitialised memory', async () => {
      const file = await lab.open(fixture('pytables.h5'), { format: 'hdf5', options: { engine } });
      await expect((async () => file.read('/blosc'))()).rejects.toMatchObject({
        code: 'unsupported',
        feature: 'filter blosc',
      });
      await file.close();
    });

    it('an entry can be removed', async () => {
      const bytes = await encodeHdf5({ a: 1, b: 2 });
      const sink = bytesSink(bytes);
      const file = await lab.edit(sink, { format: 'hdf5', options: { engine } });
      await file.remove('/a');
      await file.commit();
      await file.close();
      const [after] = await sink.read([{ at: 0, length: sink.size }]);
      expect(Object.keys((await decodeHdf5(after!)) as object)).toEqual(['b']);
    });
  });
}

describe('damaged chunks', () => {
  it('a changed byte under fletcher32 is found', async () => {
    const bytes = Uint8Array.from(fixture('filters.h5'));
    // The dataset's second chunk, as it lies in the file.
    const sum = new Uint8Array(Uint32Array.of(fletcher32(Uint8Array.of(3, 4, 5))).buffer);
    const at = Buffer.from(bytes).indexOf(Buffer.from([3, 4, 5, ...sum]));
    expect(at).toBeGreaterThan(0);
    const file = await openHdf5(bytes);
    bytes[at] = 9;
    await expect((async () => file.read('/fletcher32-odd'))()).rejects.toMatchObject({ code: 'corrupt' });
    await file.close();
  });

  it('long double is told as a loss of precision where it is one', async () => {
    const losses: string[] = [];
    await decodeHdf5(fixture('types.h5'), { onLoss: (loss) => losses.push(`${loss.path}: ${loss.kind}`) });
    expect(losses).toContain('/long-double: dtype');
  });

  it('a slice of a dataset of 4 GiB is read', async () => {
    const large = readFileSync(new URL('fixtures/sparse-4g.h5', import.meta.url));
    const file = await openHdf5(large);
    const part = (await file.read('/large', { slice: [{ start: 2 ** 29 - 2 }] })) as NDArray;
    expect(part.data).toEqual(new Float64Array([0, 7]));
    await file.close();
  });
});
