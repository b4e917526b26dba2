import { platform } from '#platform';
import { asCorrupt, corrupt, unsupported } from '../corrupt.js';
import type { Codec } from '../footer.js';
import { hadoopLz4Decompress, lz4Decompress } from './lz4.js';
import { snappyDecompress } from './snappy.js';

/**
 * The content of one page, of exactly `size` bytes; where the codec can, in what `room` gives. `offset` is for
 * messages.
 *
 * @throws FormatError `corrupt`
 */
export type Decompress = (bytes: Uint8Array, size: number, offset: number, room: Room) => Uint8Array;

/** Memory of the size. */
export type Room = (size: number) => Uint8Array;

/** What `node:zlib` has from Node 22.15 on; its types may be older. */
type ZlibWithZstd = {
  zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
};

/** The decompressor of a codec; a promise where its library has to be loaded. @throws FormatError `unsupported` */
export function loadDecompress(codec: Codec): Decompress | Promise<Decompress> {
  switch (codec) {
    case 'UNCOMPRESSED':
      return (bytes) => bytes;
    case 'SNAPPY':
      return snappyDecompress;
    case 'LZ4':
      return hadoopLz4Decompress;
    case 'LZ4_RAW':
      return lz4Decompress;
    case 'GZIP': {
      if (platform === undefined)
        return loadLibrary().then((library) => checked('gzip', library.decompressGzip));
      const { gunzipSync } = platform.zlib;
      return checked('gzip', (bytes, size) => gunzipSync(bytes, { maxOutputLength: Math.max(1, size) }));
    }
    case 'BROTLI': {
      if (platform === undefined)
        return loadLibrary().then((library) => checked('brotli', library.decompressBrotli));
      const { brotliDecompressSync } = platform.zlib;
      return checked('brotli', (bytes, size) =>
        brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, size) }),
      );
    }
    case 'ZSTD': {
      const native = (platform?.zlib as ZlibWithZstd | undefined)?.zstdDecompressSync;
      if (native !== undefined)
        return checked('zstd', (bytes, size) => native(bytes, { maxOutputLength: Math.max(1, size) }));
      return loadLibrary().then((library) =>
        checked('zstd', (bytes, size) => library.decompressZstd(bytes, new Uint8Array(size))),
      );
    }
    case 'LZO':
      throw unsupported("read column chunk: no JavaScript library reads its codec 'LZO'", 'codec LZO', {
        supported: ['SNAPPY', 'GZIP', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'],
      });
  }
}

function loadLibrary(): Promise<typeof import('hyparquet-compressors')> {
  return import('hyparquet-compressors').catch((cause: unknown) => {
    throw unsupported(
      "read column chunk: its decompressor is missing; run 'npm i hyparquet-compressors'",
      'decompression',
      { cause },
    );
  });
}

function checked(name: string, run: (bytes: Uint8Array, size: number) => Uint8Array): Decompress {
  return (bytes, size, offset) => {
    let content: Uint8Array;
    try {
      content = run(bytes, size);
    } catch (error) {
      throw asCorrupt(error, `decompress ${name} page`, offset);
    }
    if (content.byteLength !== size)
      throw corrupt(`decompress ${name} page: ${content.byteLength} bytes, its header says ${size}`, offset);
    // zlib gives Buffers, which do some things differently.
    return new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  };
}
