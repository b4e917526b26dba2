import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLab, isNDArray, type NDArray, toCOrder, type Value } from '@formatlab/core';
import { numpy } from '@formatlab/numpy';
import { pickle } from '@formatlab/pickle';
import type { Corpus, CorpusCase } from '../corpus.js';

/** NumPy's answer: the shape, and the hash of the elements' bytes where they are no objects. */
interface Answer {
  readonly file: string;
  readonly shape: readonly number[];
  readonly sha?: string;
}

const ANSWERS = ['numpy/numcodecs.expected.json', 'numpy/numpy.expected.json'];

/** Object arrays are pickles. */
const lab = createLab([numpy, pickle]);

export const numpyCorpus: Corpus = { format: 'numpy', cases };

function* cases(folder: string): Iterable<CorpusCase> {
  for (const list of ANSWERS) {
    for (const answer of JSON.parse(readFileSync(join(folder, list), 'utf8')) as Answer[]) {
      const path = join(folder, answer.file);
      yield {
        file: answer.file,
        kind: 'valid',
        ours: async () => difference(await lab.load(path, { options: { order: 'keep' } }), answer),
      };
    }
  }
}

function difference(value: Value, { shape, sha }: Answer): string | undefined {
  // Structured arrays are tables, npz files records: that they open is what is counted.
  if (!isNDArray(value)) return undefined;
  if (value.shape.join() !== shape.join()) return `shape [${shape}] came back as [${value.shape}]`;
  if (sha === undefined || !ArrayBuffer.isView(value.data)) return undefined;
  const same = [value, toCOrder(value)].some((array) => hashOf(array) === sha);
  return same ? undefined : `elements of ${value.dtype} are not those of NumPy`;
}

function hashOf({ data }: NDArray): string {
  const { buffer, byteOffset, byteLength } = data as Float64Array;
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex')
    .slice(0, 24);
}
