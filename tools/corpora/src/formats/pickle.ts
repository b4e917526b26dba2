import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPairs, isRecord, isTagged, Tagged, type Value } from '@formatlab/core';
import { decodePickle } from '@formatlab/pickle';
import { Parser } from 'pickleparser';
import type { Corpus, CorpusCase } from '../corpus.js';

export const pickleCorpus: Corpus = { format: 'pickle', peer: 'pickleparser', cases };

const HARVEST = 'pickle/cpython-harvest.shared.json';
const TESTER = 'pickle/cpython-pickletester.expected.json';
/** Lists nested a thousand deep are valid; the default budget stops at 500. */
const DEPTH = 100_000;
/** Refused by CPython for the want of a module or class only: they decode to named objects. */
const MISSING = /^(?:ModuleNotFoundError|AttributeError: module 'collections'|TypeError: 'Morsel')/;

const UNTAGGABLE = '$untaggable';

interface Expected {
  readonly file: string;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly error?: string | null;
}

function* cases(folder: string): Iterable<CorpusCase> {
  for (const list of [HARVEST, TESTER]) {
    for (const expected of JSON.parse(readFileSync(join(folder, list), 'utf8')) as Expected[]) {
      if (!expected.ok && MISSING.test(expected.error ?? '')) continue;
      const bytes = readFileSync(join(folder, expected.file));
      yield {
        file: expected.file,
        kind: expected.ok ? 'valid' : 'invalid',
        ours() {
          const value = decodePickle(bytes, { budget: { depth: DEPTH } });
          if (!expected.ok || !('value' in expected)) return undefined;
          return new Comparison().compare(expected.value, value, '');
        },
        peer() {
          const value: unknown = new Parser().parse(bytes);
          return !expected.ok || !('value' in expected) || isLike(expected.value, value, new Set())
            ? undefined
            : 'another value';
        },
      };
    }
  }
}

/** Holds a value against the tagged JSON that CPython's answer was written as. */
class Comparison {
  /** Containers of the answer in the order they come: what `$ref` counts. */
  readonly #met: unknown[] = [];

  compare(wanted: unknown, found: Value, path: string): string | undefined {
    // Lists and tuples of one item are gone through here: a thousand of them in each other are more than the stack holds.
    for (let inner = onlyItems(wanted, found); inner !== undefined; inner = onlyItems(wanted, found)) {
      this.#met.push(found);
      [wanted, found] = inner;
    }
    const base = baseOf(wanted, found);
    if (base !== undefined) {
      this.#met.push(found);
      return this.compare(wanted, base, path);
    }
    // What the tests' own answer could not be written as.
    if (wanted === UNTAGGABLE) return undefined;
    if (wanted === null || typeof wanted !== 'object')
      return sameScalar(wanted, found) ? undefined : miss(path, wanted, found);
    if ('$ref' in wanted) {
      // Objects of other classes may have parts more than the answer shows: being met before is what counts.
      return this.#met.includes(found) ||
        typeof found !== 'object' ||
        isTagged(found) ||
        found instanceof Uint8Array
        ? undefined
        : miss(path, wanted, found);
    }
    this.#met.push(found);
    if (Array.isArray(wanted)) return this.#list(wanted, found, path);
    const [tag] = Object.keys(wanted);
    const inner = (wanted as { readonly [name: string]: unknown })[tag ?? ''];
    switch (tag) {
      case '$dict':
        return this.#dict(inner as readonly (readonly [unknown, unknown])[], found, path);
      case '$bytes':
        return found instanceof Uint8Array && hex(found) === inner ? undefined : miss(path, wanted, found);
      case '$bytearray':
        return isTagged(found) && found.tag === 'bytearray' && hex(found.value) === inner
          ? undefined
          : miss(path, wanted, found);
      case '$bigint':
        return (typeof found === 'bigint' || typeof found === 'number') &&
          BigInt(found) === BigInt(inner as string)
          ? undefined
          : miss(path, wanted, found);
      case '$float':
        return Object.is(found, Number(inner)) ||
          (inner === 'nan' && Number.isNaN(found)) ||
          (inner === 'inf' && found === Infinity) ||
          (inner === '-inf' && found === -Infinity)
          ? undefined
          : miss(path, wanted, found);
      case '$global':
        return [nameOf(found), methodOf(found)].some((name) => name === inner || sameTail(name, inner))
          ? undefined
          : miss(path, wanted, found);
      case '$tuple':
        return isTagged(found) && found.tag === 'tuple'
          ? this.#list(inner as unknown[], found.value, path)
          : miss(path, wanted, found);
      case '$set':
      case '$frozenset':
        return isTagged(found) && found.tag === tag.slice(1)
          ? this.#set(inner as unknown[], found.value, path)
          : miss(path, wanted, found);
      case '$complex':
        return isTagged(found) && found.tag === 'complex'
          ? this.#list(inner as unknown[], found.value, path)
          : miss(path, wanted, found);
      case '$object':
        return this.#object(wanted as { readonly $object: string; readonly state?: unknown }, found, path);
      default:
        // A class of the tests, such as `$MySet`: named by its class.
        return isTagged(found) && nameOf(classOf(found))?.split('.').includes(tag!.slice(1)) === true
          ? undefined
          : miss(path, wanted, found);
    }
  }

  #list(wanted: readonly unknown[], found: Value, path: string): string | undefined {
    if (!Array.isArray(found) || found.length !== wanted.length) return miss(path, wanted, found);
    for (const [i, item] of wanted.entries()) {
      const problem = this.compare(item, found[i] as Value, `${path}/${i}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** Sets have no order: each item is somewhere. */
  #set(wanted: readonly unknown[], found: Value, path: string): string | undefined {
    if (!Array.isArray(found) || found.length !== wanted.length) return miss(path, wanted, found);
    const items = found as readonly Value[];
    return wanted.every((item) => items.some((one) => this.compare(item, one, path) === undefined))
      ? undefined
      : miss(path, wanted, found);
  }

  #dict(wanted: readonly (readonly [unknown, unknown])[], value: Value, path: string): string | undefined {
    const found = isTagged(value) && value.tag === 'defaultdict' ? value.value : value;
    const entries = isPairs(found) ? found.entries : isRecord(found) ? Object.entries(found) : undefined;
    if (entries === undefined || entries.length !== wanted.length) return miss(path, wanted, found);
    // Integer-like keys of a record come first in JavaScript.
    for (const [i, [key, value]] of wanted.entries()) {
      const entry = isPairs(found) ? entries[i]! : entries.find(([name]) => name === key);
      if (entry === undefined) return miss(path, key, null);
      const problem =
        this.compare(key, entry[0] as Value, `${path}/key ${i}`) ??
        this.compare(value, entry[1] as Value, `${path}/${i}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** The class has to be the same; the state too, where the file has one and the class has no code that makes another. */
  #object(
    wanted: { readonly $object: string; readonly state?: unknown },
    found: Value,
    path: string,
  ): string | undefined {
    if (!isTagged(found))
      return wanted.$object === 'numpy.ndarray' && typeof found === 'object'
        ? undefined
        : miss(path, wanted, found);
    if (found.tag !== 'object') return undefined;
    const name = nameOf(classOf(found));
    const state = isRecord(found.value) ? found.value['state'] : undefined;
    // Made by a method of the class, such as `_reconstruct`.
    if (name !== wanted.$object && !sameTail(name, wanted.$object) && !name?.startsWith(`${wanted.$object}.`))
      return miss(path, wanted.$object, name ?? null);
    return isRecord(state) && wanted.state !== undefined
      ? this.compare(wanted.state, state, `${path}/state`)
      : undefined;
  }
}

/**
 * Whether a value of the peer is the one of the answer, as far as it has a type for it: dicts are objects or maps,
 * tuples and sets arrays, objects and globals anything that is one.
 */
function isLike(wanted: unknown, found: unknown, seen: Set<unknown>): boolean {
  if (wanted === UNTAGGABLE) return true;
  if (wanted === null || typeof wanted !== 'object')
    return Object.is(wanted, found) || (wanted === 0 && found === 0);
  if (seen.has(wanted) || '$ref' in wanted) return true;
  seen.add(wanted);
  if (Array.isArray(wanted)) return areLike(wanted, found, seen);
  const [tag = ''] = Object.keys(wanted);
  const inner = (wanted as { readonly [name: string]: unknown })[tag];
  switch (tag) {
    case '$tuple':
    case '$set':
    case '$frozenset':
      return areLike(inner as readonly unknown[], found instanceof Set ? [...found] : found, seen);
    case '$bytes':
    case '$bytearray':
      return found instanceof Uint8Array && Buffer.from(found).toString('hex') === inner;
    case '$bigint':
      return (
        (typeof found === 'bigint' || Number.isSafeInteger(found)) &&
        BigInt(found as bigint) === BigInt(inner as string)
      );
    case '$float':
      return (
        Object.is(found, Number(String(inner).replace('inf', 'Infinity'))) ||
        (inner === 'nan' && Number.isNaN(found))
      );
    case '$dict':
      return (inner as readonly (readonly [unknown, unknown])[]).every(([key, value]) => {
        const name = typeof key === 'object' ? undefined : String(key);
        if (found instanceof Map)
          return [...found].some(([one, other]) => isLike(key, one, seen) && isLike(value, other, seen));
        if (typeof found !== 'object' || found === null) return false;
        return (
          name !== undefined && isLike(value, (found as { readonly [name: string]: unknown })[name], seen)
        );
      });
    default:
      return (typeof found === 'object' && found !== null) || typeof found === 'function';
  }
}

function areLike(wanted: readonly unknown[], found: unknown, seen: Set<unknown>): boolean {
  return (
    Array.isArray(found) &&
    found.length === wanted.length &&
    wanted.every((item, i) => isLike(item, found[i], seen))
  );
}

/** The one item of both, where that is all that there is. */
function onlyItems(wanted: unknown, found: Value): [unknown, Value] | undefined {
  const tuple = isTagged(found) && found.tag === 'tuple';
  const list = tuple ? (wanted as { readonly $tuple?: unknown } | null)?.$tuple : wanted;
  const items = tuple ? found.value : found;
  return Array.isArray(list) && list.length === 1 && Array.isArray(items) && items.length === 1
    ? [list[0], items[0] as Value]
    : undefined;
}

/**
 * An object of a class that the answer shows as a built-in, since it is a subclass of it: of the object the part that
 * the built-in would be made of. Its class is not in the answer.
 */
function baseOf(wanted: unknown, found: Value): Value | undefined {
  if (!isTagged(found) || found.tag !== 'object' || !isRecord(found.value)) return undefined;
  const { args = [], items = [], entries, kwargs } = found.value as { readonly [part: string]: Value };
  const [first, second] = args as readonly Value[];
  if (Array.isArray(wanted)) return first === undefined ? items : Array.isArray(first) ? first : undefined;
  if (typeof wanted === 'number' || typeof wanted === 'string') {
    // `int('FACE', 16)` in the constructor of a subclass.
    const base = isRecord(kwargs) ? kwargs['base'] : second;
    return typeof first === 'string' && typeof base === 'number' ? Number.parseInt(first, base) : first;
  }
  if (typeof wanted !== 'object' || wanted === null) return undefined;
  const [tag] = Object.keys(wanted);
  switch (tag) {
    case '$dict':
      return entries ?? first;
    case '$complex':
      return typeof first === 'number' ? new Tagged('complex', [first, second ?? 0]) : first;
    case '$set':
    case '$frozenset':
      return Array.isArray(first) ? new Tagged(tag.slice(1), first) : undefined;
    case '$tuple':
    case '$bytes':
    case '$bytearray':
    case '$float':
    case '$bigint':
      return first;
    default:
      return undefined;
  }
}

function classOf(value: Value): Value {
  return isTagged(value) && isRecord(value.value) ? (value.value['class'] ?? null) : null;
}

function nameOf(value: Value): string | undefined {
  if (!isTagged(value) || value.tag !== 'global' || !isRecord(value.value)) return undefined;
  return `${value.value['module'] as string}.${value.value['name'] as string}`;
}

/** A method of an object, which pickles as `getattr(object, name)`. */
function methodOf(value: Value): string | undefined {
  if (nameOf(classOf(value)) !== 'builtins.getattr' || !isTagged(value) || !isRecord(value.value))
    return undefined;
  const [object, name] = (value.value['args'] ?? []) as readonly Value[];
  const owner = object === undefined ? undefined : nameOf(classOf(object));
  return owner === undefined || typeof name !== 'string' ? undefined : `${owner}.${name}`;
}

/** Python 3 has moved and renamed modules of Python 2: the last name stays. */
function sameTail(found: string | undefined, wanted: unknown): boolean {
  return (
    found !== undefined && typeof wanted === 'string' && found.split('.').at(-1) === wanted.split('.').at(-1)
  );
}

function sameScalar(wanted: unknown, found: Value): boolean {
  return Object.is(wanted, found) || (wanted === 0 && found === 0);
}

function hex(value: Value): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}

function miss(path: string, wanted: unknown, found: Value): string {
  const show = (value: unknown): string =>
    (JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? '').slice(
      0,
      100,
    );
  try {
    return `${path}: wanted ${show(wanted)}, got ${show(found)}`;
  } catch {
    return `${path}: wanted ${show(wanted)}, got something in a cycle`;
  }
}
