import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPairs, isRecord, isTagged, type Value } from '@formatlab/core';
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
        peer: () => new Parser().parse(bytes) as unknown,
      };
    }
  }
}

/** Holds a value against the tagged JSON that CPython's answer was written as. */
class Comparison {
  /** Containers of the answer in the order they come: what `$ref` counts. */
  readonly #met: unknown[] = [];

  compare(wanted: unknown, found: Value, path: string): string | undefined {
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
        return nameOf(found) === inner || sameTail(nameOf(found), inner)
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
        return isTagged(found) && nameOf(classOf(found))?.endsWith(tag!.slice(1)) === true
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

  #dict(wanted: readonly (readonly [unknown, unknown])[], found: Value, path: string): string | undefined {
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
    if (name !== wanted.$object && !sameTail(name, wanted.$object))
      return miss(path, wanted.$object, name ?? null);
    return isRecord(state) && wanted.state !== undefined
      ? this.compare(wanted.state, state, `${path}/state`)
      : undefined;
  }
}

function classOf(value: Value): Value {
  return isTagged(value) && isRecord(value.value) ? (value.value['class'] ?? null) : null;
}

function nameOf(value: Value): string | undefined {
  if (!isTagged(value) || value.tag !== 'global' || !isRecord(value.value)) return undefined;
  return `${value.value['module'] as string}.${value.value['name'] as string}`;
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
