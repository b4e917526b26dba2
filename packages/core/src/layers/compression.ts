/** A compression layer around a whole file. */
export type Compression = 'none' | 'gzip' | 'brotli' | 'zstd';

export const COMPRESSIONS: readonly Compression[] = ['none', 'gzip', 'brotli', 'zstd'];

const SUFFIXES: readonly (readonly [string, Compression])[] = [
  ['.gz', 'gzip'],
  ['.br', 'brotli'],
  ['.zst', 'zstd'],
];

export interface PeeledName {
  readonly compression: Compression;
  /** The name without the suffix. */
  readonly name: string;
}

/** `a.csv.gz` → gzip and `a.csv`. */
export function peelName(name: string): PeeledName {
  for (const [suffix, compression] of SUFFIXES) {
    if (name.toLowerCase().endsWith(suffix)) return { compression, name: name.slice(0, -suffix.length) };
  }
  return { compression: 'none', name };
}

/** The suffix that a compressed file's name ends with: `.gz`, `.br`, `.zst`, or nothing. */
export function suffixOf(compression: Compression): string {
  return SUFFIXES.find(([, id]) => id === compression)?.[0] ?? '';
}

/** What the first bytes say: gzip (RFC 1952) and zstd (RFC 8878) have magic numbers, brotli has none. */
export function compressionOfHead(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  return isZstd(head) ? 'zstd' : 'none';
}

/** A frame, or skippable ones (RFC 8878, section 3.1.2) with a frame behind them; LZ4 has skippable ones as well. */
function isZstd(head: Uint8Array): boolean {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let at = 0;
  while (at + 8 <= head.byteLength) {
    const magic = view.getUint32(at, true);
    if (magic === ZSTD_MAGIC) return true;
    if ((magic & SKIPPABLE_MASK) >>> 0 !== SKIPPABLE_MAGIC) return false;
    at += 8 + view.getUint32(at + 4, true);
  }
  return at + 4 <= head.byteLength && view.getUint32(at, true) === ZSTD_MAGIC;
}

const ZSTD_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_MASK = 0xfffffff0;
