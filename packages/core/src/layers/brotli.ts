import type { Layer } from './layer.js';

export const brotliLayer: Layer = {
  compress: (pieces) => pieces,
  decompress: (bytes) => bytes,
  decompressHead: (head) => head,
};
