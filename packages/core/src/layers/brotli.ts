import { platform } from '#platform';
import { FormatError } from '../errors.js';
import { joinBytes } from '../io/ranges.js';
import type { Platform } from '../platform/node.js';
import { checkLevel, type Layer, type Levels } from './layer.js';
import { inflate, inflateHead, type ZlibDecoder } from './zlib-inflate.js';
import { inflateSource, throughStream } from './zlib-stream.js';

const LEVELS: Levels = { least: 0, most: 11, usual: 5 };
/** Brotli does not say how large its content is: text gets to about this. */
const USUAL_EXPANSION = 8;

/** Brotli, RFC 7932. It has no checksum: a flipped bit may go unnoticed. */
export const brotliLayer: Layer = {
  compress(pieces, level) {
    const quality = checkLevel('brotli', level, LEVELS);
    const { zlib } = requireBrotli('compress');
    const content = joinBytes(pieces);
    const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
    const params = { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_SIZE_HINT]: content.byteLength };
    return [zlib.brotliCompressSync(content, { params })];
  },

  decompress: (bytes, budget) =>
    inflate(nodeDecoder(requireBrotli('decompress')), bytes, bytes.byteLength * USUAL_EXPANSION, budget),

  compressStream(pieces, level) {
    const quality = checkLevel('brotli', level, LEVELS);
    const { zlib } = requireBrotli('compress');
    const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: quality };
    return throughStream(zlib.createBrotliCompress({ params }), pieces);
  },

  decompressStream: (source, limit, signal) =>
    inflateSource(nodeDecoder(requireBrotli('decompress')), source, limit, signal),

  decompressHead: (head, count) => inflateHead(nodeDecoder(requireBrotli('decompress')), head, count),
};

function nodeDecoder({ zlib }: Platform): ZlibDecoder {
  return {
    name: 'brotli',
    run: (bytes, options) => zlib.brotliDecompressSync(bytes, options),
    stream: ({ chunkSize, partial }) =>
      zlib.createBrotliDecompress({
        chunkSize,
        ...(partial ? { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH } : {}),
      }),
  };
}

function requireBrotli(action: string): Platform {
  if (platform !== undefined) return platform;
  throw new FormatError('unsupported', `${action} brotli: browsers give no access to it`, {
    feature: 'brotli in a browser',
    supported: ['gzip', 'zstd'],
  });
}
