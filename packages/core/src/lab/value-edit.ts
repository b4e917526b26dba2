import { FormatError } from '../errors.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import { joinPath, splitPath } from '../values/path.js';
import { isRecord, kindOfValue, newRecord, type Value, type ValueRecord } from '../values/value.js';
import { valueAt } from './whole-reader.js';

/**
 * The root with `value` at the path; the given root stays as it is. Records that are missing on the way are made,
 * `-` is the place behind a list's last element. An undefined root is that of a new file.
 *
 * @throws FormatError `not-found` where what is above the path has no named entries
 */
export function putValue(root: Value | undefined, path: string, value: Value): Value {
  return putAt(root, splitPath(path), value, []);
}

/**
 * The root without what the path names; the given root stays as it is.
 *
 * @throws FormatError `not-found`; `unsupported` for the root itself
 */
export function removeValue(root: Value, path: string): Value {
  valueAt(root, path);
  return removeAt(root, splitPath(path), path);
}

function putAt(
  root: Value | undefined,
  names: readonly string[],
  value: Value,
  done: readonly string[],
): Value {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  const here = [...done, name];
  if (Array.isArray(root)) {
    const index = name === '-' ? root.length : Number(name);
    if (!Number.isInteger(index) || index < 0 || index > root.length) throw noPlace(here, root);
    const copy = [...root];
    copy[index] = putAt(root[index], rest, value, here);
    return copy;
  }
  if (root !== undefined && !isRecord(root)) throw noPlace(here, root);
  const copy = copyRecord(root);
  copy[name] = putAt(
    root !== undefined && Object.hasOwn(root, name) ? root[name] : undefined,
    rest,
    value,
    here,
  );
  return copy;
}

function removeAt(root: Value, names: readonly string[], path: string): Value {
  const [name, ...rest] = names;
  if (name === undefined)
    throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, { path });
  if (Array.isArray(root)) {
    return rest.length === 0
      ? root.filter((_, i) => i !== Number(name))
      : root.map((item: Value, i) => (i === Number(name) ? removeAt(item, rest, path) : item));
  }
  if (!isRecord(root)) throw noPlace([name], root);
  const copy = copyRecord(root);
  if (rest.length === 0) delete copy[name];
  else copy[name] = removeAt(root[name]!, rest, path);
  return copy;
}

function copyRecord(record: ValueRecord | undefined): { [name: string]: Value } {
  const copy = Object.assign(newRecord(), record);
  const attributes = attributesOf(record);
  return attributes === undefined ? copy : (withAttributes(copy, attributes) as { [name: string]: Value });
}

function noPlace(names: readonly string[], holder: Value): FormatError {
  const path = joinPath(names);
  return new FormatError('not-found', `put '${path}': ${kindOfValue(holder)} above it has no named entries`, {
    path,
  });
}
