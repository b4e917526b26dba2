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
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  return 'none';
}
