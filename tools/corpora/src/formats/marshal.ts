import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLab, isPairs, isRecord, isTagged, type Value } from '@formatlab/core';
import { marshal } from '@formatlab/marshal';
import type { Corpus, CorpusCase } from '../corpus.js';

const ANSWERS = 'marshal/cpython-harvest.shared.json';

const lab = createLab([marshal]);

/** No peer: nothing on npm reads marshal versions 0 to 4 (the packages called marshal are Ruby's). */
export const marshalCorpus: Corpus = { format: 'marshal', cases };

/** CPython's answer: JSON, with one-member objects for what JSON has no type for. */
type Answer = null | boolean | number | string | readonly Answer[] | { readonly [name: string]: Answer };

interface Line {
  readonly file: string;
  readonly ok: boolean;
  readonly value: Answer;
}

function* cases(folder: string): Iterable<CorpusCase> {
  const lines = JSON.parse(readFileSync(join(folder, ANSWERS), 'utf8')) as readonly Line[];
  for (const { file, ok, value } of lines) {
    const bytes = readFileSync(join(folder, file));
    yield {
      file,
      kind: ok ? 'valid' : 'invalid',
      async ours() {
        const found = await lab.decode(new Uint8Array(bytes), { format: 'marshal' });
        return new Comparison().compare(value, found, '');
      },
    };
  }
}

class Comparison {
  /** Containers in the order in which CPython met them: `$ref` names them by number. */
  readonly #met: Value[] = [];

  compare(expected: Answer, actual: Value, path: string): string | undefined {
    if (typeof expected === 'number') return this.#number(expected, actual, path);
    if (typeof expected !== 'object' || expected === null)
      return expected === actual ? undefined : differ(path, expected, actual);
    if (Array.isArray(expected)) {
      this.#met.push(actual);
      return this.#items(expected, actual, path);
    }
    const [kind, content] = Object.entries(expected)[0] ?? ['', null];
    return this.#kind(kind, content, actual, path);
  }

  #number(expected: number, actual: Value, path: string): string | undefined {
    const right = typeof actual === 'bigint' ? Number(actual) === expected : Object.is(actual, expected);
    return right ? undefined : differ(path, expected, actual);
  }

  #kind(kind: string, content: Answer, actual: Value, path: string): string | undefined {
    const tagged = isTagged(actual) ? actual : undefined;
    const check = (right: boolean): string | undefined =>
      right ? undefined : differ(path, { [kind]: content }, actual);
    switch (kind) {
      case '$ref':
        return check(this.#met[content as number] === actual);
      case '$bytes':
        return check(actual instanceof Uint8Array && Buffer.from(actual).toString('hex') === content);
      case '$bigint':
        return check(typeof actual === 'bigint' && String(actual) === content);
      case '$complex':
        return check(tagged?.tag === 'complex' && JSON.stringify(tagged.value) === JSON.stringify(content));
      case '$object':
        return this.#object(content as string, actual, path);
      case '$tuple':
        this.#met.push(actual);
        return tagged?.tag === 'tuple'
          ? this.#items(content as readonly Answer[], tagged.value, path)
          : check(false);
      case '$set':
      case '$frozenset':
        this.#met.push(actual);
        return tagged?.tag === kind.slice(1)
          ? this.#set(content as readonly Answer[], tagged.value as readonly Value[], path)
          : check(false);
      case '$dict':
        this.#met.push(actual);
        return this.#dict(content as readonly (readonly Answer[])[], actual, path);
      default:
        return `${path}: no comparison for ${kind}`;
    }
  }

  #items(expected: readonly Answer[], actual: Value, path: string): string | undefined {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differ(path, expected, actual);
    for (let i = 0; i < expected.length; i++) {
      const found = this.compare(expected[i]!, actual[i] as Value, `${path}/${i}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Sets have no order: what names others by number is compared last, each with the first element that is right. */
  #set(expected: readonly Answer[], actual: readonly Value[], path: string): string | undefined {
    if (expected.length !== actual.length) return `${path}: ${actual.length} of ${expected.length} elements`;
    const left = [...actual];
    const refers = (item: Answer): number => (JSON.stringify(item).includes('"$ref"') ? 1 : 0);
    for (const item of [...expected].sort((a, b) => refers(a) - refers(b))) {
      const met = this.#met.length;
      const at = left.findIndex((candidate) => {
        this.#met.length = met;
        return this.compare(item, candidate, path) === undefined;
      });
      if (at < 0) return `${path}: lacks ${JSON.stringify(item)}`;
      left.splice(at, 1);
    }
    return undefined;
  }

  #dict(expected: readonly (readonly Answer[])[], actual: Value, path: string): string | undefined {
    const entries = isPairs(actual) ? actual.entries : isRecord(actual) ? Object.entries(actual) : undefined;
    if (entries?.length !== expected.length)
      return `${path}: ${entries?.length} of ${expected.length} members`;
    for (const [i, [key, value]] of expected.entries()) {
      const found =
        this.compare(key!, entries[i]![0], `${path}/key ${i}`) ??
        this.compare(value!, entries[i]![1], `${path}/${i}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Of a code object the answer has the class alone. */
  #object(name: string, actual: Value, path: string): string | undefined {
    const tag = name === 'builtins.code' ? 'code' : name === 'builtins.ellipsis' ? 'ellipsis' : name;
    if (tag === 'code') this.#met.push(actual);
    return isTagged(actual) && actual.tag === tag ? undefined : differ(path, name, actual);
  }
}

function differ(path: string, expected: unknown, actual: Value): string {
  const found =
    typeof actual === 'object' ? (isTagged(actual) ? actual.tag : 'another value') : String(actual);
  const wanted = JSON.stringify(expected);
  return `${path}: ${wanted.length < 100 ? wanted : `${wanted.slice(0, 97)}…`} came as ${found}`;
}
