import type { Budget } from '../budget.js';
import type { Context, FormatSet } from '../contract/context.js';
import type { FileNeeds, Format, Implementation } from '../contract/format.js';
import type { BatchOptions, Entry, Reader, ReadSelection } from '../contract/reader.js';
import { FormatError } from '../errors.js';
import { bytesSource } from '../io/bytes-source.js';
import type { Source } from '../io/source.js';
import type { Selector } from '../selection/selector.js';
import type { Table } from '../values/table.js';
import type { Value, ValueRecord } from '../values/value.js';
import type { CallOptions } from './call.js';
import type { Detection } from './detect.js';
import { isIndexFault } from './find-index.js';
import { type Input, openInput } from './input.js';
import { beginRead, named, nameError, type ReadCall, readContent, readWhole } from './read-call.js';
import { restartingReader } from './restarting-reader.js';
import { cutTable, wholeReader } from './whole-reader.js';

/** An open file and what it is. What the format's own reader lacks is answered from the whole entry. */
export interface OpenFile extends Reader {
  /** Without a path: what the selector behind `#` names, the root where there is none. */
  read(path?: string, selection?: ReadSelection): Promise<Value>;
  entry(path: string): Promise<Entry>;
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
    const read = await beginRead(formats, opened, call, undefined, 'entries');
    const reader = await named(read.chosen, file, () => openReader(read));
    const { format, engine } = read.chosen;
    const close = async (): Promise<void> => {
      await reader.close();
      if (opened.owned) await opened.source.close();
    };
    return withNames(reader, read, file, {
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
  try {
    return await openOnce(read, read.context);
  } catch (error) {
    if (read.context.index === undefined || !isIndexFault(error)) {
      await read.index?.close();
      throw error;
    }
    read.index!.refuse(error);
    return openOnce(read, { ...read.context, index: undefined });
  }
}

async function openOnce(read: ReadCall, context: Context<object>): Promise<Reader> {
  const { implementation, io } = read.chosen;
  if (implementation.open === undefined) {
    const bytes = await readContent(read);
    return wholeReader(await implementation.decode(bytes, context));
  }
  return openAdapted(implementation, io, read.source, context, () => readContent(read));
}

/**
 * A format inside a format: the reader of `format` on a source of the file around it. The reader closes the source.
 *
 * @throws FormatError
 */
export async function openFormat(format: Format, source: Source, outer: Context<object>): Promise<Reader> {
  // The index is for the file around it.
  const context = { ...outer, index: undefined };
  const whole = (): Uint8Array | Promise<Uint8Array> => readWhole(source, context);
  if (format.open === undefined) return wholeReader(await format.decode(await whole(), context));
  return openAdapted(format, format.io ?? 'async', source, context, whole);
}

/** Opens with a source that has what the engine needs of its file: synchronous reads, or a path. */
async function openAdapted(
  implementation: Implementation<object>,
  io: FileNeeds,
  source: Source,
  context: Context<object>,
  whole: () => Uint8Array | Promise<Uint8Array>,
): Promise<Reader> {
  const hasSync = source.readSync !== undefined;
  if (io === 'async' || (io !== 'path' && hasSync) || (io === 'path' && source.path !== undefined))
    return implementation.open!(source, context);
  if (io === 'restartable') return restartingReader(implementation, source, context);
  const adapted =
    io === 'sync' ? bytesSource(await whole(), source.name) : await spooled(await whole(), context);
  try {
    return await implementation.open!(adapted, context);
  } catch (error) {
    // Nobody else knows of a copy made here.
    await adapted.close();
    throw error;
  }
}

async function spooled(bytes: Uint8Array, context: Context<object>): Promise<Source> {
  const spool = await context.temp();
  try {
    await spool.write(0, bytes);
  } catch (error) {
    await spool.close();
    throw error;
  }
  return spool;
}

type Extras = Pick<OpenFile, 'format' | 'engine' | 'compression' | 'selector'> & { close(): Promise<void> };

function withNames(reader: Reader, { chosen, context }: ReadCall, file: string, extras: Extras): OpenFile {
  const format = chosen.format.id;
  const guard = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw nameError(error, format, file);
    }
  };
  async function* batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    try {
      yield* chosen.can.batches.read && reader.batches !== undefined
        ? passing(reader.batches(path, options), context.budget)
        : (reader.batches?.(path, options) ?? cutTable(await reader.read(path), path, options));
    } catch (error) {
      throw nameError(error, format, file);
    }
  }
  return {
    ...extras,
    batches,
    entries: () => guard(() => reader.entries()),
    entry: (path) => guard(() => reader.entry?.(path) ?? entryAmong(reader, path)),
    read(path, selection) {
      const { selector } = extras;
      if (path !== undefined) return guard(() => reader.read(path, selection));
      const { path: named = '', slice, columns } = selector;
      return guard(() => reader.read(named, { slice, columns, ...selection }));
    },
    attributes: (path) => guard(() => reader.attributes?.(path) ?? {}),
  };
}

/** Batches come and go: what one took of the budget is given back when the next one is asked for. */
export async function* passing(batches: AsyncIterable<Table>, budget: Budget): AsyncGenerator<Table> {
  const mark = budget.mark();
  for await (const batch of batches) {
    yield batch;
    budget.rewind(mark);
  }
}

export async function entryAmong(reader: Reader, path: string): Promise<Entry> {
  const entries = await reader.entries();
  const found = entries.find((entry) => entry.path === path);
  if (found !== undefined) return found;
  throw new FormatError('not-found', `find '${path}': no entry of this name`, {
    path,
    supported: entries.slice(0, 20).map((entry) => entry.path),
  });
}
