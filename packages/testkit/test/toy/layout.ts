import { crc32 } from 'node:zlib';
import { FormatError, joinBytes } from '@formatlab/core';

/**
 * A toy file: magic, blobs, and at the end the index: JSON text that describes the value and points at the
 * blobs, then its length and CRC-32, then the end mark. What is appended overwrites the index only.
 */
export const MAGIC = new TextEncoder().encode('TOY\x01\r\n\x1a\n');
const END = new TextEncoder().encode('\x01YOT');
/** Length and CRC-32 of the index, end mark. */
export const TRAILER_BYTES = 12;

/** A run of bytes of the file, and what they sum up to. */
export interface Blob {
  readonly at: number;
  readonly length: number;
  readonly crc: number;
}

export function corrupt(message: string, offset?: number): FormatError {
  return new FormatError('corrupt', message, { format: 'toy', offset });
}

/** The index as it stands at the end of the file. */
export function indexBytes(node: unknown): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(node));
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, text.byteLength, true);
  trailer.setUint32(4, crc32(text), true);
  return joinBytes([text, new Uint8Array(trailer.buffer), END]);
}

export function checkMagic(head: Uint8Array): void {
  if (head.byteLength >= MAGIC.byteLength && MAGIC.every((byte, i) => head[i] === byte)) return;
  throw new FormatError('not-this-format', 'read a toy file: it does not start with the magic number', {
    format: 'toy',
    offset: 0,
  });
}

/** Where the index lies, by the trailer of a file of `size` bytes. */
export function indexBlob(trailer: Uint8Array, size: number): Blob {
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  if (trailer.byteLength < TRAILER_BYTES || !END.every((byte, i) => trailer[8 + i] === byte))
    throw corrupt('read the index: the file does not end with the end mark', size);
  const length = view.getUint32(0, true);
  const at = size - TRAILER_BYTES - length;
  if (at < MAGIC.byteLength)
    throw corrupt(`read the index: ${length} bytes do not fit the file`, size - TRAILER_BYTES);
  return { at, length, crc: view.getUint32(4, true) };
}

/** The index, parsed. Its CRC-32 vouches for its shape: only this format writes one. */
export function parseIndex(bytes: Uint8Array, blob: Blob): unknown {
  checkSum(bytes, blob, 'the index');
  return JSON.parse(new TextDecoder().decode(bytes));
}

export function checkSum(bytes: Uint8Array, blob: Blob, what: string): void {
  if (crc32(bytes) !== blob.crc)
    throw corrupt(`read ${what}: its bytes do not sum up to its checksum`, blob.at);
}
