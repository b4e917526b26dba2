import { codecOf, compressPage, type PageCompression } from '../codec/compress.js';
import { crc32 } from '../codec/crc32.js';
import type { PageLocation } from '../column/page-index.js';
import { type ColumnData, physicalSize } from '../encoding/load.js';
import { CODECS } from '../footer.js';
import { after, all, type Maybe } from '../maybe.js';
import { ENCODINGS, type Encoding, PAGE_TYPE } from '../page-header.js';
import { PHYSICAL } from '../schema/element.js';
import type { Leaf } from '../schema/tree.js';
import { THRIFT } from '../thrift/decode.js';
import { ThriftWriter } from '../thrift/encode.js';
import { type Indexed, indexValues } from './dictionary.js';
import { cutPages, type PageCut, pageBody } from './pages.js';
import { byteArrays, checkDigits, isFixed, physicalBytes } from './plain.js';
import type { LeafEntries } from './shred.js';
import { type Bounds, boundsOf, encodeStatistics } from './statistics.js';

/** How chunks are written. */
export interface ChunkSettings {
  readonly compression: PageCompression;
  readonly level: number | undefined;
  readonly dictionary: boolean;
  readonly statistics: boolean;
  readonly checksums: boolean;
}

/** A written column chunk. Offsets count from its first byte. */
export interface WrittenChunk {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  /** Data pages, for an index; empty where there is one only. */
  readonly pages: readonly PageLocation[];
  readonly size: number;
  /** Writes `ColumnMetaData` for a chunk that starts at `at`. */
  describe(writer: ThriftWriter, id: number, at: number): void;
}

/** Snappy that saves less than a tenth is left out: the reading of plain pages is several times faster. */
const WORTHWHILE = 0.9;
/** Bytes after which that is known. */
const SAMPLE_BYTES = 65_536;

interface Page {
  readonly body: readonly Uint8Array[];
  readonly size: number;
  readonly values: number;
  /** Absent for the dictionary. */
  readonly firstRow?: number;
}

/** Encodes the entries of one leaf; a promise where the codec has to be loaded. @throws FormatError `unsupported` */
export function writeChunk(entries: LeafEntries, settings: ChunkSettings): Maybe<WrittenChunk> {
  const { leaf, data, present, entries: count } = entries;
  const fixed = isFixed(leaf) ? physicalBytes(leaf, data, present) : undefined;
  if (leaf.kind.load === 'same') checkDigits(leaf, data, present);
  const forced = leaf.kind.type.dictionary === true;
  const indexed = settings.dictionary || forced ? indexValues(leaf, data, fixed, present, forced) : undefined;
  const pages = pagesOf(entries, fixed, indexed);
  const bounds = settings.statistics ? boundsOf(leaf, data, fixed, present) : undefined;
  const encoding: Encoding = indexed === undefined ? 'PLAIN' : 'RLE_DICTIONARY';
  return after(compressPages(pages, settings), ({ bodies, compression }) => {
    const pieces: Uint8Array[] = [];
    const locations: PageLocation[] = [];
    let at = 0;
    let size = 0;
    let dataAt = 0;
    for (const [i, page] of pages.entries()) {
      const body = bodies[i]!;
      const packed = lengthOf(body);
      const header = pageHeader(page, packed, encoding, settings.checksums ? crc32(body) : undefined);
      if (page.firstRow === undefined) dataAt = header.byteLength + packed;
      else locations.push({ at, length: header.byteLength + packed, firstRow: page.firstRow });
      pieces.push(header, ...body);
      at += header.byteLength + packed;
      size += header.byteLength + page.size;
    }
    return {
      pieces,
      length: at,
      pages: locations.length > 1 ? locations : [],
      size,
      describe: describing({
        leaf,
        entries: count,
        present,
        compression,
        encoding,
        length: at,
        size,
        dataAt,
        bounds: settings.statistics ? { bounds } : undefined,
      }),
    };
  });
}

function pagesOf(entries: LeafEntries, fixed: Uint8Array | undefined, indexed: Indexed | undefined): Page[] {
  const pages = cutPages(entries).map((cut: PageCut): Page => {
    const body = pageBody(entries, fixed, indexed, cut);
    return { body, size: lengthOf(body), values: cut.entryTo - cut.entryFrom, firstRow: cut.firstRow };
  });
  if (indexed === undefined) return pages;
  const body = [dictionaryBody(entries.leaf, entries.data, fixed, indexed.firsts)];
  return [{ body, size: lengthOf(body), values: indexed.firsts.length }, ...pages];
}

function dictionaryBody(
  leaf: Leaf,
  data: ColumnData,
  fixed: Uint8Array | undefined,
  firsts: Int32Array,
): Uint8Array {
  if (fixed === undefined) {
    const distinct = Array.from(firsts, (first) => data[first]);
    // Distinct values of the leaf, of the class of its data where that is a plain array.
    return byteArrays(leaf, distinct as unknown as ColumnData, 0, distinct.length);
  }
  const size = physicalSize(leaf);
  const out = new Uint8Array(firsts.length * size);
  for (let i = 0; i < firsts.length; i++)
    out.set(fixed.subarray(firsts[i]! * size, (firsts[i]! + 1) * size), i * size);
  return out;
}

interface Compressed {
  readonly bodies: readonly (readonly Uint8Array[])[];
  readonly compression: PageCompression;
}

function compressPages(pages: readonly Page[], { compression, level }: ChunkSettings): Maybe<Compressed> {
  const plain: Compressed = { bodies: pages.map((page) => page.body), compression: 'none' };
  if (compression === 'none') return plain;
  const bodies: Maybe<readonly Uint8Array[]>[] = [];
  let before = 0;
  let packed = 0;
  for (const page of pages) {
    const body = compressPage(page.body, compression, level);
    bodies.push(body);
    if (compression !== 'snappy' || body instanceof Promise) continue;
    before += page.size;
    packed += lengthOf(body);
    const enough = before >= SAMPLE_BYTES || page === pages.at(-1);
    if (enough && packed > before * WORTHWHILE) return plain;
  }
  return after(all(bodies), (done) => ({ bodies: done, compression }));
}

/** `PageHeader` of a dictionary page or of a data page of version 1, which every reader knows. */
function pageHeader(page: Page, packed: number, encoding: Encoding, crc: number | undefined): Uint8Array {
  const writer = new ThriftWriter();
  const isData = page.firstRow !== undefined;
  writer.i32(1, isData ? PAGE_TYPE.data : PAGE_TYPE.dictionary);
  writer.i32(2, page.size);
  writer.i32(3, packed);
  if (crc !== undefined) writer.i32(4, crc | 0);
  const plain = ENCODINGS.indexOf('PLAIN');
  const levels = ENCODINGS.indexOf('RLE');
  writer.struct(isData ? 5 : 7, () => {
    writer.i32(1, page.values);
    writer.i32(2, isData ? ENCODINGS.indexOf(encoding) : plain);
    if (!isData) return;
    writer.i32(3, levels);
    writer.i32(4, levels);
  });
  return writer.finish();
}

interface Description {
  readonly leaf: Leaf;
  readonly entries: number;
  readonly present: number;
  readonly compression: PageCompression;
  readonly encoding: Encoding;
  readonly length: number;
  readonly size: number;
  /** Of the first data page, from the start. */
  readonly dataAt: number;
  readonly bounds: { readonly bounds: Bounds | undefined } | undefined;
}

/** A function that remembers nothing of the data: many chunks wait for the footer. */
function describing(description: Description): WrittenChunk['describe'] {
  return (writer, id, start) => describe(writer, id, start, description);
}

function describe(
  writer: ThriftWriter,
  id: number,
  start: number,
  { leaf, entries, present, compression, encoding, length, size, dataAt, bounds }: Description,
): void {
  const encodings: Encoding[] = encoding === 'PLAIN' ? ['PLAIN', 'RLE'] : ['PLAIN', 'RLE', encoding];
  writer.struct(id, () => {
    writer.i32(1, PHYSICAL.indexOf(leaf.physical));
    writer.list(2, THRIFT.i32, encodings.length, () => {
      for (const name of encodings) writer.i32Item(ENCODINGS.indexOf(name));
    });
    writer.list(3, THRIFT.binary, leaf.path.length, () => {
      for (const name of leaf.path) writer.textItem(name);
    });
    writer.i32(4, CODECS.indexOf(codecOf(compression)));
    writer.i64(5, entries);
    writer.i64(6, size);
    writer.i64(7, length);
    writer.i64(9, start + dataAt);
    if (dataAt > 0) writer.i64(11, start);
    if (bounds !== undefined) encodeStatistics(writer, 12, entries - present, bounds.bounds);
  });
}

export function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.byteLength;
  return length;
}
