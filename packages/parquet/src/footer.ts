import { ByteReader } from './byte-reader.js';
import { corrupt, guarded, unsupported } from './corrupt.js';
import { ENCODINGS } from './page-header.js';
import { decodeElement } from './schema/decode-element.js';
import { PHYSICAL, type Physical, type SchemaElement } from './schema/element.js';
import { decodeStruct, type ThriftStruct } from './thrift/decode.js';

/** `PAR1`, at both ends of a file. */
export const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);
/** `PARE`: the footer is encrypted. */
export const ENCRYPTED_MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x45);
/** Length of the metadata (4 bytes) and magic. */
export const TAIL_BYTES = 8;

/** Compression codecs by their number in parquet.thrift. */
export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const;
export type Codec = (typeof CODECS)[number];

/** The largest header of a dictionary page that could be missing. */
const SHORT_BY = 100;

/** What of `ColumnChunk` and `ColumnMetaData` is needed for reading. */
export interface ChunkMeta {
  readonly physical: Physical;
  readonly codec: Codec;
  readonly encodings: readonly string[];
  /** Values with nulls; for nested columns more or fewer than rows. */
  readonly values: number;
  /** First byte of the chunk in the file: its dictionary page, or its first data page. */
  readonly start: number;
  readonly length: number;
  readonly offsetIndex: { readonly at: number; readonly length: number } | undefined;
}

export interface RowGroupMeta {
  readonly rows: number;
  readonly chunks: readonly ChunkMeta[];
}

export interface KeyValue {
  readonly key: string;
  readonly value: string | undefined;
}

/** What of `FileMetaData` is needed for reading. */
export interface Footer {
  readonly version: number;
  readonly elements: readonly SchemaElement[];
  readonly rows: number;
  readonly groups: readonly RowGroupMeta[];
  readonly keyValues: readonly KeyValue[];
  readonly createdBy: string | undefined;
  /** The decoded struct and its bytes, for who writes a longer one. */
  readonly raw: { readonly struct: ThriftStruct; readonly bytes: Uint8Array };
}

/**
 * The length of the metadata before the last 8 bytes.
 *
 * @throws FormatError `not-this-format`, `unsupported` for an encrypted footer, `corrupt`
 */
export function metadataLength(tail: Uint8Array, size: number): number {
  if (size < 2 * MAGIC.byteLength + 4 || tail.byteLength < TAIL_BYTES) {
    throw corrupt(`read Parquet file of ${size} bytes: too short for a footer`, 0);
  }
  const magic = tail.subarray(tail.byteLength - 4);
  if (startsWith(magic, ENCRYPTED_MAGIC)) {
    throw unsupported('read Parquet footer: it is encrypted', 'encryption');
  }
  if (!startsWith(magic, MAGIC))
    throw corrupt('read Parquet footer: the file does not end in PAR1; it may be cut', size - 4);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const length = view.getUint32(tail.byteLength - TAIL_BYTES, true);
  if (length > size - TAIL_BYTES - MAGIC.byteLength) {
    throw corrupt(`read Parquet footer: ${length} bytes of metadata in a file of ${size}`, size - TAIL_BYTES);
  }
  return length;
}

/**
 * Decodes `FileMetaData`. `bytes` is the metadata alone, `base` its offset, `size` that of the file.
 *
 * @throws FormatError `corrupt`, `unsupported`
 */
export function decodeFooter(bytes: Uint8Array, base: number, size: number): Footer {
  return guarded('read Parquet metadata', base, () => {
    const reader = new ByteReader(bytes, base);
    const struct = decodeStruct(reader);
    if (struct.has(8)) throw unsupported('read Parquet metadata: columns are encrypted', 'encryption');
    const elements = (struct.structs(2) ?? []).map(decodeElement);
    if (elements.length === 0) throw corrupt('read Parquet metadata: it has no schema', base);
    const createdBy = struct.text(6);
    const padding = isShort(createdBy) ? SHORT_BY : 0;
    const groups = (struct.structs(4) ?? []).map((group) => decodeGroup(group, size, padding));
    // The number in the footer is the sum of these; early writers forgot to write it.
    const rows = groups.reduce((sum, group) => sum + group.rows, 0);
    if (!Number.isSafeInteger(rows)) throw corrupt(`read Parquet metadata: ${rows} rows`, base);
    const keyValues = (struct.structs(5) ?? []).map((pair) => ({
      key: pair.text(1) ?? '',
      value: pair.text(2),
    }));
    return {
      version: struct.int(1) ?? 0,
      elements,
      rows,
      groups,
      keyValues,
      createdBy,
      raw: { struct, bytes },
    };
  });
}

export function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Before 1.2.9 parquet-mr left the header of the dictionary page out of the chunk's size (PARQUET-816). */
function isShort(createdBy: string | undefined): boolean {
  const match = /^parquet-mr(?: version (\d+)\.(\d+)\.(\d+))?/.exec(createdBy ?? '');
  if (match === null) return false;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return major * 1e6 + minor * 1e3 + patch < 1_002_009;
}

function decodeGroup(group: ThriftStruct, size: number, padding: number): RowGroupMeta {
  return {
    rows: group.count(3, 'rows of a row group'),
    chunks: (group.structs(1) ?? []).map((chunk) => decodeChunk(chunk, size, padding)),
  };
}

function decodeChunk(chunk: ThriftStruct, size: number, padding: number): ChunkMeta {
  if (chunk.has(1))
    throw unsupported(
      `read column chunk: it lies in another file '${chunk.text(1)}'`,
      'external column chunks',
    );
  const meta = chunk.struct(3);
  if (meta === undefined) {
    if (chunk.has(8)) throw unsupported('read column chunk: it is encrypted', 'encryption');
    throw corrupt('read column chunk: it has no metadata');
  }
  const physical = PHYSICAL[meta.count(1, 'type of a column chunk')];
  const codecId = meta.count(4, 'codec of a column chunk');
  const codec = CODECS[codecId];
  if (physical === undefined) throw corrupt(`read column chunk: type '${meta.int(1)}' is unknown`);
  if (codec === undefined)
    throw unsupported(`read column chunk: codec '${codecId}' is unknown`, `codec ${codecId}`, {
      supported: CODECS,
    });
  const dataAt = meta.count(9, 'offset of a column chunk');
  const dictionaryAt = meta.int(11) ?? 0;
  // Some writers put 0 where they mean that there is none.
  const start = dictionaryAt > 0 ? Math.min(dictionaryAt, dataAt) : dataAt;
  const length = meta.count(7, 'size of a column chunk');
  if (start + length > size)
    throw corrupt(`read column chunk: ${length} bytes at ${start} in a file of ${size}`, start);
  const indexAt = chunk.int(4);
  const indexLength = chunk.int(5);
  const offsetIndex =
    indexAt !== undefined &&
    indexLength !== undefined &&
    indexAt > 0 &&
    indexLength > 0 &&
    indexAt + indexLength <= size
      ? { at: indexAt, length: indexLength }
      : undefined;
  return {
    physical,
    codec,
    encodings: (meta.list(2) ?? []).map((id) => ENCODINGS[id as number] ?? String(id)),
    values: meta.count(5, 'number of values of a column chunk'),
    start,
    length: Math.min(length + padding, size - TAIL_BYTES - start),
    offsetIndex,
  };
}
