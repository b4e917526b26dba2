import {
  Budget,
  type Context,
  childPath,
  type Entry,
  FormatError,
  isFormatError,
  joinPath,
  type Reader,
  type ReadSelection,
  resolveSelection,
  rowsToResolve,
  type Source,
  selectFrom,
  splitPath,
  type Value,
  valueAt,
  wholeReader,
} from '@formatlab/core';
import { decodeWith } from '../decode.js';
import type { Rules } from '../options.js';
import { type DocumentPlace, isUtf8, scanDocuments } from './scan.js';

const HEAD_BYTES = 4;

/** Several documents are found by their markers and read one at a time; a single one is read as a whole. */
export async function openWith(source: Source, rules: Rules, context: Context<object>): Promise<Reader> {
  const [head] = await source.read([{ at: 0, length: Math.min(HEAD_BYTES, source.size) }], context.signal);
  const reader = new DocumentsReader(source, rules, context);
  if (rules.documents !== 'one' && isUtf8(head!) && (await reader.isList())) return reader;
  return { ...wholeReader(await reader.whole()), close: () => reader.close() };
}

class DocumentsReader implements Reader {
  readonly #source: Source;
  readonly #rules: Rules;
  readonly #context: Context<object>;
  readonly #coming: AsyncGenerator<DocumentPlace>;
  /** Documents found so far. */
  readonly #found: DocumentPlace[] = [];
  /** Scans under way, one behind the other. */
  #scans: Promise<unknown> = Promise.resolve();

  constructor(source: Source, rules: Rules, context: Context<object>) {
    this.#source = source;
    this.#rules = rules;
    this.#context = context;
    this.#coming = scanDocuments(source, context);
  }

  /** Whether the root is a list of documents. */
  async isList(): Promise<boolean> {
    return this.#rules.documents === 'list' || (await this.#count(2)) === 2;
  }

  async whole(): Promise<Value> {
    const { size, name } = this.#source;
    const context = this.#call();
    context.budget.takeBytes(size, `the ${size} bytes of '${name}'`);
    const [bytes] = await this.#source.read([{ at: 0, length: size }], this.#context.signal);
    return decodeWith(bytes!, this.#rules, context);
  }

  async entries(): Promise<readonly Entry[]> {
    await this.#count(Number.POSITIVE_INFINITY);
    return this.#found.map(({ length }, i) => ({
      path: childPath('', `${i}`),
      kind: 'tree',
      storedBytes: length,
    }));
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    const [name, ...deeper] = splitPath(path);
    if (name === undefined) return this.#list(path, selection);
    const index = /^(0|[1-9]\d*)$/.test(name) ? Number(name) : -1;
    if (index < 0 || (await this.#count(index + 1)) <= index)
      throw new FormatError('not-found', `read '${path}': the file has no document of this number`, {
        format: 'yaml',
        path,
      });
    return selectFrom(valueAt(await this.#document(index), joinPath(deeper)), path, selection);
  }

  async close(): Promise<void> {
    await this.#coming.return(undefined);
    await this.#source.close();
  }

  async #list(path: string, selection: ReadSelection): Promise<Value> {
    const { slice, columns } = selection;
    if (slice === undefined || columns !== undefined) return selectFrom(await this.whole(), path, selection);
    const length = await this.#count(rowsToResolve(slice) ?? Number.POSITIVE_INFINITY);
    const { start, count, step, drop } = resolveSelection(slice, [length])[0]!;
    const documents: Value[] = [];
    for (let i = 0; i < count; i++) documents.push(await this.#document(start + i * step));
    return drop ? documents[0]! : documents;
  }

  /** How many documents there are, up to `most`. */
  async #count(most: number): Promise<number> {
    const scan = this.#scans.then(async () => {
      while (this.#found.length < most) {
        const next = await this.#coming.next();
        if (next.done === true) return;
        this.#found.push(next.value);
      }
    });
    // A scan that failed is told to who asked for it.
    this.#scans = scan.catch(() => undefined);
    await scan;
    return Math.min(most, this.#found.length);
  }

  async #document(index: number): Promise<Value> {
    const { at, length } = this.#found[index]!;
    const context = this.#call();
    context.budget.takeBytes(length, `document ${index} of ${length} bytes`);
    const [bytes] = await this.#source.read([{ at, length }], this.#context.signal);
    try {
      return decodeWith(bytes!, { ...this.#rules, documents: 'one' }, context);
    } catch (error) {
      // Lines are those of the file where the whole is read.
      if (isFormatError(error) && error.code === 'corrupt') await this.whole();
      throw error;
    }
  }

  /** What is read from an open file is the caller's to keep: each read has the whole allowance. */
  #call(): Context<object> {
    const { maxBytes, maxItems, maxDepth } = this.#context.budget;
    return { ...this.#context, budget: new Budget({ bytes: maxBytes, items: maxItems, depth: maxDepth }) };
  }
}
