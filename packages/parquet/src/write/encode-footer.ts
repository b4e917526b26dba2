import { ByteReader } from '../byte-reader.js';
import { type Footer, type KeyValue, MAGIC } from '../footer.js';
import type { SchemaElement } from '../schema/element.js';
import { encodeElement } from '../schema/encode-element.js';
import { CREATED_BY_SEALED, CREATED_BY_UNSEALED, sealOf } from '../seal.js';
import { decodeListHeader, THRIFT } from '../thrift/decode.js';
import { ThriftWriter } from '../thrift/encode.js';
import { encodeGroup, encodeIndex, type IndexPlace, type WrittenGroup } from './row-group.js';

/** Version 1: the file uses nothing that a reader of the first version would not know. */
const VERSION = 1;
/** Field ids of `FileMetaData` that an appended file changes. */
const ROWS = 3;
const GROUPS = 4;
const KEY_VALUES = 5;

/** What closes a file: page indexes and row groups, as bytes. */
export interface Closing {
  readonly indexes: readonly Uint8Array[];
  readonly groups: readonly Uint8Array[];
  readonly rows: number;
}

/** Indexes of the groups, which are going to lie at `at`, and the groups' own descriptions. */
export function closeGroups(groups: readonly WrittenGroup[], at: number): Closing {
  const indexes: Uint8Array[] = [];
  let next = at;
  const encoded = groups.map((group) => {
    const places = group.chunks.map(({ at: start, chunk }): IndexPlace | undefined => {
      if (chunk.pages.length === 0) return undefined;
      const index = encodeIndex(chunk.pages, start);
      indexes.push(index);
      next += index.byteLength;
      return { at: next - index.byteLength, length: index.byteLength };
    });
    return encodeGroup(group, places);
  });
  return { indexes, groups: encoded, rows: groups.reduce((sum, group) => sum + group.rows, 0) };
}

/** `FileMetaData` of a new file. */
export function encodeFooter(
  elements: readonly SchemaElement[],
  closing: Closing,
  keyValues: readonly KeyValue[],
  checksums: boolean,
): Uint8Array {
  const writer = new ThriftWriter();
  writer.i32(1, VERSION);
  writer.list(2, THRIFT.struct, elements.length, () => {
    for (const element of elements) encodeElement(writer, element);
  });
  writer.i64(ROWS, closing.rows);
  writer.list(GROUPS, THRIFT.struct, closing.groups.length, () => {
    for (const group of closing.groups) writer.out.bytes(group);
  });
  if (keyValues.length > 0) encodeKeyValues(writer, keyValues);
  writer.text(6, checksums ? CREATED_BY_SEALED : CREATED_BY_UNSEALED);
  const leaves = elements.filter((element) => element.physical !== undefined).length;
  // Bounds are in the order of the type (`ColumnOrder`): without this, readers ignore them.
  writer.list(7, THRIFT.struct, leaves, () => {
    for (let i = 0; i < leaves; i++) writer.structItem(() => writer.struct(1, () => {}));
  });
  return writer.finish();
}

/** The metadata of `footer` with row groups added, everything else as it is. */
export function extendFooter(footer: Footer, closing: Closing, keyValues: readonly KeyValue[]): Uint8Array {
  const { struct, bytes } = footer.raw;
  const writer = new ThriftWriter();
  const ids = new Set([
    ROWS,
    GROUPS,
    ...(keyValues.length === 0 ? [] : [KEY_VALUES]),
    ...struct.spans.keys(),
  ]);
  for (const id of [...ids].sort((a, b) => a - b)) {
    const span = struct.spans[id];
    if (id === ROWS) writer.i64(ROWS, footer.rows + closing.rows);
    else if (id === GROUPS) {
      const old = span === undefined ? new Uint8Array(0) : listBody(bytes.subarray(span.start, span.end));
      writer.list(GROUPS, THRIFT.struct, footer.groups.length + closing.groups.length, () => {
        writer.out.bytes(old);
        for (const group of closing.groups) writer.out.bytes(group);
      });
    } else if (id === KEY_VALUES) encodeKeyValues(writer, keyValues);
    else if (span !== undefined) writer.raw(id, span.type, bytes.subarray(span.start, span.end));
  }
  return writer.finish();
}

/** Metadata, its length and the magic; with checksums, a seal in front. */
export function fileEnd(metadata: Uint8Array, checksums: boolean): readonly Uint8Array[] {
  const tail = new Uint8Array(8);
  new DataView(tail.buffer).setUint32(0, metadata.byteLength, true);
  tail.set(MAGIC, 4);
  return checksums ? [sealOf(metadata), metadata, tail] : [metadata, tail];
}

function encodeKeyValues(writer: ThriftWriter, keyValues: readonly KeyValue[]): void {
  writer.list(KEY_VALUES, THRIFT.struct, keyValues.length, () => {
    for (const { key, value } of keyValues) {
      writer.structItem(() => {
        writer.text(1, key);
        if (value !== undefined) writer.text(2, value);
      });
    }
  });
}

/** The items of an encoded list. */
function listBody(list: Uint8Array): Uint8Array {
  const reader = new ByteReader(list);
  decodeListHeader(reader);
  return list.subarray(reader.at);
}
