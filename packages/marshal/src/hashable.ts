import { isTagged, type Value } from '@formatlab/core';
import { isPythonTag } from './python-tags.js';

/**
 * A text that two values share when Python takes them for the same key (`1 == 1.0 == True`), or undefined for what
 * can't be a key of a dict or an element of a set there.
 */
export function keyIdentity(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return `s${value}`;
    case 'number':
      return `n${Object.is(value, -0) ? 0 : Number.isInteger(value) ? BigInt(value) : value}`;
    case 'bigint':
      return `n${value}`;
    case 'boolean':
      return `n${value ? 1 : 0}`;
    default:
      return identityOfObject(value);
  }
}

/** Whether CPython can load the values as the keys of a dict or the elements of a set, none of them twice. */
export function areDistinctKeys(values: readonly Value[]): boolean {
  const seen = new Set<string>();
  for (const value of values) {
    const identity = keyIdentity(value);
    if (identity === undefined || seen.has(identity)) return false;
    seen.add(identity);
  }
  return true;
}

function identityOfObject(value: Value): string | undefined {
  if (value === null) return 'None';
  if (value instanceof Uint8Array)
    return `b${Array.from(value, (byte) => String.fromCharCode(byte)).join('')}`;
  if (!isTagged(value) || !isPythonTag(value)) return undefined;
  switch (value.tag) {
    case 'tuple':
      return groupIdentity('t', value.value as readonly Value[]);
    case 'frozenset': {
      const items = (value.value as readonly Value[]).map(keyIdentity);
      return items.includes(undefined) ? undefined : `f${JSON.stringify(items.sort())}`;
    }
    case 'complex':
      return `c${(value.value as readonly number[]).join()}`;
    case 'ellipsis':
    case 'stop-iteration':
      return value.tag;
    default:
      // Sets and slices have no hash, and the hash of code is Python's own affair.
      return undefined;
  }
}

function groupIdentity(prefix: string, items: readonly Value[]): string | undefined {
  const parts = items.map(keyIdentity);
  return parts.includes(undefined) ? undefined : prefix + JSON.stringify(parts);
}
