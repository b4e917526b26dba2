import { type Column, type Context, isFormatError, type NDArray, type Table } from '@formatlab/core';
import type { Library } from 'parquetjs-lite';
import type { FileColumn } from '../../column/collect.js';
import { asCorrupt, corrupt, unsupported } from '../../corrupt.js';
import { readWhole } from '../../decode.js';
import { openedOfBytes } from '../../open-table.js';
import type { ParquetOptions } from '../../options.js';
import { leafPath } from '../../schema/field.js';
import { type OpenedFile, TableFile } from '../../table-file.js';
import { ForeignColumn } from '../foreign-column.js';
import { checkPages } from './check-pages.js';

const ENGINE = 'parquetjs-lite';
const VERSION = 1;
const CODECS: ReadonlySet<string> = new Set(['UNCOMPRESSED', 'SNAPPY', 'GZIP']);
const ENCODINGS: ReadonlySet<string> = new Set(['PLAIN', 'RLE', 'BIT_PACKED', 'PLAIN_DICTIONARY']);

/** The whole table, as the library's physical values. @throws FormatError `unsupported` for what it reads wrongly or not at all */
export async function decodeWith(
  library: Library,
  bytes: Uint8Array,
  context: Context<ParquetOptions>,
): Promise<Table | NDArray> {
  const opened = openedOfBytes(bytes, context, context.options);
  return readWhole(new ParquetjsFile(library, bytes, opened, context));
}

class ParquetjsFile extends TableFile {
  readonly #library: Library;
  readonly #bytes: Uint8Array;

  constructor(library: Library, bytes: Uint8Array, opened: OpenedFile, context: Context<ParquetOptions>) {
    super(opened, context, context.options);
    this.#library = library;
    this.#bytes = bytes;
    checkFile(this);
    checkPages(this, bytes, context.budget);
  }

  override async readColumns(columns: readonly FileColumn[]): Promise<Column[]> {
    const targets = columns.map((column) => new ForeignColumn(column, this.rows, ENGINE, this.env));
    try {
      await this.#fill(targets);
    } catch (error) {
      throw isFormatError(error) ? error : asCorrupt(error, `read by ${ENGINE}`, undefined);
    }
    return targets.map((target) => target.finish());
  }

  async #fill(targets: readonly ForeignColumn[]): Promise<void> {
    const buffer = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    // Its reading of bounds fails on timestamps that it wrote itself.
    const reader = await this.#library.ParquetReader.openBuffer(buffer, { rawStatistics: true });
    let start = 0;
    for (const [i, group] of this.footer.groups.entries()) {
      const { columnData } = await reader.envelopeReader.readRowGroup(
        reader.schema,
        reader.metadata.row_groups[i]!,
        [],
      );
      for (const target of targets) {
        const { dlevels, values } = columnData[target.leaf.path.join(',')] ?? { dlevels: [], values: [] };
        fillGroup(target, dlevels, values, start, group.rows);
      }
      start += group.rows;
      this.env.progress(start, this.rows);
    }
  }
}

function fillGroup(
  target: ForeignColumn,
  levels: readonly number[],
  values: readonly unknown[],
  start: number,
  rows: number,
): void {
  const { leaf } = target;
  let next = 0;
  for (let row = 0; row < rows; row++) {
    const there = leaf.maxDef === 0 || levels[row] === leaf.maxDef;
    const value = there ? values[next++] : null;
    if (value === undefined || row >= levels.length)
      throw corrupt(`read '${leafPath(leaf)}' by ${ENGINE}: ${values.length} values of ${rows} rows`);
    // A dictionary's values come as text: only columns of text are let through.
    target.set(start + row, value);
  }
  if (next !== values.length)
    throw corrupt(`read '${leafPath(leaf)}' by ${ENGINE}: ${values.length - next} values too many`);
}

/** Refuses ahead what the library refuses in its own words, or reads wrongly. */
function checkFile({ footer, leaves }: TableFile): void {
  if (footer.version !== VERSION)
    throw refused(`files of format version ${footer.version}`, `format version ${footer.version}`);
  for (const leaf of leaves) {
    const path = leafPath(leaf);
    const { type, load } = leaf.kind;
    if (type.decimal !== undefined) throw refused(`the decimals of '${path}'`, 'DECIMAL', path);
    if (load === 'int96' || load === 'uuid' || type.dtype === 'float16')
      throw refused(
        `'${path}' of ${load === 'int96' ? 'INT96' : type.dtype === 'float16' ? 'FLOAT16' : 'UUID'}`,
        `type of '${path}'`,
        path,
      );
    for (const { chunks } of footer.groups) {
      const { codec, encodings } = chunks[leaf.index]!;
      if (!CODECS.has(codec)) throw refused(`pages in ${codec} of '${path}'`, `codec ${codec}`, path);
      const encoding = encodings.find((name) => !ENCODINGS.has(name));
      if (encoding !== undefined)
        throw refused(`the encoding ${encoding} of '${path}'`, `encoding ${encoding}`, path);
      if (encodings.includes('PLAIN_DICTIONARY') && load !== 'text')
        throw refused(
          `the dictionary of '${path}', whose values it turns into text`,
          'dictionaries of values that are not text',
          path,
        );
    }
  }
}

function refused(what: string, feature: string, path?: string): Error {
  return unsupported(
    `read ${what} by ${ENGINE}: it can't; the default engine 'formatlab' reads them`,
    feature,
    { supported: ['formatlab'], ...(path === undefined ? {} : { path }) },
  );
}
