import {
  type Context,
  type Entry,
  FormatError,
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
} from '@formatlab/core';
import { decodeSequence } from './decode.js';
import type { MsgpackOptions } from './options.js';
import { Scanner } from './scanner.js';

/** Values one behind the other: those before the ones asked for are passed by their headers. */
export function openStream(source: Source, context: Context<MsgpackOptions>): Reader {
  return new StreamReader(source, context);
}

class StreamReader implements Reader {
  readonly #source: Source;
  readonly #scanner: Scanner;
  /** The furthest value that is known. */
  #known = { index: 0, at: 0 };

  constructor(source: Source, context: Context<MsgpackOptions>) {
    this.#source = source;
    this.#scanner = new Scanner(source, context);
  }

  entries(): readonly Entry[] {
    return [{ path: '', kind: 'tree' }];
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    const [name, ...deeper] = splitPath(path);
    if (name === undefined) return this.#list(path, selection);
    const index = /^(0|[1-9]\d*)$/.test(name) ? Number(name) : undefined;
    const found = index === undefined ? undefined : await this.#seek(index);
    if (found === undefined || found.index !== index || found.at === this.#scanner.size)
      throw new FormatError('not-found', `read '${path}': the stream has no value of this number`, {
        format: 'msgpack',
        path,
      });
    const value = await this.#scanner.value(found.at, await this.#scanner.end(found.at), 1);
    return selectFrom(valueAt(value, joinPath(deeper)), path, selection);
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  async #list(path: string, selection: ReadSelection): Promise<Value> {
    const { slice } = selection;
    if (slice === undefined) return selectFrom(await this.#values(0, this.#scanner.size), path, selection);
    const { index: length } = await this.#seek(rowsToResolve(slice) ?? Number.POSITIVE_INFINITY);
    const { start, count, step, drop } = resolveSelection(slice, [length])[0]!;
    const { at } = await this.#seek(start);
    const { at: end } = await this.#seek(count === 0 ? start : start + (count - 1) * step + 1);
    return selectFrom(await this.#values(at, end), path, { ...selection, slice: [drop ? 0 : { step }] });
  }

  /** Value `index`, or the end of the file where there are fewer. */
  async #seek(index: number): Promise<{ readonly index: number; readonly at: number }> {
    let found = this.#known.index <= index ? this.#known : { index: 0, at: 0 };
    while (found.index < index && found.at < this.#scanner.size)
      found = { index: found.index + 1, at: await this.#scanner.end(found.at) };
    if (found.index > this.#known.index) this.#known = found;
    return found;
  }

  async #values(at: number, end: number): Promise<Value> {
    const context = this.#scanner.readContext();
    context.budget.takeBytes(end - at, `the ${end - at} bytes at byte ${at}`);
    return decodeSequence(await this.#scanner.bytes(at, end - at), at, 1, context);
  }
}
