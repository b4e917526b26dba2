import { readFileSync, writeFileSync } from 'node:fs';
import { bytesOfArray, float64OfBytes, namedArrays, valueOfArrays } from '../arrays.js';
import { arraysOfOutline, isFloat64 } from '../outline.js';
import { type NodePeer, peerWork } from '../peer.js';

/** Magic, version 1.0, length of the header, padded to a multiple of 64 (NumPy's format, version 1.0). */
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0);
const PREFIX = MAGIC.length + 2;
const ALIGNMENT = 64;

/** An archive of `.npy` files by a ZIP library, stored as `np.savez` does: what one writes without a package for it. */
export async function fflateNpz(): Promise<NodePeer> {
  const { unzipSync, zipSync } = await import('fflate');
  return (outline) => {
    if (!isFloat64(outline)) return undefined;
    return peerWork({
      given: namedArrays,
      write(path, arrays) {
        const files = arrays.map(({ name, shape, data }) => [`${name}.npy`, npyFile(data, shape)] as const);
        writeFileSync(path, zipSync(Object.fromEntries(files), { level: 0 }));
      },
      read(path) {
        const files = unzipSync(readFileSync(path));
        return arraysOfOutline(outline).map(({ name }) => numbersOf(files[`${name}.npy`]!));
      },
      value: (found) => valueOfArrays(outline, found),
    });
  };
}

function npyFile(data: Float64Array, shape: readonly number[]): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const length = Math.ceil((PREFIX + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(length + data.byteLength);
  file.set(MAGIC);
  new DataView(file.buffer).setUint16(MAGIC.length, length - PREFIX, true);
  file.set(new TextEncoder().encode(`${text.padEnd(length - PREFIX - 1)}\n`), PREFIX);
  file.set(bytesOfArray(data), length);
  return file;
}

function numbersOf(file: Uint8Array): Float64Array {
  const header = new DataView(file.buffer, file.byteOffset).getUint16(MAGIC.length, true);
  return float64OfBytes(file.subarray(PREFIX + header));
}
