import {
  bytesSource,
  countingSource,
  createLab,
  firstDifference,
  type NDArray,
  sliceArray,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { text } from '../src/index.js';

const lab = createLab([text]);
const SLICES = ['10:20', '5', '-3:', '::30000', '99990:', '7:3', ''] as const;

async function opened(content: string | Uint8Array, options: Readonly<Record<string, unknown>> = {}) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { source, counts } = countingSource(bytesSource(bytes, 'file.txt'));
  const whole = (await lab.decode(bytes, { format: 'text', options })) as NDArray;
  return { file: await lab.open(source, { format: 'text', options }), counts, whole, size: bytes.length };
}

const rows = (count: number, row: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => row(i)).join('\n');

describe('rows of a text file', () => {
  it.each([
    ['integers', rows(100_000, (i) => `${i} ${-i} ${i * 7} 12345678`), {}],
    [
      'integers and a float at the end',
      `${rows(100_000, (i) => `${i} -0 ${i * 7} 12345678`)}\n0.5 1 2 3\n`,
      {},
    ],
    ['one column below a comment', `# numbers\n${rows(200_000, (i) => `${i}.25`)}\n# end`, {}],
    ['lines', rows(150_000, (i) => `line ${i} é`), {}],
    ['lines with CRLF', rows(150_000, (i) => `line ${i}\r`), { as: 'lines' }],
    ['floats by option', rows(100_000, (i) => `${i} ${i}`), { dtype: 'float64', skipRows: 3 }],
    [
      'a byte order mark of UTF-16',
      new Uint8Array(Buffer.from('\ufeff1 2\n3 4\n5 6\n7 8\n9 0\n1 1\n', 'utf16le')),
      {},
    ],
  ])('are those of the whole: %s', async (_what, content, options) => {
    const { file, whole } = await opened(content, options);
    expect(await file.entries()).toMatchObject([{ kind: 'array', dtype: whole.dtype, shape: whole.shape }]);
    for (const slice of SLICES) {
      if (slice === '5' && whole.shape[0]! < 6) continue;
      expect(
        firstDifference(sliceArray(whole, slice), await file.read('', { slice })),
        slice,
      ).toBeUndefined();
    }
    if (whole.shape.length === 2)
      expect(
        firstDifference(sliceArray(whole, '3:5,1'), await file.read('', { slice: '3:5,1' })),
      ).toBeUndefined();
    await expect(file.read('', { slice: '999999999' })).rejects.toMatchObject({ code: 'bad-selection' });
  });

  it('are read no further than they need where their type is known', async () => {
    const content = rows(600_000, (i) => `${i} ${i}`);
    for (const options of [{ dtype: 'int64' }, { as: 'lines' }]) {
      const { file, counts, size } = await opened(content, options);
      await file.read('', { slice: '10:20' });
      expect(counts.bytesRead).toBeLessThan(size / 3);
    }
  });

  it('take the memory of the slice, not of the file', async () => {
    const content = rows(600_000, (i) => `${i} ${i}`);
    const bytes = new TextEncoder().encode(content);
    const file = await lab.open(bytesSource(bytes, 'file.txt'), {
      format: 'text',
      budget: { bytes: 6_000_000 },
    });
    expect(await file.read('', { slice: '500000:500002' })).toMatchObject({ dtype: 'int64', shape: [2, 2] });
    await expect(file.read('')).rejects.toMatchObject({ code: 'limit' });
  });

  it('have the error of the whole where a row is wrong', async () => {
    const content = `${rows(100_000, (i) => `${i} ${i}`)}\n1 2 3\n`;
    const file = await lab.open(new TextEncoder().encode(content), { format: 'text' });
    await expect(file.read('', { slice: '1:2' })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('line 100001'),
    });
  });
});
