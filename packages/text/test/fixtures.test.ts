import { readdirSync, readFileSync } from 'node:fs';
import { createLab, firstDifference, NDArray } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { text } from '../src/index.js';

interface Answer {
  readonly options: Readonly<Record<string, unknown>>;
  readonly expected: {
    readonly dtype: 'int64' | 'float64' | 'complex128';
    readonly shape: readonly number[];
    readonly hex: string;
  };
}

const folder = new URL('./fixtures/', import.meta.url);
const lab = createLab([text]);
const files = readdirSync(folder).filter((file) => /\.(?:txt|dat)$/.test(file));

describe('files that NumPy wrote or reads', () => {
  it.each(files)('%s holds what NumPy says', async (file) => {
    const { options, expected } = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as Answer;
    const loaded = await lab.load(new URL(file, folder).pathname, { format: 'text', options });
    expect(firstDifference(loaded, arrayOf(expected))).toBeUndefined();
  });

  it.each(files)('%s comes back the same when written again', async (file) => {
    const { options } = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as Answer;
    const loaded = (await lab.load(new URL(file, folder).pathname, { format: 'text', options })) as NDArray;
    const again = await lab.decode(await lab.encode(loaded, 'text'), { format: 'text' });
    if (loaded.shape.length > 0) expect(firstDifference(again, loaded)).toBeUndefined();
  });
});

function arrayOf({ dtype, shape, hex }: Answer['expected']): NDArray {
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
  const data = dtype === 'int64' ? new BigInt64Array(bytes.buffer) : new Float64Array(bytes.buffer);
  // A NaN in text has neither sign nor payload.
  if (data instanceof Float64Array)
    for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = Number.NaN;
  return new NDArray({ dtype, shape, data });
}
