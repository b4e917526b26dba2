import { parseMaxShape } from '../layout/dataspace-message.js';
import { MESSAGE, messageOf, type ObjectHeader } from '../layout/object-header.js';
import { damaged, LeaveToLibrary } from './field-reader.js';
import { fieldsOf } from './links.js';

export interface StoredFilter {
  readonly id: number;
  readonly name: string;
  readonly values: readonly number[];
}

export type ChunkIndex =
  | {
      readonly kind: 'tree1' | 'tree2' | 'fixed' | 'extensible' | 'implicit';
      readonly address: number | undefined;
    }
  | {
      readonly kind: 'single';
      readonly address: number | undefined;
      readonly size: number | undefined;
      readonly mask: number;
    };

/** Where the elements of a dataset lie, and what was done to them. */
export type Storage = { readonly fill: Uint8Array | undefined } & (
  | { readonly kind: 'run'; readonly address: number | undefined; readonly size: number | undefined }
  | { readonly kind: 'compact'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'chunked';
      readonly chunk: readonly number[];
      readonly index: ChunkIndex;
      readonly filters: readonly StoredFilter[];
      /** Chunks that reach beyond the shape are stored without filters. */
      readonly plainEdges: boolean;
      readonly maxShape: readonly number[];
    }
);

const OLD_FILL_VALUE = 0x04;
const FIRST_NAMED_FILTER = 256;
const INDEXES = ['implicit', 'fixed', 'extensible', 'tree2'] as const;

/** The storage that an object header tells of (spec IV.A.2.e, f, h, i, l). */
export function storageOf(header: ObjectHeader, shape: readonly number[], elementSize: number): Storage {
  if (messageOf(header, MESSAGE.externalFiles) !== undefined) throw new LeaveToLibrary('external raw data');
  const message = messageOf(header, MESSAGE.layout);
  if (message === undefined) throw damaged('read HDF5 file: a dataset without a layout', header.at);
  const fill = fillOf(header, elementSize);
  const fields = fieldsOf(message);
  const version = fields.u8();
  if (version === 1 || version === 2) {
    const rank = fields.u8();
    const kind = fields.u8();
    fields.skip(5);
    const address = kind === 0 ? undefined : fields.address();
    const lengths = Array.from({ length: rank }, () => fields.u32());
    if (kind === 0) return { kind: 'compact', bytes: fields.take(fields.u32()), fill };
    if (kind === 1) return { kind: 'run', address, size: undefined, fill };
    return chunked(header, shape, lengths, { kind: 'tree1', address }, false, fill);
  }
  if (version < 3 || version > 5) throw damaged('read HDF5 file: a layout of an unknown version', message.at);
  const kind = fields.u8();
  switch (kind) {
    case 0:
      return { kind: 'compact', bytes: fields.take(fields.u16()), fill };
    case 1:
      return { kind: 'run', address: fields.address(), size: fields.length(), fill };
    case 2:
      break;
    case 3:
      throw new LeaveToLibrary('a virtual dataset');
    default:
      throw damaged('read HDF5 file: a layout of an unknown class', message.at);
  }
  if (version === 3) {
    const rank = fields.u8();
    const address = fields.address();
    const lengths = Array.from({ length: rank }, () => fields.u32());
    return chunked(header, shape, lengths, { kind: 'tree1', address }, false, fill);
  }
  const flags = fields.u8();
  const rank = fields.u8();
  const width = fields.u8();
  const lengths = Array.from({ length: rank }, () => fields.uint(width));
  const type = fields.u8();
  if (type === 1) {
    const size = flags & 2 ? fields.length() : undefined;
    const mask = flags & 2 ? fields.u32() : 0;
    const index: ChunkIndex = { kind: 'single', address: fields.address(), size, mask };
    return chunked(header, shape, lengths, index, (flags & 1) !== 0, fill);
  }
  const name = INDEXES[type - 2];
  if (name === undefined) throw damaged('read HDF5 file: a chunk index of an unknown type', message.at);
  fields.skip([0, 1, 5, 6][type - 2]!);
  return chunked(header, shape, lengths, { kind: name, address: fields.address() }, (flags & 1) !== 0, fill);
}

function chunked(
  header: ObjectHeader,
  shape: readonly number[],
  lengths: readonly number[],
  index: ChunkIndex,
  plainEdges: boolean,
  fill: Uint8Array | undefined,
): Storage {
  // The last length is the size of an element.
  const chunk = lengths.slice(0, -1);
  if (chunk.length !== shape.length || chunk.length === 0 || chunk.some((length) => length === 0))
    throw damaged('read HDF5 file: chunks of another rank than their dataset', header.at);
  const space = messageOf(header, MESSAGE.dataspace)!;
  return {
    kind: 'chunked',
    chunk,
    index,
    filters: filtersOf(header),
    plainEdges,
    maxShape: parseMaxShape(space.body, shape),
    fill,
  };
}

/** The filters of a dataset (spec IV.A.2.l). */
export function filtersOf(header: ObjectHeader): StoredFilter[] {
  const message = messageOf(header, MESSAGE.filters);
  if (message === undefined) return [];
  if ((message.flags & 2) !== 0) throw new LeaveToLibrary('a shared filter pipeline');
  const fields = fieldsOf(message);
  const version = fields.u8();
  const count = fields.u8();
  if (version === 1) fields.skip(6);
  return Array.from({ length: count }, () => {
    const id = fields.u16();
    const nameBytes = version === 1 || id >= FIRST_NAMED_FILTER ? fields.u16() : 0;
    fields.skip(2);
    const values = fields.u16();
    const padded = version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes;
    const name = new TextDecoder('latin1').decode(fields.take(padded)).replace(/\0.*$/s, '');
    const filter = { id, name, values: Array.from({ length: values }, () => fields.u32()) };
    if (version === 1 && values % 2 === 1) fields.skip(4);
    return filter;
  });
}

/** Undefined: zeros. */
function fillOf(header: ObjectHeader, elementSize: number): Uint8Array | undefined {
  const message = messageOf(header, MESSAGE.fillValue) ?? messageOf(header, OLD_FILL_VALUE);
  if (message === undefined) return undefined;
  if ((message.flags & 2) !== 0) throw new LeaveToLibrary('a shared fill value');
  const fields = fieldsOf(message);
  if (message.type !== OLD_FILL_VALUE) {
    const version = fields.u8();
    if (version === 3) {
      if ((fields.u8() & 0x20) === 0) return undefined;
    } else if (fields.skip(2).u8() === 0) return undefined;
  }
  if (fields.left < 4) return undefined;
  const size = fields.u32();
  if (size !== elementSize || size === 0) return undefined;
  const value = fields.take(size);
  return value.every((byte) => byte === 0) ? undefined : value;
}
