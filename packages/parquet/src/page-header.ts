import type { ByteReader } from './byte-reader.js';
import { corrupt, unsupported } from './corrupt.js';
import { decodeStruct } from './thrift/decode.js';

/** Encodings by their number in parquet.thrift. */
export const ENCODINGS = [
  'PLAIN',
  'GROUP_VAR_INT',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

export const PAGE_TYPE = { data: 0, index: 1, dictionary: 2, dataV2: 3 } as const;

export interface PageHeader {
  readonly type: 'data' | 'dataV2' | 'dictionary' | 'index';
  /** Bytes of the page behind the header, and with compression undone. */
  readonly packed: number;
  readonly size: number;
  /** CRC-32 of the page as it lies in the file. */
  readonly crc: number | undefined;
  readonly values: number;
  readonly encoding: Encoding;
  /** Version 1 only. */
  readonly defEncoding: Encoding;
  readonly repEncoding: Encoding;
  /** Version 2 only. */
  readonly nulls: number;
  readonly rows: number;
  readonly defLength: number;
  readonly repLength: number;
  readonly compressed: boolean;
}

/** Leaves the reader at the page's first byte. @throws FormatError `corrupt`, `unsupported` */
export function decodePageHeader(reader: ByteReader): PageHeader {
  const offset = reader.base + reader.at;
  const header = decodeStruct(reader);
  const size = header.count(2, 'size of a page');
  const packed = header.count(3, 'compressed size of a page');
  const crc = header.int(4);
  const type = header.count(1, 'type of a page');
  const base = {
    packed,
    size,
    crc: crc === undefined ? undefined : crc >>> 0,
    defEncoding: 'RLE',
    repEncoding: 'RLE',
    nulls: 0,
    rows: 0,
    defLength: 0,
    repLength: 0,
    compressed: true,
  } as const;
  if (packed > reader.left)
    throw corrupt(`read page: ${packed} bytes, ${reader.left} are left of its column chunk`, offset);
  if (type === PAGE_TYPE.index) return { ...base, type: 'index', values: 0, encoding: 'PLAIN' };
  const detail = header.struct(type === PAGE_TYPE.data ? 5 : type === PAGE_TYPE.dictionary ? 7 : 8);
  if (detail === undefined || type > PAGE_TYPE.dataV2)
    throw corrupt(
      `read page header: ${detail === undefined ? 'its details are missing' : `page type '${type}' is unknown`}`,
      offset,
    );
  const values = detail.count(1, 'number of values of a page');
  if (type === PAGE_TYPE.dictionary)
    return { ...base, type: 'dictionary', values, encoding: encodingOf(detail.int(2)) };
  if (type === PAGE_TYPE.data) {
    return {
      ...base,
      type: 'data',
      values,
      encoding: encodingOf(detail.int(2)),
      defEncoding: encodingOf(detail.int(3)),
      repEncoding: encodingOf(detail.int(4)),
    };
  }
  const v2 = {
    ...base,
    type: 'dataV2',
    values,
    encoding: encodingOf(detail.int(4)),
    nulls: detail.count(2, 'number of nulls of a page'),
    rows: detail.count(3, 'number of rows of a page'),
    defLength: detail.count(5, 'size of levels'),
    repLength: detail.count(6, 'size of levels'),
    compressed: detail.bool(7) ?? true,
  } as const;
  const levels = v2.defLength + v2.repLength;
  if (levels > packed || levels > size || v2.nulls > values)
    throw corrupt(
      `read page header: levels of ${levels} bytes and ${v2.nulls} nulls in a page of ${packed} bytes and ${values} values`,
      offset,
    );
  return v2;
}

function encodingOf(id: number | undefined): Encoding {
  const encoding = id === undefined ? undefined : ENCODINGS[id];
  if (encoding === undefined)
    throw unsupported(`read page: encoding '${id}' is unknown`, `encoding ${id}`, { supported: ENCODINGS });
  return encoding;
}
