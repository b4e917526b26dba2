import { childPath, isRecord, kindOfValue, newRecord, type Loss, type Value, type ValueRecord } from '@formatlab/core';
import { isWellFormed } from './encoding/well-formed.js';
import type { KeyValue } from './footer.js';
import { ARRAY_KEY, ARROW_KEY, ATTRIBUTES_KEY, COLUMNS_KEY, readNote } from './notes.js';

const RESERVED: ReadonlySet<string> = new Set([ARRAY_KEY, ARROW_KEY, ATTRIBUTES_KEY, COLUMNS_KEY]);

/** The file's key-value metadata, without what describes the schema; attributes that are not text come from JSON. */
export function readAttributes(keyValues: readonly KeyValue[]): ValueRecord {
  const attributes = newRecord();
  for (const { key, value } of keyValues) if (!RESERVED.has(key)) attributes[key] = value ?? null;
  const others = readNote(keyValues, ATTRIBUTES_KEY);
  if (isRecord(others)) for (const [name, value] of Object.entries(others)) attributes[name] = plain(value as Value);
  return attributes;
}

/** Key-value metadata that keeps the attributes: text as it is, the rest as JSON. What JSON can't hold is reported. */
export function writeAttributes(attributes: ValueRecord | undefined, path: string, loss: (loss: Loss) => void): KeyValue[] {
  const pairs: KeyValue[] = [];
  const others: { [name: string]: unknown } = Object.create(null);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (RESERVED.has(name)) loss({ path: childPath(path, name), kind: 'attributes', from: `attribute of the reserved name '${name}'`, to: 'nothing' });
    else if (typeof value === 'string' && isWellFormed(value)) pairs.push({ key: name, value });
    else if (isPlain(value)) others[name] = value;
    else loss({ path: childPath(path, name), kind: 'attributes', from: `attribute of ${kindOfValue(value)}`, to: 'nothing' });
  }
  if (Object.keys(others).length > 0) pairs.push({ key: ATTRIBUTES_KEY, value: JSON.stringify(others) });
  return pairs;
}

/** Whether JSON gives it back as it is. */
function isPlain(value: Value): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every((item) => isPlain(item as Value));
  return isRecord(value) && Object.values(value).every(isPlain);
}

function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map((item) => plain(item as Value));
  if (!isRecord(value)) return value;
  const record = newRecord();
  for (const [name, member] of Object.entries(value)) record[name] = plain(member);
  return record;
}
