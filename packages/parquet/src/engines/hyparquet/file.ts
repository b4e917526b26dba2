import { type Column, isFormatError, joinBytes } from '@formatlab/core';
import {
  type AsyncBuffer,
  type ColumnData,
  type FileMetaData,
  type ParquetParsers,
  parquetMetadata,
  parquetRead,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { FileColumn } from '../../column/collect.js';
import { asCorrupt, unsupported } from '../../corrupt.js';
import { TableFile } from '../../table-file.js';
import { fileEnd } from '../../write/encode-footer.js';
import { ForeignColumn } from '../foreign-column.js';

/** Values as they are in the file: the defaults make Dates, which drop micro- and nanoseconds. */
const AS_STORED: ParquetParsers = {
  timestampFromMilliseconds: (ticks) => ticks,
  timestampFromMicroseconds: (ticks) => ticks,
  timestampFromNanoseconds: (ticks) => ticks,
  dateFromDays: (days) => days,
  stringFromBytes: (bytes) => bytes,
  jsonFromBytes: (bytes) => bytes,
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
  uuidFromBytes: (bytes) => bytes,
};

/** A file whose pages hyparquet reads. */
export class HyparquetFile extends TableFile {
  override async readColumns(columns: readonly FileColumn[], from: number, to: number): Promise<Column[]> {
    const targets = new Map(
      columns.map((column) => [column.name, new ForeignColumn(column, to - from, 'hyparquet', this.env)]),
    );
    if (to > from && columns.length > 0) await this.#read([...targets.keys()], targets, from, to);
    return [...targets.values()].map((target) => target.finish());
  }

  async #read(
    names: string[],
    targets: ReadonlyMap<string, ForeignColumn>,
    from: number,
    to: number,
  ): Promise<void> {
    // Nothing may be thrown where hyparquet calls back: some of its promises have nobody to listen to them.
    const chunks: ColumnData[] = [];
    try {
      await parquetRead({
        file: this.#buffer(),
        metadata: this.#metadata(),
        columns: names,
        rowStart: from,
        rowEnd: to,
        useOffsetIndex: true,
        compressors,
        utf8: false,
        geoparquet: false,
        parsers: AS_STORED,
        onChunk: (chunk) => void chunks.push(chunk),
      });
    } catch (error) {
      throw asOurs(error);
    }
    for (const { columnName, columnData, rowStart, rowEnd } of chunks) {
      this.env.progress(rowEnd, to);
      const target = targets.get(columnName)!;
      const first = Math.max(from, rowStart);
      const last = Math.min(to, rowEnd, rowStart + columnData.length);
      // Chunks may hold more rows than were asked for.
      for (let row = first; row < last; row++) target.set(row - from, columnData[row - rowStart]);
    }
  }

  #buffer(): AsyncBuffer {
    return {
      byteLength: this.size,
      slice: async (start, end = this.size) => {
        const [piece] = await this.fetch([{ at: start, length: end - start }]);
        // It wants a buffer of just these bytes.
        return new Uint8Array(piece!).buffer;
      },
    };
  }

  /** Its metadata without annotations: it then gives physical values, which we turn into dtypes exactly. */
  #metadata(): FileMetaData {
    const metadata = parquetMetadata(joinBytes(fileEnd(this.footer.raw.bytes, false)), {
      parsers: AS_STORED,
      geoparquet: false,
    });
    const schema = metadata.schema.map(
      ({ converted_type: _converted, logical_type: _logical, ...element }) => element,
    );
    return { ...metadata, schema };
  }
}

function asOurs(error: unknown): unknown {
  if (isFormatError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/unsupported|not supported/.test(message)) {
    return unsupported(
      `read column chunk by hyparquet: ${message}; the default engine may read it`,
      message,
      { supported: ['formatlab'], cause: error },
    );
  }
  return asCorrupt(error, 'read column chunk by hyparquet', undefined);
}
