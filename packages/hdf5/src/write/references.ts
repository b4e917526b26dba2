import { FormatError, isNDArray, isTagged, type NDArray, type Value } from '@formatlab/core';
import { REFERENCE_BYTES } from './datatype.js';

/** Elements that stand for objects, to be filled in when every object has its address. */
export class References {
  readonly #pending: {
    readonly bytes: Uint8Array;
    readonly at: number;
    readonly to: string;
    readonly path: string;
  }[] = [];

  /** The elements of an array of references, for now without addresses: null is the null reference. */
  elements(array: NDArray, path: string): Uint8Array {
    const values = array.data as readonly Value[];
    const bytes = new Uint8Array(values.length * REFERENCE_BYTES);
    values.forEach((value, i) => {
      if (isTagged(value) && typeof value.value === 'string')
        this.#pending.push({ bytes, at: i * REFERENCE_BYTES, to: value.value, path });
    });
    return bytes;
  }

  /** @throws FormatError `unsupported` for a reference to what is not written */
  resolve(addressOf: (pointer: string) => number | undefined): void {
    for (const { bytes, at, to, path } of this.#pending.splice(0)) {
      const address = addressOf(to);
      if (address === undefined)
        throw new FormatError(
          'unsupported',
          `write reference '${path}' as hdf5: '${to}' is not in the file`,
          {
            format: 'hdf5',
            path,
            feature: 'references out of the file',
          },
        );
      new DataView(bytes.buffer).setBigUint64(at, BigInt(address), true);
    }
  }
}

export function isReference(value: unknown): boolean {
  return (
    isTagged(value) && value.tag === 'reference' && value.attributes === undefined && isPointer(value.value)
  );
}

function isPointer(value: Value): boolean {
  return value === null || typeof value === 'string';
}

/** Whether an array holds references to objects, and nothing else. */
export function isReferenceArray(value: unknown): value is NDArray {
  if (!isNDArray(value) || value.dtype !== 'object') return false;
  const items = value.data as readonly Value[];
  return items.some(isReference) && items.every((item) => item === null || isReference(item));
}
