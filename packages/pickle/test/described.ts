import {
  elementAt,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  type NDArray,
  type Tagged,
  toRows,
  type Value,
} from '@formatlab/core';

/** A value as `fixtures/make.py` describes the same in JSON, floats as numbers. */
export function described(value: Value): unknown {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : { $float: value };
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (isNDArray(value))
    return { $array: [KINDS[value.dtype] ?? value.dtype, [...value.shape], cells(value)] };
  if (isTable(value)) return { $table: toRows(value).map((row) => Object.values(row).map(described)) };
  if (isTagged(value)) return tagged(value);
  if (isPairs(value)) return { $dict: value.entries.map((entry) => entry.map(described)) };
  if (Array.isArray(value)) return value.map(described);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, described(member)]));
  throw new Error(`describe ${String(value)}: no value of the model`);
}

/** What Python wrote, with its numbers as JavaScript has them: an integer beyond 2^53 stays text. */
export function expected(told: unknown): unknown {
  if (Array.isArray(told)) return told.map(expected);
  if (typeof told !== 'object' || told === null) return told;
  const [name = '', inner] = Object.entries(told)[0] ?? [];
  if (name === '$int') {
    const value = BigInt(inner as string);
    return Number.isSafeInteger(Number(value)) ? Number(value) : { $int: String(value) };
  }
  if (name === '$float') return described(numberOf(inner as string));
  if (name === '$complex') return { $complex: (inner as string[]).map((part) => described(numberOf(part))) };
  if (name === '$array') {
    const [kind, shape, items] = inner as [string, number[], unknown[]];
    return {
      $array: [kind, shape, items.map((item) => cellText(typeof item === 'object' ? expected(item) : item))],
    };
  }
  return Object.fromEntries(Object.entries(told).map(([key, member]) => [key, expected(member)]));
}

const KINDS: Readonly<Record<string, string>> = {
  int8: 'i',
  int16: 'i',
  int32: 'i',
  int64: 'i',
  uint8: 'u',
  uint64: 'u',
  float16: 'f',
  float32: 'f',
  float64: 'f',
  complex64: 'c',
  complex128: 'c',
  bool: 'b',
  string: 'U',
  object: 'O',
  datetime64: 'M',
};

function cells(array: NDArray): unknown[] {
  return Array.from({ length: array.shape.reduce((product, length) => product * length, 1) }, (_, i) => {
    const item = elementAt(array, i);
    return cellText(
      isTagged(item) ? described(item) : typeof item === 'boolean' ? (item ? 'True' : 'False') : item,
    );
  });
}

/** Numbers as text that both sides print alike. */
function cellText(item: unknown): string {
  // Complex numbers, told already.
  if (typeof item === 'object' && item !== null) return JSON.stringify(item);
  const number = Number(item);
  return item === null || item === '' || Number.isNaN(number) ? String(item) : String(number);
}

function tagged({ tag, value, attributes }: Tagged): unknown {
  switch (tag) {
    case 'bytearray':
      return described(value);
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'complex':
    case 'deque':
    case 'timedelta':
    case 'fraction':
      return { [`$${tag}`]: described(value) };
    case 'ordered-dict':
      return {
        $ordered: isPairs(value) ? value.entries.map((entry) => entry.map(described)) : described(value),
      };
    case 'global':
      return { $global: globalName(value) };
    case 'object': {
      const {
        class: callee = null,
        made,
        args = [],
        state = null,
      } = value as { readonly [name: string]: Value };
      const name = globalName(isTagged(callee) ? callee.value : null);
      return made === 'call' ? { $call: [name, described(args)] } : { $object: [name, described(state)] };
    }
    default:
      return {
        [`$${tag}`]: attributes === undefined ? described(value) : [described(value), described(attributes)],
      };
  }
}

function globalName(value: Value): string {
  const { module = null, name = null } = value as { readonly [name: string]: Value };
  return `${String(module)}.${String(name)}`;
}

function numberOf(text: string): number {
  return Number(text.replace('inf', 'Infinity'));
}
