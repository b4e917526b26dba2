import { isRecord, isTagged, type Tagged, type Value } from '@formatlab/core';
import { CODE_FIELDS, type CodeField, type CodeLayout, isCodeLayout } from './code-layout.js';

const INT_LEAST = -(2 ** 31);
const INT_MOST = 2 ** 31 - 1;
const UINT_MOST = 2 ** 32 - 1;

/** Whether marshal has a type of its own for the value, so that reading gives the same tag again. */
export function isPythonTag({ tag, value, attributes }: Tagged): boolean {
  if (tag === 'code') return codeLayoutOf(value, attributes) !== undefined;
  if (attributes !== undefined) return false;
  switch (tag) {
    case 'tuple':
    case 'set':
    case 'frozenset':
      return Array.isArray(value);
    case 'slice':
      return Array.isArray(value) && value.length === 3;
    case 'complex':
      return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'number');
    case 'ellipsis':
    case 'stop-iteration':
      return value === null;
    default:
      return false;
  }
}

/**
 * The layout of a code object as reading gives it. Undefined where a field is missing, of another type or one too
 * many, and for Python 2, whose two kinds of text a value can't tell apart.
 */
export function codeLayoutOf(
  value: Value,
  attributes: { readonly [name: string]: Value } | undefined,
): CodeLayout | undefined {
  const layout = attributes?.['layout'];
  if (!isCodeLayout(layout) || layout === '2.7' || Object.keys(attributes!).length !== 1) return undefined;
  const fields = CODE_FIELDS[layout];
  if (!isRecord(value) || Object.keys(value).length !== fields.length) return undefined;
  return fields.every((field) => Object.hasOwn(value, field.name) && fits(field, value[field.name]!))
    ? layout
    : undefined;
}

/** Whether the value can stand in the field of a code object. */
export function fits({ name, kind }: CodeField, value: Value): boolean {
  switch (kind) {
    case 'int':
      return (
        typeof value === 'number' &&
        Number.isInteger(value) &&
        !Object.is(value, -0) &&
        value >= INT_LEAST &&
        value <= (name === 'flags' ? UINT_MOST : INT_MOST)
      );
    case 'bytes':
      return value instanceof Uint8Array;
    case 'text':
      return typeof value === 'string';
    case 'tuple':
      return isTagged(value) && value.tag === 'tuple' && isPythonTag(value);
    default:
      return true;
  }
}
