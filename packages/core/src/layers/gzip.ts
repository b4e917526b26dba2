import { platform } from '#platform';
import { FormatError } from '../errors.js';
import { joinBytes } from '../io/ranges.js';
import { requireNode } from '../platform/require-node.js';
import { gunzipWeb, gunzipWebHead, gzipWeb } from './gzip-web.js';
import { checkLevel, type Layer, type Levels } from './layer.js';
import { inflate, inflateHead, type ZlibDecoder } from './zlib-inflate.js';
import { inflateSource, throughStream } from './zlib-stream.js';

const LEVELS: Levels = { least: 0, most: 9, usual: 6 };
/** No deflate stream gives more than this many bytes for one. */
const MOST_EXPANSION = 1032;
/** RFC 1952 §2.3.1: the byte that names the operating system, and its value for "unknown". */
const OS_BYTE = 9;
const OS_UNKNOWN = 255;
/** Header of 10 bytes, a deflate block of at least 2, CRC-32 and size. */
const LEAST_FILE = 20;

/** gzip, RFC 1952. Files of several members are read whole. */
export const gzipLayer: Layer = {
  compress(pieces, level) {
    const checked = checkLevel('gzip', level, LEVELS);
    if (platform === undefined) return gzipWeb(pieces, level);
    const packed = platform.zlib.gzipSync(joinBytes(pieces), { level: checked });
    // The same bytes on every operating system.
    packed[OS_BYTE] = OS_UNKNOWN;
    return [packed];
  },

  decompress(bytes, budget) {
    if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
      throw new FormatError('corrupt', 'decompress gzip: the bytes do not start with 1f 8b', { offset: 0 });
    }
    const decoder = nodeDecoder();
    return decoder === undefined
      ? gunzipWeb(bytes, budget)
      : inflate(decoder, bytes, guessSize(bytes), budget);
  },

  async *compressStream(pieces, level) {
    const checked = checkLevel('gzip', level, LEVELS);
    const { zlib } = requireNode('compress gzip in a stream');
    let at = 0;
    for await (const chunk of throughStream(zlib.createGzip({ level: checked }), pieces)) {
      if (at <= OS_BYTE && OS_BYTE < at + chunk.byteLength) chunk[OS_BYTE - at] = OS_UNKNOWN;
      at += chunk.byteLength;
      yield chunk;
    }
  },

  decompressStream(source, limit, signal) {
    requireNode('decompress gzip in a stream');
    return inflateSource(nodeDecoder()!, source, limit, signal);
  },

  decompressHead(head, count) {
    const decoder = nodeDecoder();
    return decoder === undefined ? gunzipWebHead(head, count) : inflateHead(decoder, head, count);
  },
};

function nodeDecoder(): ZlibDecoder | undefined {
  if (platform === undefined) return undefined;
  const { zlib } = platform;
  return {
    name: 'gzip',
    run: (bytes, options) => zlib.gunzipSync(bytes, options),
    stream: ({ chunkSize, partial }) =>
      zlib.createGunzip({ chunkSize, ...(partial ? { finishFlush: zlib.constants.Z_SYNC_FLUSH } : {}) }),
  };
}

/** The size in the last member's trailer (RFC 1952 §2.3.1, ISIZE); it is right for one member below 4 GiB. */
function guessSize(bytes: Uint8Array): number {
  if (bytes.byteLength < LEAST_FILE) return 0;
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(
    bytes.byteLength - 4,
    true,
  );
  return size > bytes.byteLength * MOST_EXPANSION ? 0 : size;
}
