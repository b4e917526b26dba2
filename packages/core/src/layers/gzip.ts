import type { Layer } from './layer.js';

export const gzipLayer: Layer = {
  compress: (pieces) => pieces,
  decompress: (bytes) => bytes,
  decompressHead: (head) => head,
};
