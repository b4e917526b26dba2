import {
  allocateData,
  type Budget,
  type DataOf,
  type DType,
  itemSize,
  type Loss,
  viewData,
} from '@formatlab/core';
import { STORAGE } from './constants.js';
import { cut, type Element, type Input } from './element.js';

export interface Work {
  readonly budget: Pick<Budget, 'takeBytes' | 'takeItems' | 'checkDepth'>;
  readonly loss: (loss: Loss) => void;
}

const nativeLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * `count` numbers of an element as `dtype`. Writers store numbers in the smallest data type that holds them: doubles
 * may lie as uint8. A view on the bytes where nothing is to be converted.
 *
 * @throws FormatError `corrupt` when the element has another number of them
 */
export function readNumbers<D extends DType>(
  input: Input,
  element: Element,
  dtype: D,
  count: number,
  work: Work,
  path: string,
): DataOf<D> {
  const stored = STORAGE[element.type];
  if (stored === undefined) throw cut(input, element.at, `numbers of data type ${element.type}`);
  const size = itemSize(stored);
  if (element.length !== count * size)
    throw cut(
      input,
      element.at,
      `${element.length} bytes for ${count} numbers of ${stored}, ${count * size} are wanted`,
    );
  const raw = ordered(input, element, size, work);
  const held = viewData(stored, raw, count);
  if (stored === dtype) return held as DataOf<DType> as DataOf<D>;
  work.budget.takeBytes(count * itemSize(dtype), `array '${path}' of ${count} ${dtype}`);
  return converted(held, dtype, count, work, path);
}

/** The element's bytes in this machine's order. */
export function ordered(
  input: Input,
  { at, length }: Pick<Element, 'at' | 'length'>,
  size: number,
  work: Pick<Work, 'budget'>,
): Uint8Array {
  const bytes = input.bytes.subarray(at, at + length);
  if (size === 1 || input.little === nativeLittle) return bytes;
  work.budget.takeBytes(length, 'array in the other byte order');
  const swapped = new Uint8Array(length);
  for (let start = 0; start < length; start += size)
    for (let i = 0; i < size; i++) swapped[start + i] = bytes[start + size - 1 - i]!;
  return swapped;
}

function converted<D extends DType>(
  from: DataOf<DType>,
  dtype: D,
  count: number,
  work: Work,
  path: string,
): DataOf<D> {
  const out = allocateData(dtype, count);
  const wide = out instanceof BigInt64Array || out instanceof BigUint64Array;
  // Both are typed arrays of numbers or of bigints; which one was looked at.
  const source = from as unknown as { readonly [index: number]: number | bigint };
  const target = out as unknown as { [index: number]: number | bigint };
  let changed = 0;
  for (let i = 0; i < count; i++) {
    const value = source[i]!;
    if (wide) {
      target[i] = typeof value === 'bigint' ? value : BigInt(Number.isInteger(value) ? value : 0);
      if (typeof value !== 'bigint' && !Number.isInteger(value)) changed++;
    } else {
      target[i] = Number(value);
      if (
        typeof value === 'bigint' ? BigInt(Number(value)) !== value : target[i] !== value && value === value
      )
        changed++;
    }
  }
  if (changed > 0) work.loss({ path, kind: 'precision', from: 'stored number', to: dtype, count: changed });
  return out;
}

export function interleaved(
  dtype: 'complex64' | 'complex128',
  re: Float32Array | Float64Array,
  im: Float32Array | Float64Array,
): DataOf<typeof dtype> {
  const out = allocateData(dtype, re.length);
  for (let i = 0; i < re.length; i++) {
    out[2 * i] = re[i]!;
    out[2 * i + 1] = im[i]!;
  }
  return out;
}

/** 0 and 1 as they are; other numbers are true as well. */
export function truths(bytes: Uint8Array): Uint8Array {
  return bytes.some((byte) => byte > 1) ? bytes.map((byte) => (byte === 0 ? 0 : 1)) : bytes;
}
