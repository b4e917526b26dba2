import { createLab, firstDifference, isRecord, type Loss, NDArray, ndarray, table } from '@formatlab/core';
import { expect, it } from 'vitest';
import { decodeMat, encodeMat, matlab } from '../src/index.js';

const lab = createLab([matlab]);
const bytesOf = (pieces: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

it('a lone array is a variable of its own, and comes back alone until another is put beside it', async () => {
  const array = ndarray(new Float64Array([1, 2, 3]));
  const bytes = await lab.encode(array, 'matlab');
  expect(firstDifference(await lab.decode(bytes, { format: 'matlab' }), array)).toBeUndefined();
  const named = await lab.encode(array, 'matlab', { options: { name: 'x' } });
  expect(Buffer.from(named).includes('x')).toBe(true);
});

it('n-d arrays of any shape are turned both ways', () => {
  for (const shape of [
    [2, 3, 4],
    [9, 1, 17],
    [65, 66],
    [1, 5],
    [5, 1],
    [3, 2, 4, 5],
    [8, 130],
  ]) {
    const size = shape.reduce((product, length) => product * length, 1);
    const value = {
      a: new NDArray({ dtype: 'float64', shape, data: Float64Array.from({ length: size }, (_, i) => i) }),
    };
    expect(firstDifference(decodeMat(bytesOf(encodeMat(value))), value)).toBeUndefined();
  }
});

it('7.3 is refused by name for writing', async () => {
  await expect(lab.encode({ a: 1 }, 'matlab', { options: { version: '7.3' } })).rejects.toMatchObject({
    code: 'unsupported',
    feature: 'writing 7.3',
  });
});

it('a name beyond ASCII is changed and reported', async () => {
  const losses: Loss[] = [];
  const bytes = await lab.encode({ größe: 1, gr__e: 2 }, 'matlab', { onLoss: (loss) => losses.push(loss) });
  expect(losses.map((loss) => loss.kind)).toEqual(['name']);
  const value = await lab.decode(bytes, { format: 'matlab' });
  expect(isRecord(value) && Object.keys(value).length).toBe(2);
});

it('a column with nulls is reported', async () => {
  const losses: Loss[] = [];
  await lab.encode(table({ x: [1, null, 3] }), 'matlab', { onLoss: (loss) => losses.push(loss) });
  expect(losses).toMatchObject([{ path: '/x', kind: 'null', to: 'NaN', count: 1 }]);
});

it('data behind the end of a compressed variable and a wrong checksum are refused', () => {
  const bytes = bytesOf(encodeMat({ a: ndarray(new Float64Array(50).fill(2)) }, { version: '7' }));
  const damaged = bytes.slice();
  damaged[damaged.length - 1]! ^= 1;
  expect(() => decodeMat(damaged)).toThrowError(/damaged/);
});
