import type { FormatSet } from '../contract/context.js';
import type { BatchOptions, Reader, ReadSelection } from '../contract/reader.js';
import { bytesSource } from '../io/bytes-source.js';
import type { Source } from '../io/source.js';
import type { Selector } from '../selection/selector.js';
import type { Table } from '../values/table.js';
import type { Value, ValueRecord } from '../values/value.js';
import type { CallOptions } from './call.js';
import type { Detection } from './detect.js';
import { type Input, openInput } from './input.js';
import { beginRead, named, nameError, type ReadCall, readContent } from './read-call.js';
import { cutTable, wholeReader } from './whole-reader.js';

/** An open file and what it is. What the format's own reader lacks is answered from the whole entry. */
export interface OpenFile extends Reader {
  /** Without a path: what the selector behind `#` names, the root where there is none. */
  read(path?: string, selection?: ReadSelection): Promise<Value>;
  batches(path: string, options?: BatchOptions): AsyncIterable<Table>;
  attributes(path: string): Promise<ValueRecord>;
  readonly format: Detection['format'];
  readonly engine: string | undefined;
  readonly compression: Detection['compression'];
  /** What stood behind `#` in the path. */
  readonly selector: Selector;
}

/**
 * Opens a file to list its entries and read them one at a time. A format without random access answers by
 * decoding the whole once; `format.can` tells.
 *
 * @throws FormatError
 */
export async function open(formats: FormatSet, input: Input, call: CallOptions = {}): Promise<OpenFile> {
  const opened = await openInput(input, call.signal);
  const file = opened.source.name;
  try {
    const read = await beginRead(formats, opened, call);
    const reader = await named(read.chosen, file, () => openReader(read));
    const { format, engine } = read.chosen;
    const close = async (): Promise<void> => {
      await reader.close();
      if (opened.owned) await opened.source.close();
    };
    return withNames(reader, format.id, file, {
      format,
      engine,
      compression: read.compression,
      selector: opened.selector,
      close,
    });
  } catch (error) {
    if (opened.owned) await opened.source.close();
    throw error;
  }
}

/** The format's own reader, on a source it can use; else one over the decoded whole. */
export async function openReader(read: ReadCall): Promise<Reader> {
  const { implementation, io } = read.chosen;
  if (implementation.open === undefined) {
    const bytes = await readContent(read);
    return wholeReader(await implementation.decode(bytes, read.context));
  }
  const source = await adapt(read, io);
  try {
    return await implementation.open(source, read.context);
  } catch (error) {
    // Nobody else knows of a copy made here.
    if (source !== read.source) await source.close();
    throw error;
  }
}

/** A source that has what the engine needs of its file: synchronous reads, or a path. */
async function adapt(read: ReadCall, io: 'async' | 'sync' | 'path'): Promise<Source> {
  const { source } = read;
  if (
    io === 'async' ||
    (io === 'sync' && source.readSync !== undefined) ||
    (io === 'path' && source.path !== undefined)
  )
    return source;
  const bytes = await readContent(read);
  if (io === 'sync') return bytesSource(bytes, source.name);
  const spool = await read.context.temp();
  try {
    await spool.write(0, bytes);
  } catch (error) {
    await spool.close();
    throw error;
  }
  return spool;
}

type Extras = Pick<OpenFile, 'format' | 'engine' | 'compression' | 'selector'> & { close(): Promise<void> };

function withNames(reader: Reader, format: string, file: string, extras: Extras): OpenFile {
  const guard = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw nameError(error, format, file);
    }
  };
  async function* batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    try {
      yield* reader.batches?.(path, options) ?? cutTable(await reader.read(path), path, options);
    } catch (error) {
      throw nameError(error, format, file);
    }
  }
  return {
    ...extras,
    batches,
    entries: () => guard(() => reader.entries()),
    read(path, selection) {
      const { selector } = extras;
      if (path !== undefined) return guard(() => reader.read(path, selection));
      const { path: named = '', slice, columns } = selector;
      return guard(() => reader.read(named, { slice, columns, ...selection }));
    },
    attributes: (path) => guard(() => reader.attributes?.(path) ?? {}),
  };
}
