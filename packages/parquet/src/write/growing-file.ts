import { bytesOfTable, type Context, concatTables, type Sink, sliceTable, type Table } from '@formatlab/core';
import { unsupported } from '../corrupt.js';
import { type ParquetOptions, ROW_GROUP_SIZE } from '../options.js';
import type { Field } from '../schema/field.js';
import type { TableFile } from '../table-file.js';
import { checkTypes, tableFor } from './fit-rows.js';
import { type FilePlan, planFile } from './plan.js';
import type { WrittenGroup } from './row-group.js';
import { writeGroups } from './write-file.js';

/** A row group is written when it has this many bytes, also where it has few rows. */
const MOST_PENDING = 64 * 2 ** 20;

/** Row groups that are written behind a file while their rows come; no footer tells of them yet. */
export class GrowingFile {
  /** Of a new file; undefined once there was no batch, and for a file that was there. */
  plan: FilePlan | undefined;
  readonly groups: WrittenGroup[] = [];
  readonly #file: TableFile | undefined;
  readonly #sink: Sink;
  readonly #context: Context<ParquetOptions>;
  #first: Table | undefined;
  #schema = '';
  #pending: Table[] = [];
  #rows = 0;
  #bytes = 0;

  /** @param file that the rows are appended to; undefined for a new one */
  constructor(sink: Sink, context: Context<ParquetOptions>, file: TableFile | undefined) {
    this.#sink = sink;
    this.#context = context;
    this.#file = file;
  }

  /** @throws FormatError `unsupported` for rows that are not of the columns before */
  async add(batch: Table): Promise<void> {
    if (batch.rows === 0 && this.#first !== undefined) return;
    this.#check(batch);
    this.#pending.push(batch);
    this.#rows += batch.rows;
    const size = this.#context.options.rowGroupSize ?? ROW_GROUP_SIZE;
    if (this.#rows < size) this.#bytes += bytesOfTable(batch);
    if (this.#rows >= size) await this.#write(this.#rows - (this.#rows % size));
    else if (this.#bytes >= MOST_PENDING) await this.#write(this.#rows);
  }

  /** Writes the rows that did not make a row group yet. */
  async finish(): Promise<void> {
    if (this.#rows > 0) await this.#write(this.#rows);
  }

  async #write(rows: number): Promise<void> {
    const all = this.#pending.length === 1 ? this.#pending[0]! : concatTables(this.#pending);
    const table = rows === all.rows ? all : sliceTable(all, { slice: [{ stop: rows }] });
    this.#pending = rows === all.rows ? [] : [sliceTable(all, { slice: [{ start: rows }] })];
    this.#rows -= rows;
    this.#bytes = this.#pending.reduce((sum, part) => sum + bytesOfTable(part), 0);
    const context = { ...this.#context, progress() {} };
    const at = this.#sink.size;
    const written = await writeGroups(this.#fields(), table, at, this.#context.options, context);
    await this.#sink.write(
      at,
      written.flatMap((group) => group.pieces),
    );
    // The bytes are in the file: only their places are needed from here on.
    for (const group of written) this.groups.push(withoutBytes(group));
  }

  #fields(): readonly Field[] {
    return this.plan?.fields ?? this.#file!.columns.map((column) => column.field);
  }

  #check(batch: Table): void {
    if (this.#file !== undefined) {
      tableFor(this.#file, batch);
      this.#first ??= batch;
      return;
    }
    if (this.#first !== undefined) checkTypes(batch.columns, this.#first.columns);
    // What a batch asks of the schema, such as times that its unit does not hold, shows when it is planned.
    const loss = this.#first === undefined ? this.#context.loss : () => undefined;
    const plan = planFile(batch, undefined, { loss, batches: true });
    const schema = JSON.stringify(plan.elements);
    if (this.#first === undefined) {
      this.#first = batch;
      this.#schema = schema;
      this.plan = plan;
    } else if (schema !== this.#schema)
      throw unsupported(
        'write a batch as parquet: its times have no room in the type that the first batch asked for; write the table whole',
        'times beyond those of the first batch',
      );
  }
}

function withoutBytes(group: WrittenGroup): WrittenGroup {
  return {
    ...group,
    pieces: [],
    chunks: group.chunks.map(({ at, chunk }) => ({ at, chunk: { ...chunk, pieces: [] } })),
  };
}
