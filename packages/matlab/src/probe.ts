import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { startsAsMat4 } from './mat4/decode.js';
import { readFileHeader } from './mat5/file-header.js';

/** Version and byte order stand at 124; version 4 has no magic number, only a header that few files have. */
export function probe({ head, name }: ProbeInput): ProbeResult | undefined {
  const header = readFileHeader(head);
  if (header !== undefined) {
    const named = String.fromCharCode(...head.subarray(0, 6)) === 'MATLAB';
    // Before HDF5, which is sure of 7.3 as well.
    return { score: named ? 1 : 0.9, why: `MAT ${header.kind} version and byte order at byte 124` };
  }
  if (!startsAsMat4(head)) return undefined;
  return { score: name?.toLowerCase().endsWith('.mat') === true ? 0.8 : 0.4, why: 'a header of MAT 4' };
}
