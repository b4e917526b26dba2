import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isRecord,
  joinPath,
  putValue,
  removeValue,
  type Sink,
  splitPath,
  type Value,
  valueAt,
} from '@formatlab/core';
import { checkVersion } from './encode.js';
import { HEADER_BYTES } from './mat5/constants.js';
import { variablePieces } from './mat5/encode.js';
import { type FileHeader, fileHeader, setSubsystem } from './mat5/file-header.js';
import { pathOfName } from './mat5/head.js';
import {
  byName,
  type Found,
  headerOf,
  type ReadBytes,
  readerOf,
  readFound,
  scanVariables,
} from './mat5/scan.js';
import type { MatlabOptions } from './options.js';
import { readWork, writeSettings } from './work.js';

/** New variables are added at the end of the file; replacing and removing copies the bytes of the others. */
export async function edit(sink: Sink, context: Context<MatlabOptions>): Promise<Editor> {
  checkVersion(context.options);
  if (sink.size > 0) {
    const header = await headerOf(sink.size, readerOf(sink, context));
    if (header.kind !== '5')
      throw new FormatError('unsupported', 'edit MAT 7.3: it is read only', {
        format: 'matlab',
        feature: 'writing 7.3',
      });
    if (!header.little)
      throw new FormatError('unsupported', 'edit MAT file in big-endian order: save it anew first', {
        format: 'matlab',
        feature: 'editing big-endian files',
      });
  }
  return new MatEditor(sink, context);
}

interface Stored {
  readonly header: FileHeader | undefined;
  readonly found: readonly Found[];
}

class MatEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<MatlabOptions>;
  readonly #read: ReadBytes;
  /** By variable name; undefined: removed. */
  readonly #changes = new Map<string, Value | undefined>();
  #root: Value | undefined;
  #stored: Stored | undefined;

  constructor(sink: Sink, context: Context<MatlabOptions>) {
    this.#sink = sink;
    this.#context = context;
    this.#read = readerOf(sink, context);
  }

  async put(path: string, value: Value): Promise<void> {
    const [name, ...rest] = splitPath(path);
    if (name === undefined) return this.#putRoot(value);
    if (rest.length === 0) {
      this.#changes.set(name, value);
      return;
    }
    this.#changes.set(name, putValue(await this.#current(name), joinPath(rest), value));
  }

  async append(path: string, value: Value): Promise<void> {
    const [name, ...rest] = splitPath(path);
    if (name === undefined) {
      const base = this.#root ?? (await this.#rootValue());
      if (base === undefined) throw notHere(path);
      return this.#putRoot(appendValue(base, value, path));
    }
    const base = await this.#current(name);
    if (base === undefined) throw notHere(path);
    const inner = joinPath(rest);
    const grown = appendValue(rest.length === 0 ? base : valueAt(base, inner), value, path);
    this.#changes.set(name, rest.length === 0 ? grown : putValue(base, inner, grown));
  }

  async remove(path: string): Promise<void> {
    const [name, ...rest] = splitPath(path);
    if (name === undefined)
      throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, { path });
    const base = rest.length === 0 ? undefined : await this.#current(name);
    if (rest.length > 0 && base !== undefined) {
      this.#changes.set(name, removeValue(base, joinPath(rest)));
      return;
    }
    const here = this.#changes.has(name)
      ? this.#changes.get(name) !== undefined
      : byName((await this.#file()).found).has(name);
    if (!here) throw notHere(path);
    this.#changes.set(name, undefined);
  }

  async commit(): Promise<Commit> {
    const { header, found } = await this.#file();
    if (this.#root === undefined && this.#changes.size === 0 && header !== undefined)
      return { written: 0, rewritten: 0 };
    const added = this.#added();
    const touched = this.#root !== undefined || found.some(({ head }) => this.#changes.has(head.name));
    const before = this.#sink.size;
    const commit =
      touched || header === undefined
        ? await this.#rewrite(header, this.#root === undefined ? found : [], added, before)
        : await this.#extend(added, before);
    this.#changes.clear();
    this.#root = undefined;
    this.#stored = undefined;
    return commit;
  }

  close(): void {
    this.#changes.clear();
  }

  async #extend(added: readonly Uint8Array[], before: number): Promise<Commit> {
    await this.#sink.write(before, added);
    return { written: byteLengthOf(added), rewritten: 0 };
  }

  /** The bytes of variables that stay are copied as they are. */
  async #rewrite(
    header: FileHeader | undefined,
    found: readonly Found[],
    added: readonly Uint8Array[],
    before: number,
  ): Promise<Commit> {
    const start = header === undefined ? fileHeader() : await this.#copyOf({ at: 0, length: HEADER_BYTES });
    const pieces: Uint8Array[] = [start];
    let at = HEADER_BYTES;
    let subsystem = 0;
    for (const each of found) {
      if (!each.subsystem && this.#changes.has(each.head.name)) continue;
      if (each.subsystem) subsystem = at;
      pieces.push(await this.#copyOf(each.place));
      at += each.place.length;
    }
    setSubsystem(start, subsystem, true);
    pieces.push(...added);
    await this.#sink.replace(pieces);
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  async #copyOf(place: { readonly at: number; readonly length: number }): Promise<Uint8Array> {
    return new Uint8Array(await this.#read(place));
  }

  #added(): readonly Uint8Array[] {
    const settings = writeSettings(this.#context);
    const pieces: Uint8Array[] = [];
    if (this.#root !== undefined)
      pieces.push(...variablePieces(settings.name, this.#root, '', true, settings));
    for (const [name, value] of this.#changes)
      if (value !== undefined) pieces.push(...variablePieces(name, value, pathOfName(name), false, settings));
    return pieces;
  }

  async #putRoot(value: Value): Promise<void> {
    this.#changes.clear();
    this.#root = undefined;
    if (!isRecord(value)) {
      this.#root = value;
      return;
    }
    for (const { head } of (await this.#file()).found) this.#changes.set(head.name, undefined);
    for (const [name, member] of Object.entries(value)) this.#changes.set(name, member);
  }

  async #rootValue(): Promise<Value | undefined> {
    const { header, found } = await this.#file();
    const all = [...byName(found).values()];
    if (header === undefined || all.length !== 1 || all[0]!.head.mark.root !== true) return undefined;
    return readFound(all[0]!, header, this.#read, readWork(this.#context));
  }

  async #current(name: string): Promise<Value | undefined> {
    if (this.#changes.has(name)) return this.#changes.get(name);
    const { header, found } = await this.#file();
    const variable = byName(found).get(name);
    if (header === undefined || variable === undefined) return undefined;
    return readFound(variable, header, this.#read, readWork(this.#context));
  }

  async #file(): Promise<Stored> {
    if (this.#stored === undefined) {
      const { size } = this.#sink;
      const header = size === 0 ? undefined : await headerOf(size, this.#read);
      const found =
        header === undefined ? [] : await scanVariables(size, header, this.#read, readWork(this.#context));
      this.#stored = { header, found };
    }
    return this.#stored;
  }
}

function notHere(path: string): FormatError {
  return new FormatError('not-found', `edit '${path}': no entry of this name`, { format: 'matlab', path });
}
