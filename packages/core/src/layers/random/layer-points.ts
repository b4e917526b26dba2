import { damagedIndex, VarintReader, VarintWriter } from '../../file-index/varints.js';

/** A place in a compressed file where decompressing can begin. */
export interface LayerPoint {
  /** Byte of the file, and the bit of it. */
  readonly at: number;
  readonly bit: number;
  /** Byte of the content. */
  readonly out: number;
  /** Bytes that what was decompressed before takes in the windows of the index; 0 where nothing is needed. */
  readonly windowBytes: number;
}

export interface LayerPoints {
  readonly compression: 'gzip' | 'zstd';
  /** Bytes of content. */
  readonly size: number;
  /** Bytes of the file. */
  readonly end: number;
  readonly points: readonly LayerPoint[];
}

/** The points, and what was decompressed before each that needs it. */
export interface MadePoints {
  readonly layer: LayerPoints;
  readonly windows: Uint8Array;
}

const KINDS = ['gzip', 'zstd'] as const;

export function encodePoints({ compression, size, end, points }: LayerPoints): Uint8Array {
  const writer = new VarintWriter();
  writer.unsigned(KINDS.indexOf(compression));
  writer.unsigned(size);
  writer.unsigned(end);
  writer.unsigned(points.length);
  let before = { at: 0, out: 0 };
  for (const point of points) {
    writer.unsigned((point.at - before.at) * 8 + point.bit);
    writer.unsigned(point.out - before.out);
    writer.unsigned(point.windowBytes);
    before = point;
  }
  return writer.finish();
}

/** @throws FormatError `corrupt` of feature `index` */
export function decodePoints(bytes: Uint8Array): LayerPoints {
  const reader = new VarintReader(bytes);
  const compression = KINDS[reader.unsigned()];
  const size = reader.unsigned();
  const end = reader.unsigned();
  const points = new Array<LayerPoint>(reader.count());
  let at = 0;
  let out = 0;
  for (let i = 0; i < points.length; i++) {
    const step = reader.unsigned();
    at += Math.floor(step / 8);
    out += reader.unsigned();
    points[i] = { at, bit: step % 8, out, windowBytes: reader.unsigned() };
  }
  reader.end();
  const first = points[0];
  if (compression === undefined || at > end || out > size || (size > 0 && first?.out !== 0))
    throw damagedIndex('its places of the compressed file are none');
  return { compression, size, end, points };
}
