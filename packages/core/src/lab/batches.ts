import type { FormatSet } from '../contract/context.js';
import type { BatchOptions, Entry, Reader } from '../contract/reader.js';
import { isFormatError } from '../errors.js';
import type { Table } from '../values/table.js';
import type { CallOptions, Chosen } from './call.js';
import { type Input, type OpenedInput, openInput } from './input.js';
import { entryAmong, openReader, passing } from './open.js';
import { beginRead, nameError, type ReadCall } from './read-call.js';
import { cutTable } from './whole-reader.js';

export interface BatchesOptions extends CallOptions, BatchOptions {}

/**
 * The table in a file, or what the selector names, in pieces.
 *
 * @example for await (const batch of batches(formats, 'big.h5#/table', { rows: 50_000 })) …
 * @throws FormatError
 */
export async function* batches(
  formats: FormatSet,
  input: Input,
  options: BatchesOptions = {},
): AsyncGenerator<Table> {
  const opened = await openInput(input, options.signal);
  try {
    const { rows, slice, columns, ...call } = options;
    const read = await beginRead(formats, opened, call, hasBatches, 'entries');
    const { selector } = opened;
    const wanted: BatchOptions = {
      ...(rows === undefined ? {} : { rows }),
      slice: slice ?? selector.slice,
      columns: columns ?? selector.columns,
    };
    const reader = await readerOf(read, opened);
    try {
      yield* batchesOf(read, reader, selector.path ?? '', wanted);
    } catch (error) {
      throw nameError(error, read.chosen.format.id, opened.source.name);
    } finally {
      await reader.close();
    }
  } finally {
    if (opened.owned) await opened.source.close();
  }
}

export function hasBatches({ can, implementation }: Chosen): boolean {
  return can.batches.read && implementation.open !== undefined;
}

/** The reader, which closes what {@link beginRead} opened. */
export async function readerOf(read: ReadCall, { source }: OpenedInput): Promise<Reader> {
  try {
    return await openReader(read);
  } catch (error) {
    await read.source.close();
    throw nameError(error, read.chosen.format.id, source.name);
  }
}

/** The reader's own batches; where it has none, pieces of the whole. */
export async function* batchesOf(
  { chosen, context }: ReadCall,
  reader: Reader,
  path: string,
  options: BatchOptions,
): AsyncGenerator<Table> {
  if (reader.batches === undefined) yield* cutTable(await reader.read(path), path, options);
  else if (!chosen.can.batches.read) yield* reader.batches(path, options);
  else yield* passing(reader.batches(path, options), context.budget);
}

/** What is known of an entry; undefined where there is none of this name. */
export async function entryOf(reader: Reader, path: string): Promise<Entry | undefined> {
  try {
    return await (reader.entry?.(path) ?? entryAmong(reader, path));
  } catch (error) {
    if (isFormatError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
