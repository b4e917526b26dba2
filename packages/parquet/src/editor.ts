import {
  appendValue,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isNDArray,
  isTable,
  joinBytes,
  kindOfValue,
  type NDArray,
  type Sink,
  splitPath,
  type Table,
  type Value,
} from '@formatlab/core';
import { unsupported } from './corrupt.js';
import { type KeyValue, MAGIC } from './footer.js';
import { ARRAY_KEY } from './notes.js';
import { tableOfSource } from './open-table.js';
import type { ParquetOptions } from './options.js';
import { lengthOf } from './write/chunk.js';
import { closeGroups, extendFooter, fileEnd } from './write/encode-footer.js';
import { checkTypes, grownShape, slabFor, tableFor } from './write/fit-rows.js';
import { type FilePlan, planFile } from './write/plan.js';
import type { WrittenGroup } from './write/row-group.js';
import { endOf, writeFile, writeGroups } from './write/write-file.js';

/**
 * Adds rows as row groups behind the old end of the file, and then a new footer. The old footer stays where it
 * is, as dead bytes: what was there before is never written over.
 */
export function edit(sink: Sink, context: Context<ParquetOptions>): Editor {
  return new ParquetEditor(sink, context);
}

/** A new file that grows by batches. */
interface NewFile {
  readonly plan: FilePlan;
  readonly first: Table;
  readonly groups: WrittenGroup[];
}

class ParquetEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<ParquetOptions>;
  /** Bytes of the file when nothing is pending. */
  #size: number;
  /** The new value of the whole file, once it was put. */
  #whole: Table | NDArray | undefined;
  readonly #more: (Table | NDArray)[] = [];
  #growing: NewFile | undefined;

  constructor(sink: Sink, context: Context<ParquetOptions>) {
    this.#sink = sink;
    this.#context = context;
    this.#size = sink.size;
  }

  async put(path: string, value: Value): Promise<void> {
    checkRoot(path);
    await this.#undo();
    this.#whole = storable(value);
    this.#more.length = 0;
  }

  append(path: string, value: Value): void {
    checkRoot(path);
    const more = storable(value);
    if (this.#whole !== undefined) this.#whole = appendValue(this.#whole, more, path) as Table | NDArray;
    else if (this.#size === 0 && this.#growing === undefined)
      throw new FormatError('not-found', "append to '': the file is new", { format: 'parquet', path });
    else this.#more.push(more);
  }

  remove(path: string): void {
    checkRoot(path);
    throw unsupported('remove the root of a Parquet file: it can only be replaced', 'removing the root');
  }

  /** Row groups of a new file are written at once; those of an old one at commit, which is then all that can fail. */
  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    checkRoot(path);
    for await (const batch of batches) {
      if (this.#whole !== undefined || this.#size > 0) this.append(path, batch);
      else await this.#grow(batch);
    }
  }

  async commit(): Promise<Commit> {
    if (this.#growing !== undefined) return this.#finishNew(this.#growing);
    if (this.#whole !== undefined) return this.#replace(this.#whole);
    return this.#more.length === 0 ? { written: 0, rewritten: 0 } : this.#extend();
  }

  async close(): Promise<void> {
    await this.#undo();
    this.#more.length = 0;
    this.#whole = undefined;
  }

  /** Takes back row groups that no footer tells of. */
  async #undo(): Promise<void> {
    if (this.#growing === undefined) return;
    this.#growing = undefined;
    await this.#sink.truncate(this.#size);
  }

  async #replace(whole: Table | NDArray): Promise<Commit> {
    const pieces = await writeFile(whole, this.#context.options, this.#context);
    const before = this.#size;
    await this.#sink.replace(pieces);
    this.#whole = undefined;
    this.#size = this.#sink.size;
    const written = lengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  async #grow(batch: Table): Promise<void> {
    const { options } = this.#context;
    if (this.#growing === undefined) {
      await this.#sink.write(0, MAGIC);
      this.#growing = { plan: planFile(batch, undefined, this.#context), first: batch, groups: [] };
    }
    const { plan, first, groups } = this.#growing;
    checkTypes(
      batch.columns,
      first.columns.map(({ name, type }) => ({ name, type })),
    );
    const at = this.#sink.size;
    const written = await writeGroups(plan.fields, batch, at, options, this.#context);
    await this.#sink.write(at, joinBytes(written.flatMap((group) => group.pieces)));
    // The bytes are in the file: only their places are needed from here on.
    for (const group of written) groups.push({ ...group, pieces: [] });
  }

  async #finishNew({ plan, groups }: NewFile): Promise<Commit> {
    const end = endOf(plan, groups, this.#context.options);
    await this.#sink.write(this.#sink.size, end);
    this.#growing = undefined;
    this.#size = this.#sink.size;
    return { written: this.#size, rewritten: 0 };
  }

  async #extend(): Promise<Commit> {
    const context = this.#context;
    const file = await tableOfSource(this.#sink, context, context.options);
    const options = file.sealed ? { ...context.options, checksums: true } : context.options;
    const groups: WrittenGroup[] = [];
    let { array } = file;
    let at = this.#size;
    for (const more of this.#more) {
      const table = array === undefined ? tableFor(file, more) : slabFor(array, more);
      if (array !== undefined && isNDArray(more))
        array = { ...array, shape: grownShape(array.shape, more.shape) };
      const written = await writeGroups(
        file.columns.map((column) => column.field),
        table,
        at,
        options,
        context,
      );
      for (const group of written) {
        groups.push(group);
        at += group.length;
      }
    }
    const closing = closeGroups(groups, at);
    const keyValues = file.footer.keyValues.map(
      (pair): KeyValue =>
        pair.key === ARRAY_KEY && array !== undefined
          ? { key: ARRAY_KEY, value: JSON.stringify(array) }
          : pair,
    );
    const pieces = [
      ...groups.flatMap((group) => group.pieces),
      ...closing.indexes,
      ...fileEnd(extendFooter(file.footer, closing, keyValues), file.sealed),
    ];
    try {
      await this.#sink.write(this.#size, pieces);
    } catch (error) {
      // Half of it would hide the old footer.
      await this.#sink.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#more.length = 0;
    this.#size = this.#sink.size;
    return { written: lengthOf(pieces), rewritten: 0 };
  }
}

function storable(value: Value): Table | NDArray {
  if (isTable(value) || isNDArray(value)) return value;
  throw unsupported(`put ${kindOfValue(value)} as parquet: a file holds a table or an array`, 'root', {
    found: kindOfValue(value),
    supported: ['table', 'array'],
  });
}

function checkRoot(path: string): void {
  if (splitPath(path).length > 0)
    throw new FormatError('not-found', `edit '${path}': a Parquet file has one entry, the root`, {
      format: 'parquet',
      path,
      supported: [''],
    });
}
