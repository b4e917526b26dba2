import { createLab, firstDifference, ndarray } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decode{{Type}}, encode{{Type}}, {{constant}} } from '../src/index.js';

const lab = createLab([{{constant}}]);
const array = ndarray(new Float64Array([1, 2, 3, 4]), [2, 2]);

describe('{{id}}', () => {
  it('is read as it was written', async () => {
    expect(firstDifference(await lab.decode(await lab.encode(array, '{{id}}')), array)).toBeUndefined();
  });

  it('works without the lab', () => {
    const bytes = new Uint8Array(Buffer.concat(encode{{Type}}(array)));
    expect(firstDifference(decode{{Type}}(bytes), array)).toBeUndefined();
  });

  it('indents the header when asked', async () => {
    const bytes = await lab.encode(array, '{{id}}', { options: { indent: 2 } });
    expect(new TextDecoder('latin1').decode(bytes.subarray(0, 60))).toContain('\n  dtype: float64\n');
    expect(firstDifference(await lab.decode(bytes), array)).toBeUndefined();
  });

  it('says where a file is damaged', async () => {
    const bytes = await lab.encode(array, '{{id}}');
    await expect(lab.decode(bytes.subarray(0, -1))).rejects.toMatchObject({ code: 'corrupt', format: '{{id}}', offset: expect.any(Number) });
  });
});
