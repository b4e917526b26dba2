import { type NDArray, slotsPerItem, toCOrder, type Value } from '@formatlab/core';
import type { Encoder } from '../encoder.js';
import { SHORT_FORMS_SINCE } from '../spec.js';
import { dtypeText, parseDTypeText } from './dtype-text.js';
import { MARK } from './mark.js';

/** Data of this many bytes and more is placed so that readers can take it as a view. */
const ALIGN_FROM = 512;
const ALIGNMENT = 8;
/** What a long header of a text or tuple takes more than a short one. */
const WIDER = 3;
const LARGEST_INT = 2 ** 31 - 1;
const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * `{'__formatlab__': 'array', 'dtype': '<f8', 'shape': (2, 3), 'data': b'…'}`, in C order:
 * `np.frombuffer(d['data'], d['dtype']).reshape(d['shape'])`. Text, bytes and objects have a list `values`.
 */
export function writeArray(to: Encoder, array: NDArray, flag: number): void {
  if ((array.dtype === 'datetime64' || array.dtype === 'timedelta64') && array.unit === undefined)
    to.loss('unit', `${array.dtype} without a unit`, 'generic');
  const text = dtypeText(array);
  if (text === undefined) writeItems(to, toCOrder(array), flag);
  else writeData(to, toCOrder(array), text, flag);
}

function writeData(to: Encoder, array: NDArray, dtype: string, flag: number): void {
  const bytes = littleEndianBytes(array, parseDTypeText(dtype)!.word);
  const texts = [MARK, 'array', 'dtype', dtype, 'shape', 'data'];
  const shape = array.shape;
  // Seven headers can be three bytes longer each, which reaches every remainder of eight.
  let wide = 0;
  if (
    to.version >= SHORT_FORMS_SINCE &&
    bytes.length >= ALIGN_FROM &&
    shape.every((length) => length <= LARGEST_INT)
  ) {
    const head = 1 + texts.reduce((sum, text) => sum + 2 + text.length, 0) + (2 + 5 * shape.length) + 5;
    const pad = (ALIGNMENT - ((to.out.position + head) % ALIGNMENT)) % ALIGNMENT;
    wide = (pad * WIDER) % ALIGNMENT;
  }
  to.openDict(flag);
  texts.forEach((text, i) => {
    if (i === 5) writeShape(to, shape, wide > 6);
    to.plainText(text, i < wide);
  });
  to.bytes(bytes, 0);
  to.closeDict();
}

function writeShape(to: Encoder, shape: readonly number[], wide: boolean): void {
  to.tupleHeader(shape.length, 0, wide);
  for (const length of shape) to.number(length);
}

function writeItems(to: Encoder, array: NDArray, flag: number): void {
  to.openDict(flag);
  for (const text of [MARK, 'array', 'dtype', array.dtype, 'shape']) to.plainText(text, false);
  writeShape(to, array.shape, false);
  to.plainText('values', false);
  to.items(array.data as readonly Value[]);
  to.closeDict();
}

/** The elements of a C-order array as little-endian bytes: a view, but on a big-endian machine. */
function littleEndianBytes(array: NDArray, word: number): Uint8Array {
  // Only called for dtypes with a byte layout, whose data is a typed array.
  const typed = array.data as Uint8Array;
  const count = array.size * slotsPerItem(array.dtype) * word;
  const bytes = new Uint8Array(typed.buffer, typed.byteOffset, count);
  return LITTLE_ENDIAN_HOST || word === 1 ? bytes : swapped(bytes, word);
}

/** The bytes with the order of each word turned round. */
export function swapped(bytes: Uint8Array, word: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += word)
    for (let i = 0; i < word; i++) out[at + i] = bytes[at + word - 1 - i]!;
  return out;
}
