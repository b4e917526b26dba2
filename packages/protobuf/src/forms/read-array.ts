import {
  type Budget,
  type DType,
  isDType,
  itemSize,
  NDArray,
  sizeOfShape,
  slotsPerItem,
  type Value,
  viewData,
} from '@formatlab/core';
import { NumberList } from '../message/number-list.js';
import type { FieldKind } from '../schema/model.js';
import type { WireReader } from '../wire/reader.js';
import { LEN, LITTLE_ENDIAN_HOST, swapped } from '../wire/spec.js';
import { ARRAY, DATA_FIELD } from './fields.js';
import { eachField, type ValueReader } from './read-value.js';

const SMALL = 10;
const SLOT_BYTES = 16;

const KINDS: Readonly<Record<number, FieldKind>> = {
  4: 'double',
  5: 'float',
  6: 'sfixed64',
  7: 'fixed64',
  8: 'sfixed32',
  9: 'fixed32',
};

/** A formatlab.Array. Its data is a view on the file where it is aligned. @throws FormatError `corrupt` */
export function readArray(r: WireReader, reader: ValueReader, budget: Budget, depth: number): NDArray {
  const start = r.pos;
  const shapeList = new NumberList('uint64');
  let dtype: DType | undefined;
  let unit: string | undefined;
  let field = 0;
  let numbers: NumberList | undefined;
  let small: Uint8Array | undefined;
  const items: Value[] = [];
  const take = (number: number, at: number): void => {
    if (field !== 0 && field !== number) throw r.corrupt('read array: data of two kinds', at);
    field = number;
  };
  eachField(r, 'Array', (tag) => {
    const number = tag >>> 3;
    const at = r.pos;
    const wire = tag & 7;
    const kind = KINDS[number];
    if (kind !== undefined) {
      take(number, at);
      numbers ??= new NumberList(kind);
      if (wire === LEN) numbers.readPacked(r, budget);
      else if (wire === (kind === 'float' || kind.endsWith('32') ? 5 : 1)) numbers.readOne(r, budget);
      else return false;
      return true;
    }
    if (number === ARRAY.shape) {
      if (wire === LEN) shapeList.readPacked(r, budget);
      else if (wire === 0) shapeList.readOne(r, budget);
      else return false;
      return true;
    }
    if (wire !== LEN) return false;
    switch (number) {
      case ARRAY.dtype: {
        const name = reader.string();
        if (!isDType(name)) throw r.corrupt(`read array: '${name.slice(0, 40)}' is no dtype`, at);
        dtype = name;
        return true;
      }
      case ARRAY.unit:
        unit = reader.string();
        return true;
      case SMALL:
        take(number, at);
        small = reader.bytes();
        return true;
      case ARRAY.padding:
        reader.padding();
        return true;
      case ARRAY.text:
        take(number, at);
        readTexts(r, items, budget);
        return true;
      case ARRAY.binary:
      case ARRAY.objects:
        take(number, at);
        items.push(readItem(number, reader, budget, depth));
        return true;
      default:
        return false;
    }
  });
  if (dtype === undefined) throw r.corrupt('read array: its dtype is missing', start);
  const shape = Array.from(shapeList.array().data as BigUint64Array, Number);
  const size = sizeOfShape(shape);
  const wanted = fieldOf(dtype);
  const data = field === 0 || field === wanted ? dataOf(dtype, numbers, small, items, budget) : undefined;
  if (data === undefined || !Number.isSafeInteger(size) || data.length !== size * slotsPerItem(dtype)) {
    throw r.corrupt(
      `read array of shape [${shape}]: ${data?.length ?? 'other'} of ${size * slotsPerItem(dtype)} slots of ${dtype} data`,
      start,
    );
  }
  checkFlags(dtype, data, r, start);
  return new NDArray({ dtype, shape, data, unit });
}

/**
 * The array whose elements of a fixed size fill the reader's bytes: a part of one, read by itself.
 *
 * @throws FormatError `corrupt`
 */
export function arrayOfBytes(
  r: WireReader,
  dtype: DType,
  shape: readonly number[],
  unit: string | undefined,
): NDArray {
  const width = itemSize(dtype) / slotsPerItem(dtype);
  const bytes = LITTLE_ENDIAN_HOST ? r.bytes : swapped(r.bytes, width);
  const data = viewData(dtype, bytes, sizeOfShape(shape));
  checkFlags(dtype, data, r, 0);
  return new NDArray({ dtype, shape, data, unit });
}

/** The elements of text, bytes or values that fill the reader's bytes, each behind the tag of its field. */
export function readItems(
  r: WireReader,
  reader: ValueReader,
  field: number,
  budget: Budget,
  depth: number,
): Value[] {
  const items: Value[] = [];
  while (r.pos < r.limit) {
    r.tag();
    if (field === ARRAY.text) readTexts(r, items, budget);
    else items.push(readItem(field, reader, budget, depth));
  }
  return items;
}

function readItem(number: number, reader: ValueReader, budget: Budget, depth: number): Value {
  budget.takeItems(1, 'an array');
  budget.takeBytes(SLOT_BYTES, 'an array');
  return number === ARRAY.binary ? reader.bytes() : reader.part(depth);
}

function checkFlags(dtype: DType, data: NDArray['data'], r: WireReader, at: number): void {
  if (dtype !== 'bool') return;
  for (const flag of data as Uint8Array)
    if (flag > 1) throw r.corrupt('read array: a bool is neither 0 nor 1', at);
}

const TEXT_TAG = (ARRAY.text << 3) | LEN;
/** The budget is charged for so many at once. */
const CHARGED = 64;
/** Longer ones are charged for by themselves, beforehand. */
const LONG_TEXT = 4096;

/** Texts that stand behind one another, from behind the first one's tag on. */
function readTexts(r: WireReader, items: Value[], budget: Budget): void {
  const { bytes, limit, text } = r;
  let count = 0;
  let size = 0;
  while (true) {
    const length = r.length();
    const at = r.pos;
    if (length > LONG_TEXT) budget.takeBytes(length, 'an array of text');
    const item = text.text(at, length);
    if (item === undefined) throw r.corrupt('read text: it is not UTF-8', at);
    items.push(item);
    r.pos = at + length;
    if (length <= LONG_TEXT) size += length;
    count++;
    const more = r.pos < limit && bytes[r.pos] === TEXT_TAG;
    if (count === CHARGED || !more) {
      budget.takeItems(count, 'an array');
      budget.takeBytes(SLOT_BYTES * count + size, 'an array of text');
      count = 0;
      size = 0;
    }
    if (!more) return;
    r.pos++;
  }
}

/** The field that holds elements of a dtype. */
export function fieldOf(dtype: DType): number {
  if (dtype === 'string') return ARRAY.text;
  if (dtype === 'bytes') return ARRAY.binary;
  return DATA_FIELD[dtype] ?? ARRAY.objects;
}

/** Undefined where bytes are no whole elements. */
function dataOf(
  dtype: DType,
  numbers: NumberList | undefined,
  small: Uint8Array | undefined,
  items: readonly Value[],
  budget: Budget,
): NDArray['data'] | undefined {
  if (numbers !== undefined) return numbers.array().data;
  if (DATA_FIELD[dtype] === undefined) return items as NDArray['data'];
  const bytes = small ?? new Uint8Array(0);
  const width = itemSize(dtype) / slotsPerItem(dtype);
  if (bytes.length % width !== 0) return undefined;
  if (bytes.byteOffset % width !== 0) budget.takeBytes(bytes.length, `array of ${dtype}`);
  return viewData(dtype, LITTLE_ENDIAN_HOST ? bytes : swapped(bytes, width), bytes.length / itemSize(dtype));
}
