import type { Transform } from 'node:stream';
import { platform } from '#platform';
import type { ZlibDecoder } from './zlib-inflate.js';

/** What `node:zlib` has from Node 22.15 on; the types in use are older. */
interface NativeZstd {
  readonly constants: { readonly [name: string]: number };
  zstdCompressSync(bytes: Uint8Array, options: object): Uint8Array;
  zstdDecompressSync(bytes: Uint8Array, options: object): unknown;
  createZstdDecompress(options: object): Transform;
}

/** Windows up to 2 GiB: the walk over the frame has bounded what it may hold. */
const MOST_WINDOW_LOG = 31;

/** @returns undefined where this Node has no zstd, and in browsers */
export function nativeCompress(content: Uint8Array, level: number): Uint8Array | undefined {
  const zlib = nativeZstd();
  if (zlib === undefined) return undefined;
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = zlib.constants;
  const params = { [ZSTD_c_compressionLevel!]: level, [ZSTD_c_checksumFlag!]: 1 };
  // Without the size ahead the frame would not say how large its content is.
  return zlib.zstdCompressSync(content, { params, pledgedSrcSize: content.byteLength });
}

export function nativeDecoder(): ZlibDecoder | undefined {
  const zlib = nativeZstd();
  if (zlib === undefined) return undefined;
  const params = { [zlib.constants.ZSTD_d_windowLogMax!]: MOST_WINDOW_LOG };
  return {
    name: 'zstd',
    run: (bytes, options) => zlib.zstdDecompressSync(bytes, { ...options, params }),
    stream: ({ chunkSize, partial }) =>
      zlib.createZstdDecompress({
        chunkSize,
        params,
        ...(partial ? { finishFlush: zlib.constants.ZSTD_e_flush } : {}),
      }),
  };
}

function nativeZstd(): NativeZstd | undefined {
  if (platform === undefined || !('zstdCompressSync' in platform.zlib)) return undefined;
  // Checked just above; @types/node of Node 20 does not know it.
  return platform.zlib as unknown as NativeZstd;
}
