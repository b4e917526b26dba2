import {
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  type NDArray,
  toRows,
  type Value,
} from '@formatlab/core';

/** A value as `fixtures/make.py` describes the same in JSON. */
export function described(value: Value): unknown {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : { $float: pythonFloat(value) };
  }
  if (typeof value === 'bigint') return { $integer: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Date) return { $date: value.getTime() };
  if (isTagged(value)) return { $tagged: [value.tag, described(value.value)] };
  if (isTable(value)) return { $table: toRows(value).map(described) };
  if (isNDArray(value)) return { $array: [value.dtype, value.shape, elements(value)] };
  if (isPairs(value)) return { $pairs: value.entries.map((entry) => entry.map(described)) };
  if (Array.isArray(value)) return value.map(described);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, described(member)]));
  throw new Error(`describe ${String(value)}: no value of the model`);
}

/** Numbers that Python has as floats and JavaScript cannot tell from integers become the same in both. */
export function withoutFloats(expected: unknown): unknown {
  if (Array.isArray(expected)) return expected.map(withoutFloats);
  if (typeof expected !== 'object' || expected === null) return expected;
  const { $float } = expected as { readonly $float?: string };
  if ($float !== undefined) return described(Number($float.replace('inf', 'Infinity')));
  return Object.fromEntries(Object.entries(expected).map(([name, member]) => [name, withoutFloats(member)]));
}

function elements(array: NDArray): string[] {
  const texts: string[] = [];
  for (const item of array.data as Float64Array | BigInt64Array)
    texts.push(typeof item === 'bigint' || !Number.isInteger(item) ? String(item) : item.toFixed(1));
  return texts;
}

function pythonFloat(value: number): string {
  return String(value).replace('Infinity', 'inf');
}
