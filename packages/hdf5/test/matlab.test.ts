import { NDArray, ndarray, Tagged, withAttributes } from '@formatlab/core';
import { expect, it } from 'vitest';
import { decodeHdf5, encodeHdf5, openHdf5 } from '../src/index.js';

it('writes what a MAT 7.3 file needs: a user block, fixed attributes, a cell of references', async () => {
  const header = new TextEncoder().encode('MATLAB 7.3 MAT-file');
  const x = withAttributes(ndarray(new Float64Array([1, 2]), [1, 2]), { MATLAB_class: 'double' });
  const cell = new NDArray({
    dtype: 'object',
    shape: [1, 2],
    data: [new Tagged('reference', '/#refs#/a'), null],
  });
  const bytes = await encodeHdf5({ c: cell, '#refs#': { a: x } }, { userBlock: header, strings: 'fixed' });
  expect(bytes.subarray(0, header.byteLength)).toEqual(header);
  const back = (await decodeHdf5(bytes)) as { c: NDArray };
  expect(back.c.shape).toEqual([1, 2]);
  expect(back.c.data).toEqual([new Tagged('reference', '/#refs#/a'), null]);
  const file = await openHdf5(bytes);
  expect(await file.attributes?.('/#refs#/a')).toEqual({ MATLAB_class: 'double' });
  await file.close();
});

it('refuses a reference to what is not there', async () => {
  await expect(encodeHdf5({ r: new Tagged('reference', '/nowhere') })).rejects.toMatchObject({
    code: 'unsupported',
  });
});
