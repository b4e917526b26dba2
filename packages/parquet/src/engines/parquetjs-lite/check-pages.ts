import type { Budget } from '@formatlab/core';
import { ByteReader } from '../../byte-reader.js';
import { loadDecompress } from '../../codec/decompress.js';
import { corrupt } from '../../corrupt.js';
import type { ChunkMeta } from '../../footer.js';
import { decodePageHeader, type PageHeader } from '../../page-header.js';
import { leafPath } from '../../schema/field.js';
import type { Leaf } from '../../schema/tree.js';
import type { TableFile } from '../../table-file.js';

/** The library keeps values and both levels in plain arrays. */
const VALUE_BYTES = 32;

/**
 * Checks sizes and counts of all pages before the library allocates by them: it believes what they say.
 *
 * @throws FormatError `corrupt`, `limit`
 */
export function checkPages({ footer, leaves }: TableFile, bytes: Uint8Array, budget: Budget): void {
  for (const { chunks } of footer.groups) {
    for (const leaf of leaves) checkChunk(leaf, chunks[leaf.index]!, bytes, budget);
  }
}

function checkChunk(
  leaf: Leaf,
  { start, length, values, codec }: ChunkMeta,
  bytes: Uint8Array,
  budget: Budget,
): void {
  const reader = new ByteReader(bytes.subarray(start, start + length), start);
  let left = values;
  while (left > 0) {
    const offset = reader.base + reader.at;
    const header = decodePageHeader(reader);
    budget.takeBytes(
      header.size + header.values * VALUE_BYTES,
      `a page of ${header.size} bytes and ${header.values} values`,
    );
    if (header.type === 'data' || header.type === 'dataV2') left -= header.values;
    if (left < 0) throw corrupt(`read '${leafPath(leaf)}': more than its ${values} values`, offset);
    const body = reader.take(header.packed, 'a page');
    if (codec !== 'UNCOMPRESSED') checkSize(codec, header, body, offset);
  }
}

/** What its decompressors allocate: the size that Snappy's data begin with, and all that gzip gives. */
function checkSize(codec: ChunkMeta['codec'], header: PageHeader, body: Uint8Array, offset: number): void {
  const levels = header.defLength + header.repLength;
  const packed = body.subarray(levels);
  const size = header.size - levels;
  if (!header.compressed || packed.byteLength === 0) return;
  if (codec === 'SNAPPY') {
    const declared = new ByteReader(packed, offset).varint('the size of a Snappy page');
    if (declared !== size)
      throw corrupt(`decompress Snappy page: ${declared} bytes, its header says ${size}`, offset);
    return;
  }
  const decompress = loadDecompress(codec);
  // Only where a library has to be loaded: never on Node, without which there is no parquetjs-lite.
  if (decompress instanceof Promise) return;
  decompress(packed, size, offset, (count) => new Uint8Array(count));
}
