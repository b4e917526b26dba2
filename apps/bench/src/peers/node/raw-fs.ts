import { appendFileSync, closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { type NDArray, sizeOfShape, type Value } from '@formatlab/core';
import { hashValue } from '../../datasets/hash-value.js';
import { bytesOfArray, namedArray, namedArrays } from '../arrays.js';
import { isFloat64, type Outline } from '../outline.js';
import { type PeerWork, peerWork } from '../peer.js';

/** As many bytes as the values have, without any format: the limit of the machine. */
export function rawFs(outline: Outline): PeerWork {
  return peerWork({
    given: (value) =>
      isFloat64(outline) ? arrayBytes(value) : new Uint8Array(hashValue(value).bytes).fill(1),
    write: (path, bytes: Uint8Array) => writeFileSync(path, bytes),
    read: (path) => readFileSync(path),
    // Bytes alone are no value: they are compared by their number.
    value: () => null,
    readOne(path, name) {
      const { at, length } = placeOf(outline, name);
      const bytes = new Uint8Array(length);
      const fd = openSync(path, 'r');
      readSync(fd, bytes, 0, length, at);
      closeSync(fd);
      return new Float64Array(bytes.buffer);
    },
    append: (path, name, array: NDArray) => appendFileSync(path, bytesOfArray(namedArray(name, array).data)),
  });
}

function arrayBytes(value: Value): Uint8Array {
  const arrays = namedArrays(value);
  if (arrays.length === 1) return bytesOfArray(arrays[0]!.data);
  return new Uint8Array(Buffer.concat(arrays.map(({ data }) => bytesOfArray(data))));
}

/** Arrays lie one behind the other. */
function placeOf(outline: Outline, name: string): { at: number; length: number } {
  let at = 0;
  for (const array of outline.kind === 'arrays' ? outline.arrays : []) {
    const length = sizeOfShape(array.shape) * Float64Array.BYTES_PER_ELEMENT;
    if (array.name === name) return { at, length };
    at += length;
  }
  throw new RangeError(`read '${name}': there is no such array`);
}
