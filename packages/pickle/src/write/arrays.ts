import type { DType, NDArray, Value } from '@formatlab/core';
import { BUILD, NONE, REDUCE } from '../machine/opcodes.js';
import type { Pickler } from './pickler.js';

const CODES: Partial<Readonly<Record<DType, string>>> = {
  bool: 'b1',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
  complex64: 'c8',
  complex128: 'c16',
  datetime64: 'M8',
  timedelta64: 'm8',
  object: 'O8',
};
const OBJECT_FLAGS = 63;
const UNICODE_FLAGS = 8;
const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * A NumPy array that NumPy 1 and 2 load: in protocol 5 as `numpy.ndarray(shape, dtype, bytearray, …)`, whose data are
 * the array's own bytes; before that by `_reconstruct`, as NumPy itself does.
 */
export function writeArray(to: Pickler, array: NDArray, depth: number, path: string, key: unknown): void {
  if (array.dtype === 'object') {
    writeState(to, array, depth, path, { code: 'O8', size: 8 }, undefined, key);
    return;
  }
  const { code, size, data } = packed(to, array, path);
  if (to.protocol < 5 || data.length === 0) {
    writeState(to, array, depth, path, { code, size }, data, key);
    return;
  }
  to.global('numpy', 'ndarray');
  const order = array.order === 'F' && array.shape.length > 1 ? 'F' : 'C';
  const parts: (() => void)[] = [
    () => shapeOf(to, array.shape),
    () => writeDType(to, code, size, array.unit),
    () => to.bytearray(data, {}),
    () => to.integer(0),
    () => to.out.byte(NONE),
    () => to.text(order),
  ];
  to.tuple(parts.length, (i) => parts[i]!());
  to.out.byte(REDUCE);
  to.memoize(key);
}

function writeState(
  to: Pickler,
  array: NDArray,
  depth: number,
  path: string,
  { code, size }: { code: string; size: number },
  data: Uint8Array | undefined,
  key: unknown,
): void {
  to.global('numpy.core.multiarray', '_reconstruct');
  to.tuple(3, (i) => {
    if (i === 0) to.global('numpy', 'ndarray');
    else if (i === 1) to.tuple(1, () => to.integer(0));
    else to.bytes(Uint8Array.of(0x62), {});
  });
  to.out.byte(REDUCE);
  to.memoize(key);
  const fortran = array.order === 'F' && array.shape.length > 1;
  const parts: (() => void)[] = [
    () => to.integer(1),
    () => shapeOf(to, array.shape),
    () => writeDType(to, code, size, array.unit),
    () => to.save(fortran, depth, path),
    () =>
      data === undefined ? to.list(array.data as readonly Value[], depth + 1, path) : to.bytes(data, {}),
  ];
  to.tuple(parts.length, (i) => parts[i]!());
  to.out.byte(BUILD);
}

function shapeOf(to: Pickler, shape: readonly number[]): void {
  to.tuple(shape.length, (i) => to.integer(shape[i]!));
}

function writeDType(to: Pickler, code: string, size: number, unit: string | undefined): void {
  const key = `\0dtype ${code} ${unit ?? ''}`;
  if (to.recall(key)) return;
  to.global('numpy', 'dtype');
  to.tuple(3, (i) => (i === 0 ? to.text(code) : to.save(i === 2, 0, '')));
  to.out.byte(REDUCE);
  to.memoize(key);
  const timed = code === 'M8' || code === 'm8';
  const text = code.startsWith('U');
  const sized = text || code.startsWith('S');
  const ordered = text || (!sized && !/^(?:b1|i1|u1|O8)$/.test(code));
  const state: (() => void)[] = [
    () => to.integer(timed ? 4 : 3),
    () => to.text(ordered ? (LITTLE_ENDIAN_HOST ? '<' : '>') : '|'),
    ...[0, 1, 2].map(() => () => to.out.byte(NONE)),
    () => to.integer(sized ? size : -1),
    () => to.integer(sized ? (text ? 4 : 1) : -1),
    () => to.integer(text ? UNICODE_FLAGS : code === 'O8' ? OBJECT_FLAGS : 0),
  ];
  if (timed)
    state.push(() => to.tuple(2, (i) => (i === 0 ? to.out.byte(NONE) : writeUnit(to, unit ?? 'generic'))));
  to.tuple(state.length, (i) => state[i]!());
  to.out.byte(BUILD);
}

function writeUnit(to: Pickler, unit: string): void {
  const [, count, name] = /^(\d*)(.*)$/.exec(unit)!;
  to.tuple(4, (i) => {
    if (i === 0) to.bytes(new TextEncoder().encode(name), {});
    else to.integer(i === 1 && count !== '' ? Number(count) : 1);
  });
}

/** The elements as NumPy lays them out: the array's own bytes where it is typed. */
function packed(to: Pickler, array: NDArray, path: string): { code: string; size: number; data: Uint8Array } {
  const code = CODES[array.dtype];
  if (code !== undefined) {
    // Every dtype with a code but object is kept in a typed array.
    const { buffer, byteOffset, byteLength } = array.data as Uint8Array;
    return { code, size: 0, data: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  const items = array.data as readonly (string | Uint8Array)[];
  const cut = items.filter((item) =>
    typeof item === 'string' ? item.endsWith('\0') : item.at(-1) === 0,
  ).length;
  if (cut > 0)
    to.options.loss({
      path,
      kind: 'precision',
      from: `${array.dtype} that ends with NUL`,
      to: `${array.dtype} without it`,
      count: cut,
    });
  if (array.dtype === 'bytes') {
    const size = items.reduce((most, item) => Math.max(most, item.length), 1);
    const data = new Uint8Array(size * items.length);
    items.forEach((item, i) => data.set(item as Uint8Array, i * size));
    return { code: `S${size}`, size, data };
  }
  const points = (items as readonly string[]).map((item) =>
    Array.from(item, (letter) => letter.codePointAt(0)!),
  );
  const count = points.reduce((most, item) => Math.max(most, item.length), 1);
  const units = new Uint32Array(count * items.length);
  points.forEach((item, i) => units.set(item, i * count));
  return { code: `U${count}`, size: count * 4, data: new Uint8Array(units.buffer) };
}
