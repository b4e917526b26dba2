import type { Layer } from './layer.js';

export const zstdLayer: Layer = {
  compress: (pieces) => pieces,
  decompress: (bytes) => bytes,
  decompressHead: (head) => head,
};
