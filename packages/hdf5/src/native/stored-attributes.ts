import { parseDataspace } from '../layout/dataspace-message.js';
import { parseDatatype } from '../layout/datatype-message.js';
import { MESSAGE, messageOf, type ObjectHeader } from '../layout/object-header.js';
import type { ElementType } from '../types/element-type.js';
import { recordsOfTree } from './btree2.js';
import { damaged, type FieldReader, LeaveToLibrary } from './field-reader.js';
import { FractalHeap } from './fractal-heap.js';
import { fieldsOf } from './links.js';
import type { Structures } from './structures.js';

/** An attribute as it stands in the file. */
export interface StoredAttribute {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[] | null;
  readonly bytes: Uint8Array;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const NAME_INDEX = 8;
const SHARED_MESSAGE = 2;
const SHARED_TYPE = 1;
const SHARED_SPACE = 2;

/** Finds the type behind a shared datatype message. */
export type SharedType = (body: Uint8Array) => ElementType | undefined;

/** The attributes of an object: those in its header, then those in a heap beside it. */
export function* attributesOfHeader(
  file: Structures,
  header: ObjectHeader,
  shared: SharedType,
): Generator<StoredAttribute> {
  for (const message of header.messages) {
    if (message.type !== MESSAGE.attribute) continue;
    if ((message.flags & SHARED_MESSAGE) !== 0) throw new LeaveToLibrary('a shared attribute');
    yield parseAttribute(fieldsOf(message), shared);
  }
  const info = messageOf(header, MESSAGE.attributeInfo);
  if (info === undefined) return;
  const fields = fieldsOf(info).skip(1);
  if (fields.u8() & 1) fields.skip(2);
  const heapAt = fields.address();
  const names = fields.address();
  if (heapAt === undefined || names === undefined) return;
  const heap = new FractalHeap(file, heapAt);
  const found: { readonly order: number; readonly attribute: StoredAttribute }[] = [];
  for (const record of recordsOfTree(file, names, NAME_INDEX)) {
    const id = record.take(8);
    if ((record.u8() & SHARED_MESSAGE) !== 0) throw new LeaveToLibrary('a shared attribute');
    found.push({ order: record.u32(), attribute: parseAttribute(heap.object(id), shared) });
  }
  found.sort((a, b) => a.order - b.order);
  for (const { attribute } of found) yield attribute;
}

/** Spec IV.A.2.m */
function parseAttribute(fields: FieldReader, shared: SharedType): StoredAttribute {
  const version = fields.u8();
  const flags = fields.u8();
  const sizes = [fields.u16(), fields.u16(), fields.u16()] as const;
  if (version < 1 || version > 3)
    throw damaged('read HDF5 file: an attribute of an unknown version', fields.offset);
  if (version === 3) fields.skip(1);
  const part = (size: number): Uint8Array => {
    const bytes = fields.take(size);
    if (version === 1) fields.skip(Math.min(fields.left, (8 - (size % 8)) % 8));
    return bytes;
  };
  const nameBytes = part(sizes[0]);
  const end = nameBytes.indexOf(0);
  const name = UTF8.decode(end < 0 ? nameBytes : nameBytes.subarray(0, end));
  const typeBytes = part(sizes[1]);
  const spaceBytes = part(sizes[2]);
  if (version > 1 && (flags & SHARED_SPACE) !== 0) throw new LeaveToLibrary('a shared dataspace');
  const type = version > 1 && (flags & SHARED_TYPE) !== 0 ? shared(typeBytes) : parseDatatype(typeBytes);
  if (type === undefined) throw new LeaveToLibrary(`the type of attribute '${name}'`);
  const shape = parseDataspace(spaceBytes);
  if (shape === undefined) throw damaged(`read attribute '${name}': its dataspace is damaged`, fields.offset);
  const size = shape === null ? 0 : shape.reduce((product, length) => product * length, type.size);
  return { name, type, shape, bytes: fields.take(size) };
}
