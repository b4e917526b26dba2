import { statSync } from 'node:fs';
import {
  concatArrays,
  createLab,
  type Format,
  type NDArray,
  ndarray,
  newRecord,
  scalarType,
  Table,
  type Value,
  withAttributes,
} from '@formatlab/core';
import { seededRandom } from '../statistics/random.js';
import type { Arrays, Container } from './containers.js';
import { nameOf } from './containers.js';

/** Text of the header of a MAT 7.3 file, which fills the first 512 bytes of it. */
const MAT73_HEADER = 'MATLAB 7.3 MAT-file, written by FormatLab';
const USER_BLOCK = 512;

export interface Made {
  readonly ms: number;
  readonly bytes: number;
}

/** Writes the file of a container. @throws FormatError where the format does not hold it */
export async function makeContainer(
  container: Container,
  path: string,
  arrays: Arrays,
  formats: readonly Format[],
): Promise<Made> {
  const lab = createLab(formats);
  const value = valueOf(container, arrays);
  const start = performance.now();
  if (container.layout === 'mat73')
    await lab.save(path, value, { format: 'hdf5', options: { userBlock: mat73Header() } });
  else {
    const options = container.options ?? {};
    await lab.save(path, value, { format: container.format, options });
  }
  const made = { ms: performance.now() - start, bytes: statSync(path).size };
  await makeIndex(container, path, formats);
  return made;
}

/** The index beside the file, where the container has one. */
export async function makeIndex(
  { indexed, format }: Container,
  path: string,
  formats: readonly Format[],
): Promise<void> {
  if (indexed === true) await createLab(formats).index(path, { format });
}

/** The array that is appended: as rows of a table where the container is one. */
export function oneMore(container: Container, arrays: Arrays): Value {
  const array = randomArrays({ ...arrays, count: 1, seed: arrays.seed + 1 })[0]!;
  return container.layout === 'rows' ? tableOf([array], arrays) : array;
}

function valueOf(container: Container, arrays: Arrays): Value {
  const made = randomArrays(arrays);
  if (container.layout === 'rows') return tableOf(made, arrays);
  if (container.layout === 'stacked') return concatArrays(made);
  const record = newRecord();
  made.forEach((array, i) => {
    const value = container.layout === 'mat73' ? withAttributes(array, { MATLAB_class: 'double' }) : array;
    record[nameOf(i)] = value;
  });
  return record;
}

function randomArrays({ count, rows, columns, seed }: Arrays): NDArray[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const data = new Float64Array(rows * columns);
    for (let i = 0; i < data.length; i++) data[i] = random();
    return ndarray(data, [rows, columns]);
  });
}

function tableOf(arrays: readonly NDArray[], { rows, columns }: Arrays): Table {
  return new Table(
    arrays.length * rows,
    Array.from({ length: columns }, (_, column) => {
      const data = new Float64Array(arrays.length * rows);
      arrays.forEach((array, i) => {
        const from = array.data as Float64Array; // as they were made
        for (let row = 0; row < rows; row++) data[i * rows + row] = from[row * columns + column]!;
      });
      return { name: `c${column}`, type: scalarType('float64'), values: ndarray(data) };
    }),
  );
}

function mat73Header(): Uint8Array {
  const header = new Uint8Array(USER_BLOCK);
  header.fill(0x20, 0, 116);
  header.set(new TextEncoder().encode(MAT73_HEADER));
  // Version 2.0 and the mark of the byte order.
  header.set([0x00, 0x02, 0x49, 0x4d], 124);
  return header;
}
