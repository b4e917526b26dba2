import type { Context, FormatSet } from '../contract/context.js';
import type { Commit, Editor } from '../contract/reader.js';
import { FormatError } from '../errors.js';
import { byteLengthOf } from '../io/ranges.js';
import type { Sink } from '../io/source.js';
import type { Compression } from '../layers/compression.js';
import { decompress } from '../layers/layers.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import { appendValue } from '../values/concat.js';
import { joinPath, splitPath } from '../values/path.js';
import { isRecord, kindOfValue, newRecord, type Value, type ValueRecord } from '../values/value.js';
import type { Chosen } from './call.js';
import { readWhole } from './read-call.js';
import { encode, type SaveOptions } from './save.js';
import { valueAt } from './whole-reader.js';

interface RewriteCall {
  readonly formats: FormatSet;
  readonly chosen: Chosen;
  readonly context: Context<object>;
  readonly compression: Compression;
  readonly options: SaveOptions;
}

/** Edits the decoded value and writes the file anew on commit: for formats and layers without editing in place. */
export function rewriteEditor(sink: Sink, call: RewriteCall): Editor {
  return new RewriteEditor(sink, call);
}

class RewriteEditor implements Editor {
  readonly #sink: Sink;
  readonly #call: RewriteCall;
  #root: Value | undefined;
  #loaded = false;
  #changed = false;

  constructor(sink: Sink, call: RewriteCall) {
    this.#sink = sink;
    this.#call = call;
  }

  async put(path: string, value: Value): Promise<void> {
    this.#root = putAt(await this.#load(), splitPath(path), value, []);
    this.#changed = true;
  }

  async append(path: string, value: Value): Promise<void> {
    const root = await this.#load();
    if (root === undefined)
      throw new FormatError('not-found', `append to '${path}': the file is new`, { path });
    this.#root = putAt(root, splitPath(path), appendValue(valueAt(root, path), value, path), []);
    this.#changed = true;
  }

  async remove(path: string): Promise<void> {
    const root = await this.#load();
    if (root === undefined) throw new FormatError('not-found', `remove '${path}': the file is new`, { path });
    valueAt(root, path);
    this.#root = removeAt(root, splitPath(path), path);
    this.#changed = true;
  }

  async commit(): Promise<Commit> {
    if (!this.#changed) return { written: 0, rewritten: 0 };
    const { formats, chosen, options, compression } = this.#call;
    const before = this.#sink.size;
    const { pieces } = await encode(
      formats,
      this.#root ?? newRecord(),
      { ...options, format: chosen.format.id, compression },
      this.#sink.name,
    );
    await this.#sink.replace(pieces);
    this.#changed = false;
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  close(): void {
    this.#root = undefined;
  }

  async #load(): Promise<Value | undefined> {
    if (this.#loaded) return this.#root;
    if (this.#sink.size > 0) this.#root = await this.#decode();
    // Not before: what cannot be read must not be taken for a new file and overwritten.
    this.#loaded = true;
    return this.#root;
  }

  async #decode(): Promise<Value> {
    const { chosen, context, compression } = this.#call;
    const bytes = await decompress(await readWhole(this.#sink, context), compression, context.budget);
    return chosen.implementation.decode(bytes, context);
  }
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
