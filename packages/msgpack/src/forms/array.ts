import { type NDArray, toCOrder, toNested, type Value } from '@formatlab/core';
import { ByteWriter } from '../byte-writer.js';
import { littleEndianBytes } from './array-data.js';
import { dtypeText, parseDTypeText } from './dtype-text.js';
import { ARRAY_EXTENSION, ARRAY_EXTENSION_MAGIC } from './mark.js';
import { type FormWriter, KEY_DATA, KEY_KIND, KEY_ND, KEY_SHAPE, KEY_TYPE, openForm } from './write-forms.js';

/** Data of this many bytes and more is placed so that readers can take it as a view. */
const ALIGN_FROM = 512;
const ALIGNMENT = 8;
const SMALL_CHUNK = 64;
const NO_BYTES = new Uint8Array(0);

/** Writes an array in the form that the option `arrays` asks for; strings, bytes and objects in a marked map. */
export function writeArray(to: FormWriter, array: NDArray): void {
  if ((array.dtype === 'datetime64' || array.dtype === 'timedelta64') && array.unit === undefined)
    to.loss('unit', `${array.dtype} without a unit`, 'generic');
  const text = dtypeText(array);
  if (to.options.arrays === 'lists') writeLists(to, array);
  else if (text === undefined) writeItems(to, toCOrder(array));
  else if (to.options.arrays === 'ext') writeExtension(to, toCOrder(array), text);
  else writeNumpy(to, toCOrder(array), text);
}

/** `{b'nd': True, b'type': '<f8', b'kind': b'', b'shape': [2, 3], b'data': b'…'}`, as msgpack-numpy 0.4.8 writes it. */
function writeNumpy(to: FormWriter, array: NDArray, text: string): void {
  const { out } = to;
  const bytes = littleEndianBytes(array, parseDTypeText(text)!.word);
  const shape = shapeBytes(array.shape);
  const keys = 5 * 2 + KEY_ND.length + KEY_TYPE.length + KEY_KIND.length + KEY_SHAPE.length + KEY_DATA.length;
  const fixed =
    1 +
    keys +
    1 +
    (1 + text.length) +
    2 +
    shape.length +
    (bytes.length < 2 ** 8 ? 2 : bytes.length < 2 ** 16 ? 3 : 5);
  const pad =
    bytes.length < ALIGN_FROM || to.options.compact === true ? 0 : modulo(-(out.position + fixed), ALIGNMENT);
  const wide = PADDING[pad]!;
  out.mapHeader(5, wide.map);
  writeKey(out, KEY_ND);
  to.value(true);
  writeKey(out, KEY_TYPE);
  out.stringHeader(text.length, wide.type);
  out.ascii(text);
  writeKey(out, KEY_KIND);
  out.binaryHeader(0, wide.kind);
  writeKey(out, KEY_SHAPE);
  out.raw(shape);
  writeKey(out, KEY_DATA);
  out.binaryHeader(bytes.length);
  out.raw(bytes);
}

/**
 * Headers longer than need be, all of them valid, move the data to a multiple of eight bytes: by `pad` the
 * map's count, the type's and the kind's length take the wider forms named.
 */
const PADDING: readonly {
  readonly map: false | 16;
  readonly type: 0 | 1 | 2 | 4;
  readonly kind: 0 | 1 | 3;
}[] = [
  { map: false, type: 0, kind: 0 },
  { map: false, type: 1, kind: 0 },
  { map: false, type: 2, kind: 0 },
  { map: false, type: 0, kind: 3 },
  { map: false, type: 4, kind: 0 },
  { map: false, type: 4, kind: 1 },
  { map: 16, type: 4, kind: 0 },
  { map: false, type: 4, kind: 3 },
];

/** Extension 78: magic, padding count, `[dtype, shape]`, padding, data in C order, little-endian. */
function writeExtension(to: FormWriter, array: NDArray, text: string): void {
  const { out } = to;
  const bytes = littleEndianBytes(array, parseDTypeText(text)!.word);
  const head = new ByteWriter(0, SMALL_CHUNK);
  head.arrayHeader(2);
  head.string(text);
  head.raw(shapeBytes(array.shape));
  const meta = joined(head);
  const before = ARRAY_EXTENSION_MAGIC.length + 1 + meta.length;
  // The header's size follows from the length, which the padding is part of: 9 bytes more never matter past ALIGN_FROM.
  const headerSize = (length: number): number => (length < 2 ** 8 ? 3 : length < 2 ** 16 ? 4 : 6);
  const pad =
    bytes.length < ALIGN_FROM || to.options.compact === true
      ? 0
      : modulo(-(out.position + headerSize(before + 7 + bytes.length) + before), ALIGNMENT);
  const fits = headerSize(before + pad + bytes.length) === headerSize(before + 7 + bytes.length);
  const padding = fits ? pad : 0;
  out.extensionHeader(ARRAY_EXTENSION, before + padding + bytes.length);
  out.raw(ARRAY_EXTENSION_MAGIC);
  out.byte(padding);
  out.raw(meta);
  out.raw(new Uint8Array(padding));
  out.raw(bytes);
}

/** `{__formatlab__: 'array', dtype, shape, values: [flat list in C order]}` for strings, bytes and objects. */
function writeItems(to: FormWriter, array: NDArray): void {
  openForm(to, 'array', 3);
  to.out.string('dtype');
  to.out.string(array.dtype);
  to.out.string('shape');
  to.value(array.shape);
  to.out.string('values');
  to.list(array.data as readonly Value[]);
}

function writeLists(to: FormWriter, array: NDArray): void {
  to.loss('type', `${array.dtype} array`, array.shape.length === 0 ? 'scalar' : 'nested lists', array.size);
  to.value(toNested(array));
}

function writeKey(out: ByteWriter, key: Uint8Array): void {
  out.binaryHeader(key.length);
  out.raw(key);
}

function shapeBytes(shape: readonly number[]): Uint8Array {
  const writer = new ByteWriter(0, SMALL_CHUNK);
  writer.arrayHeader(shape.length);
  for (const length of shape) writer.integer(length);
  return joined(writer);
}

function joined(writer: ByteWriter): Uint8Array {
  return writer.finish()[0] ?? NO_BYTES;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
