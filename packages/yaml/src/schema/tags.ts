import { isPairs, isRecord, newRecord, Pairs, Tagged, type Value } from '@formatlab/core';
import { CORE_PREFIX } from '../parse/properties.js';
import { openCollection, openScalar } from '../typed/open.js';
import { decodeBase64 } from './base64.js';
import {
  parseTimestamp,
  resolveBool,
  resolveFloat,
  resolveInt,
  resolvePlain,
  type Version,
} from './resolve.js';

const PYTHON = 'python/';
/** Tags of this package, for values that YAML has no node for. */
export const LOCAL = '!formatlab/';

/** What a construction came to: the value, or in words why there is none. */
export type Built = { readonly value: Value; readonly float?: boolean } | { readonly fault: string };

const PYTHON_SCALARS: Readonly<Record<string, string>> = {
  none: 'null',
  bool: 'bool',
  str: 'str',
  unicode: 'str',
  int: 'int',
  long: 'int',
  float: 'float',
  bytes: 'binary',
};
const PYTHON_COLLECTIONS: Readonly<Record<string, string>> = { list: 'seq', dict: 'map' };

/** The value of a scalar with a tag. Nothing is ever made from a tag but the values of this model. */
export function taggedScalar(tag: string, text: string, plain: boolean, version: Version): Built {
  switch (coreName(tag, PYTHON_SCALARS)) {
    case 'str':
      return { value: text };
    case 'null':
      return { value: null };
    case 'bool': {
      const value = resolveBool(text, version);
      return value === undefined ? { fault: 'this is no boolean' } : { value };
    }
    case 'int':
      return resolveInt(text, version) ?? resolveInt(text, '1.2') ?? { fault: 'this is no integer' };
    case 'float': {
      const found = resolveFloat(text, version) ?? resolveFloat(text, '1.2') ?? resolveInt(text, version);
      return found === undefined
        ? { fault: 'this is no number' }
        : { value: Number(found.value), float: true };
    }
    case 'binary': {
      const value = decodeBase64(text);
      return value === undefined ? { fault: 'this is no base64' } : { value };
    }
    case 'timestamp': {
      const time = parseTimestamp(text) ?? isoTime(text);
      if (time === undefined) return { fault: 'this is no timestamp' };
      return { value: time.rounded ? new Tagged('timestamp', text) : time.date };
    }
    case 'merge':
    case 'value':
      return { value: text };
    case 'python/complex': {
      const value = complexOf(text);
      return value === undefined ? { fault: 'this is no complex number' } : { value };
    }
    case 'seq':
    case 'map':
    case 'set':
    case 'omap':
    case 'pairs':
    case 'python/tuple':
      return text === '' && plain
        ? taggedCollection(tag, coreName(tag) === 'map' || coreName(tag) === 'set' ? newRecord() : [])
        : { fault: 'the tag is one of a collection' };
  }
  if (tag === '!') return { value: text };
  const opened = tag.startsWith(LOCAL) ? openScalar(tag.slice(LOCAL.length), text) : undefined;
  if (opened !== undefined) return opened;
  const found = plain ? resolvePlain(text, version) : undefined;
  return { value: new Tagged(tag, found === undefined ? text : found.value) };
}

/** The value of a list or map with a tag, its members already values. */
export function taggedCollection(tag: string, value: Value): Built {
  const isList = Array.isArray(value);
  switch (coreName(tag, PYTHON_COLLECTIONS)) {
    case 'seq':
      return isList ? { value } : { fault: 'the tag is one of a list' };
    case 'map':
      return isList ? { fault: 'the tag is one of a map' } : { value };
    case 'set': {
      const entries = entriesOf(value);
      return entries?.every(([, member]) => member === null)
        ? {
            value: new Tagged(
              'set',
              entries.map(([key]) => key),
            ),
          }
        : { fault: 'a set is a map without values' };
    }
    case 'omap':
    case 'pairs': {
      const pairs = isList ? value.map((item: Value) => entriesOf(item)) : undefined;
      return pairs?.every((entries) => entries?.length === 1)
        ? { value: new Tagged(coreName(tag)!, new Pairs(pairs.map((entries) => entries![0]!))) }
        : { fault: 'the tag is one of a list of maps with one member each' };
    }
    case 'python/tuple':
      return isList ? { value: new Tagged('tuple', value) } : { fault: 'the tag is one of a list' };
    case 'str':
    case 'null':
    case 'bool':
    case 'int':
    case 'float':
    case 'binary':
    case 'timestamp':
      return { fault: 'the tag is one of a scalar' };
  }
  if (tag === '!') return { value };
  const opened = tag.startsWith(LOCAL) ? openCollection(tag.slice(LOCAL.length), value) : undefined;
  return opened ?? { value: new Tagged(tag, value) };
}

/** `int` of `tag:yaml.org,2002:int`; Python's own names for the same kinds are put in their place. */
export function coreName(tag: string, python: Readonly<Record<string, string>> = {}): string | undefined {
  if (!tag.startsWith(CORE_PREFIX)) return undefined;
  const name = tag.slice(CORE_PREFIX.length);
  if (!name.startsWith(PYTHON)) return name;
  const bare = name.slice(PYTHON.length);
  return Object.hasOwn(python, bare) ? python[bare] : name;
}

/** Years beyond four digits, as this package writes them. */
function isoTime(text: string): { date: Date; rounded: boolean } | undefined {
  if (!/^[-+]\d{6}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : { date, rounded: false };
}

const PART = '(?:\\d[\\d_]*(?:\\.\\d*)?(?:[eE][-+]?\\d+)?|\\.\\d+(?:[eE][-+]?\\d+)?|inf|nan)';
const COMPLEX = new RegExp(`^\\(?(?:([-+]?${PART})?([-+]${PART})[jJ]|([-+]?${PART})([jJ]?))\\)?$`);

function complexOf(text: string): Tagged | undefined {
  const match = COMPLEX.exec(text.trim());
  if (match === null) return undefined;
  const [, real, imaginary, only, unit] = match;
  if (only !== undefined) return new Tagged('complex', unit === '' ? [partOf(only), 0] : [0, partOf(only)]);
  return new Tagged('complex', [real === undefined ? 0 : partOf(real), partOf(imaginary!)]);
}

function partOf(text: string): number {
  const bare = text.replace('inf', 'Infinity').replace('nan', 'NaN').replaceAll('_', '');
  return bare.endsWith('NaN') ? Number.NaN : Number(bare);
}

function entriesOf(value: Value): readonly (readonly [Value, Value])[] | undefined {
  if (isPairs(value)) return value.entries;
  return isRecord(value) ? Object.entries(value) : undefined;
}
