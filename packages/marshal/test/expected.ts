import { isPairs, isRecord, isTagged, type Tagged, type Value } from '@formatlab/core';

/** A description as foreign/describe.py makes it. */
export type Described =
  | null
  | boolean
  | number
  | string
  | readonly Described[]
  | { readonly [name: string]: Described };

/** The first place where a value is not what Python described, or undefined. Shared parts have to be one object. */
export function differenceFrom(expected: Described, actual: Value, python2 = false): string | undefined {
  return new Comparison(python2).compare(expected, actual, '');
}

class Comparison {
  /** The values of the containers in the order in which Python numbered them. */
  readonly #seen: Value[] = [];
  /** Its interned byte strings are text here, as Python 3 reads them. */
  readonly #python2: boolean;

  constructor(python2: boolean) {
    this.#python2 = python2;
  }

  compare(expected: Described, actual: Value, path: string): string | undefined {
    if (Array.isArray(expected)) {
      this.#seen.push(actual);
      return this.#items(expected, Array.isArray(actual) ? actual : undefined, path);
    }
    if (typeof expected !== 'object' || expected === null)
      return same(expected === actual && !Object.is(actual, -0), expected, actual, path);
    const [kind, content] = Object.entries(expected)[0]!;
    return this.#kind(kind, content, actual, path, expected as { readonly [name: string]: Described });
  }

  #kind(
    kind: string,
    content: Described,
    actual: Value,
    path: string,
    whole: { readonly [name: string]: Described },
  ): string | undefined {
    const tagged = isTagged(actual) ? actual : undefined;
    switch (kind) {
      case '$bigint':
        return same(String(actual) === content, content, actual, path);
      case '$float':
        // A NaN has no sign or payload here.
        return same(
          typeof actual === 'number' &&
            (bits(actual) === content || (Number.isNaN(actual) && /^[7f]ff8/.test(content as string))),
          content,
          actual,
          path,
        );
      case '$text':
        return same(
          typeof actual === 'string' && Array.from(actual.split(''), code).join() === String(content),
          content,
          actual,
          path,
        );
      case '$bytes':
        return same(
          (this.#python2 && typeof actual === 'string'
            ? Buffer.from(actual).toString('hex')
            : hex(actual)) === content,
          content,
          actual,
          path,
        );
      case '$ellipsis':
        return same(tagged?.tag === 'ellipsis', kind, actual, path);
      case '$stop':
        return same(tagged?.tag === 'stop-iteration', kind, actual, path);
      case '$complex':
        return same(
          tagged?.tag === 'complex' && String((tagged.value as number[]).map(bits)) === String(content),
          content,
          actual,
          path,
        );
      case '$ref':
        return same(this.#seen[content as number] === actual, `what has number ${content}`, actual, path);
      case '$set':
      case '$frozenset':
        return this.#set(kind.slice(1), content as readonly Described[], tagged, path);
      case '$tuple':
      case '$slice':
        if ((content as readonly Described[]).length > 0) this.#seen.push(actual);
        return this.#items(
          content as readonly Described[],
          tagged?.tag === kind.slice(1) ? (tagged.value as readonly Value[]) : undefined,
          path,
        );
      case '$dict':
        this.#seen.push(actual);
        return this.#dict(content as readonly (readonly Described[])[], actual, path);
      case '$code':
        this.#seen.push(actual);
        return this.#code(content as { readonly [name: string]: Described }, tagged, path);
      case '$pyc':
        if (tagged?.tag !== 'pyc' || tagged.attributes?.['python'] !== whole['python'])
          return `${path}: no .pyc`;
        if (tagged.attributes?.['mtime'] !== whole['mtime']) return `${path}: another time`;
        return this.compare(content, tagged.value, path);
      default:
        return `${path}: no such kind, ${kind}`;
    }
  }

  #items(
    expected: readonly Described[],
    actual: readonly Value[] | undefined,
    path: string,
  ): string | undefined {
    if (actual?.length !== expected.length) return `${path}: ${actual?.length} of ${expected.length} items`;
    return first(expected.map((item, i) => this.compare(item, actual[i]!, `${path}/${i}`)));
  }

  #set(
    tag: string,
    expected: readonly Described[],
    tagged: Tagged | undefined,
    path: string,
  ): string | undefined {
    if (tagged?.tag !== tag || (tagged.value as readonly Value[]).length !== expected.length)
      return `${path}: not this ${tag}`;
    const left = [...(tagged.value as readonly Value[])];
    for (const item of expected) {
      const at = left.findIndex((candidate) => differenceFrom(item, candidate, this.#python2) === undefined);
      if (at < 0) return `${path}: lacks ${JSON.stringify(item)}`;
      left.splice(at, 1);
    }
    return undefined;
  }

  #dict(expected: readonly (readonly Described[])[], actual: Value, path: string): string | undefined {
    const entries = isPairs(actual) ? actual.entries : isRecord(actual) ? Object.entries(actual) : undefined;
    if (entries?.length !== expected.length)
      return `${path}: ${entries?.length} of ${expected.length} members`;
    return first(
      expected.map(([key, value], i) => {
        const found = this.compare(key!, entries[i]![0], `${path}/key ${i}`);
        return found ?? this.compare(value!, entries[i]![1], `${path}/${i}`);
      }),
    );
  }

  #code(
    expected: { readonly [name: string]: Described },
    tagged: Tagged | undefined,
    path: string,
  ): string | undefined {
    if (tagged?.tag !== 'code' || !isRecord(tagged.value)) return `${path}: no code object`;
    const fields = tagged.value;
    return first(
      Object.entries(expected).map(([name, value]) => {
        const found = fields[name] ?? (name === 'qualname' ? fields['name'] : undefined);
        const plain =
          name === 'code'
            ? hex(found ?? null)
            : name === 'consts'
              ? ((found as Tagged).value as readonly Value[]).length
              : isTagged(found)
                ? found.value
                : found;
        return JSON.stringify(plain) === JSON.stringify(value) ? undefined : `${path}/${name}: ${plain}`;
      }),
    );
  }
}

function first(found: readonly (string | undefined)[]): string | undefined {
  return found.find((problem) => problem !== undefined);
}

function same(equal: boolean, expected: Described, actual: Value, path: string): string | undefined {
  if (equal) return undefined;
  return `${path}: ${JSON.stringify(expected)} came as ${typeof actual === 'object' ? 'another value' : String(actual)}`;
}

function code(unit: string): number {
  return unit.charCodeAt(0);
}

function bits(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

function hex(value: Value): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined;
}
