import type { Budget } from '../budget.js';
import type { Source } from '../io/source.js';
import { brotliLayer } from './brotli.js';
import type { Compression } from './compression.js';
import { gzipLayer } from './gzip.js';
import type { Layer } from './layer.js';
import { windowsOf } from './zlib-stream.js';
import { zstdLayer } from './zstd.js';

const LAYERS: Readonly<Record<Exclude<Compression, 'none'>, Layer>> = {
  gzip: gzipLayer,
  brotli: brotliLayer,
  zstd: zstdLayer,
};

export interface CompressOptions {
  /** gzip 0–9 (default 6), brotli 0–11 (default 5), zstd 1–19 (default 3). */
  readonly level?: number | undefined;
}

/**
 * @throws FormatError `options` for a level out of range, `unsupported` when zstd's package is not installed
 */
export function compress(
  pieces: readonly Uint8Array[],
  compression: Compression,
  options: CompressOptions = {},
): readonly Uint8Array[] | Promise<readonly Uint8Array[]> {
  return compression === 'none' ? pieces : LAYERS[compression].compress(pieces, options.level);
}

/**
 * The whole content; its size is charged to the budget while it is made, not after.
 *
 * @throws FormatError `corrupt`, `limit`, `unsupported`
 */
export function decompress(
  bytes: Uint8Array,
  compression: Compression,
  budget: Budget,
): Uint8Array | Promise<Uint8Array> {
  return compression === 'none' ? bytes : LAYERS[compression].decompress(bytes, budget);
}

/** The same piece by piece, in bounded memory: on Node.js. */
export function compressStream(
  pieces: AsyncIterable<Uint8Array>,
  compression: Compression,
  options: CompressOptions = {},
): AsyncIterable<Uint8Array> {
  return compression === 'none' ? pieces : LAYERS[compression].compressStream(pieces, options.level);
}

/**
 * The content of a file piece by piece, in bounded memory: on Node.js.
 *
 * @throws FormatError `corrupt`, `limit` where it has more than `limit` bytes
 */
export function decompressStream(
  source: Source,
  compression: Compression,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  return compression === 'none'
    ? windowsOf(source, signal)
    : LAYERS[compression].decompressStream(source, limit, signal);
}

/** Up to `count` first bytes of the content, from the first bytes of a file; fewer where the head is cut. */
export function decompressHead(
  head: Uint8Array,
  compression: Compression,
  count: number,
): Uint8Array | Promise<Uint8Array> {
  return compression === 'none' ? head.subarray(0, count) : LAYERS[compression].decompressHead(head, count);
}
