import { compress } from '@formatlab/core';
import type { Codec } from '../footer.js';
import { snappyCompress } from './snappy.js';

/** Compression of pages as the option names it. */
export type PageCompression = 'none' | 'snappy' | 'gzip' | 'zstd' | 'brotli';

export const PAGE_COMPRESSIONS: readonly PageCompression[] = ['snappy', 'none', 'gzip', 'zstd', 'brotli'];

const CODEC_OF: Readonly<Record<PageCompression, Codec>> = {
  none: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  zstd: 'ZSTD',
  brotli: 'BROTLI',
};

export function codecOf(compression: PageCompression): Codec {
  return CODEC_OF[compression];
}

/** The compressed body of a page; a promise where the codec's library has to be loaded. @throws FormatError `unsupported` */
export function compressPage(
  pieces: readonly Uint8Array[],
  compression: PageCompression,
  level: number | undefined,
): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
  if (compression !== 'snappy') return compress(pieces, compression, { level });
  return [snappyCompress(joined(pieces))];
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.byteLength;
  }
  return out;
}
