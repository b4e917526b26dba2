import { createLab, isFormatError, ndarray } from '@formatlab/core';
import { expect, it } from 'vitest';
import { encodeParquet, parquet } from '../src/index.js';

const text = new TextEncoder();
const bytes = await encodeParquet(ndarray([1, 2, 3]));

function probe(head: Uint8Array, tail: Uint8Array): number | undefined {
  return parquet.probe({ head, tail, size: head.byteLength, name: undefined })?.score;
}

it('takes PAR1 at both ends for certain, and at the head alone for a cut file', () => {
  expect(probe(bytes, bytes)).toBe(1);
  expect(probe(bytes, bytes.subarray(0, -3))).toBe(0.8);
  expect(probe(text.encode('PAR2'), bytes)).toBeUndefined();
});

it('knows encrypted footers, and refuses to read them', async () => {
  const encrypted = bytes.slice();
  encrypted.set(text.encode('PARE'), 0);
  encrypted.set(text.encode('PARE'), encrypted.byteLength - 4);
  expect(probe(encrypted, encrypted)).toBe(1);
  const error = await createLab([parquet])
    .decode(encrypted)
    .catch((thrown: unknown) => thrown);
  expect(isFormatError(error) && [error.code, error.feature]).toEqual(['unsupported', 'encryption']);
});
