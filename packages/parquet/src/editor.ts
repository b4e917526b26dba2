import {
  appendValue,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isNDArray,
  isTable,
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
import type { TableFile } from './table-file.js';
import { lengthOf } from './write/chunk.js';
import { closeGroups, extendFooter, fileEnd } from './write/encode-footer.js';
import { grownShape, slabFor, tableFor } from './write/fit-rows.js';
import { GrowingFile } from './write/growing-file.js';
import type { WrittenGroup } from './write/row-group.js';
import { endOf, writeFile, writeGroups } from './write/write-file.js';

/**
 * Adds rows as row groups behind the old end of the file, and then a new footer. The old footer stays where it
 * is, as dead bytes: what was there before is never written over.
 */
export function edit(sink: Sink, context: Context<ParquetOptions>): Editor {
  return new ParquetEditor(sink, context);
}

class ParquetEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<ParquetOptions>;
  /** Bytes of the file when nothing is pending. */
  #size: number;
  /** The new value of the whole file, once it was put. */
  #whole: Table | NDArray | undefined;
  readonly #more: (Table | NDArray)[] = [];
  /** Row groups that were written already. */
  #growing: GrowingFile | undefined;
  /** The file that they stand behind, where it is not new. */
  #file: TableFile | undefined;

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

  append(path: string, value: Value): void | Promise<void> {
    checkRoot(path);
    const more = storable(value);
    if (this.#growing !== undefined && isTable(more)) return this.#growing.add(more);
    if (this.#whole !== undefined) this.#whole = appendValue(this.#whole, more, path) as Table | NDArray;
    else if (this.#size === 0)
      throw new FormatError('not-found', "append to '': the file is new", { format: 'parquet', path });
    else this.#more.push(more);
  }

  remove(path: string): void {
    checkRoot(path);
    throw unsupported('remove the root of a Parquet file: it can only be replaced', 'removing the root');
  }

  /** Row groups are written while the rows come, behind what is there; the footer follows at commit. */
  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    checkRoot(path);
    for await (const batch of batches) {
      if (this.#whole !== undefined || this.#more.length > 0) await this.append(path, batch);
      else await (await this.#grow()).add(batch);
    }
  }

  async commit(): Promise<Commit> {
    if (this.#growing !== undefined) return this.#finishGrowing(this.#growing);
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

  async #grow(): Promise<GrowingFile> {
    if (this.#growing !== undefined) return this.#growing;
    const context = this.#context;
    if (this.#size === 0) {
      await this.#sink.write(0, MAGIC);
      this.#growing = new GrowingFile(this.#sink, context, undefined);
    } else {
      const file = await tableOfSource(this.#sink, context, context.options);
      this.#file = file;
      const options = file.sealed ? { ...context.options, checksums: true } : context.options;
      this.#growing = new GrowingFile(this.#sink, { ...context, options }, file);
    }
    return this.#growing;
  }

  async #finishGrowing(growing: GrowingFile): Promise<Commit> {
    await growing.finish();
    const { plan, groups } = growing;
    const at = this.#sink.size;
    if (plan !== undefined) await this.#sink.write(at, endOf(plan, groups, this.#context.options));
    else if (this.#file !== undefined && groups.length > 0) {
      const { footer, sealed } = this.#file;
      const closing = closeGroups(groups, at);
      await this.#sink.write(at, [
        ...closing.indexes,
        ...fileEnd(extendFooter(footer, closing, footer.keyValues), sealed),
      ]);
    } else return { written: 0, rewritten: 0 };
    const written = this.#sink.size - this.#size;
    this.#growing = undefined;
    this.#size = this.#sink.size;
    return { written, rewritten: 0 };
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
