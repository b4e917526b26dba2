import { readFileSync } from 'node:fs';
import { createLab, firstDifference, type NDArray, ndarray, type ValueRecord } from '@formatlab/core';
import { hdf5 } from '@formatlab/hdf5';
import { matlab } from '@formatlab/matlab';
import { describe, expect, it } from 'vitest';

const mat73 = readFileSync(new URL('../../../packages/hdf5/test/fixtures/matlab73.mat', import.meta.url));

describe('MAT 7.3', () => {
  it('is read through hdf5, in the order of C, with its cells', async () => {
    // The file has named variables.
    const value = (await createLab([matlab, hdf5]).decode(new Uint8Array(mat73))) as ValueRecord;
    const matrix = ndarray(Float64Array.of(0, 2, 4, 1, 3, 5), [2, 3]);
    expect(firstDifference(value.x!, matrix)).toBeUndefined();
    const [cell] = (value.c as NDArray<'object'>).data;
    expect(firstDifference(cell!, ndarray(Float64Array.of(1, 2), [2, 1]))).toBeUndefined();
  });

  it('is refused by name where hdf5 is not in the list of formats', async () => {
    await expect(createLab([matlab]).decode(new Uint8Array(mat73))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('hdf5'),
    });
  });
});
