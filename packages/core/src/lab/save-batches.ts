import { defaultBudget } from '../budget.js';
import type { FormatSet } from '../contract/context.js';
import { FormatError } from '../errors.js';
import { type BytesSink, bytesSink } from '../io/bytes-source.js';
import { type EditableFile, editableFile } from '../io/file-sink.js';
import { throwIfAborted } from '../io/ranges.js';
import type { Sink } from '../io/source.js';
import { tempFile } from '../io/temp-file.js';
import { type Replacement, replacementOf } from '../io/write-file.js';
import { writePieces } from '../io/write-pieces.js';
import { type Compression, peelName } from '../layers/compression.js';
import { compress, compressStream } from '../layers/layers.js';
import { windowsOf } from '../layers/zlib-stream.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import { concatTables } from '../values/concat.js';
import { Table } from '../values/table.js';
import { bytesOfTable } from '../values/table-bytes.js';
import { alikeBatches } from './alike.js';
import { type Chosen, choose } from './call.js';
import { formatOfName } from './detect.js';
import { editOpened } from './edit.js';
import { MergedLosses } from './merged-losses.js';
import { nameError } from './read-call.js';
import { type SaveOptions, type SaveReport, save, type Target } from './save.js';

/** What a target will be: its format, and the layer around it. */
export interface TargetFormat {
  readonly chosen: Chosen;
  readonly compression: Compression;
  /** Whether tables are written in batches, without the whole in memory. */
  readonly streams: boolean;
}

/** @throws FormatError `options` where neither the name nor an option says the format */
export async function targetFormat(
  formats: FormatSet,
  target: Target,
  options: SaveOptions,
): Promise<TargetFormat> {
  const file = nameOf(target);
  const format =
    options.format === undefined ? formatOfName(formats, file).format : formats.get(options.format);
  const chosen = await choose(format, options, 'edit');
  const compression = options.compression ?? peelName(file).compression;
  const streams = chosen.can.batches.write && chosen.implementation.edit !== undefined;
  return { chosen, compression, streams };
}

/**
 * Writes a table that comes in batches, whole or not at all. The next batch is asked for when the last one is written;
 * a format that can't write batches gets them together, within the budget.
 *
 * @param total rows, where they are known, for `onProgress`
 * @throws FormatError `limit` where a format without batches gets more than the budget
 */
export async function saveBatches(
  formats: FormatSet,
  target: Target,
  batches: AsyncIterable<Table>,
  options: SaveOptions,
  total?: number,
): Promise<SaveReport> {
  const kind = await targetFormat(formats, target, options);
  const iterator = alikeBatches(counted(batches, options, nameOf(target), total));
  try {
    const first = await iterator.next();
    if (first.done === true) return await save(formats, target, new Table(0, []), options);
    const all = resumed(first.value, iterator);
    if (!kind.streams) return await saveTogether(formats, target, all, options, kind);
    return await stream(formats, target, all, options, kind);
  } finally {
    // Also where nobody came to ask for the first one.
    await iterator.return(undefined);
  }
}

async function stream(
  formats: FormatSet,
  target: Target,
  batches: AsyncIterable<Table>,
  options: SaveOptions,
  kind: TargetFormat,
): Promise<SaveReport> {
  const losses = new MergedLosses();
  const { format, engine } = kind.chosen;
  const write: Write = async (sink, file) => {
    // The batches tell how far the work is; what the format tells is of one batch.
    const call: SaveOptions = {
      ...options,
      format: format.id,
      compression: 'none',
      safety: 'none',
      durable: false,
      onLoss: (loss) => losses.add(loss),
      onProgress: undefined,
    };
    const editor = await editOpened(formats, sink, file, call, peelName(nameOf(target)).name);
    try {
      if (editor.writeBatches === undefined) throw noBatches(format.id);
      await editor.writeBatches('', batches);
      await editor.commit();
    } finally {
      await editor.close();
    }
  };
  let bytes: number;
  try {
    bytes =
      typeof target === 'string'
        ? await toFile(target, write, options, kind.compression)
        : await toSink(target, write, options, kind.compression);
  } catch (error) {
    throw nameError(error, format.id, nameOf(target));
  }
  const all = losses.all();
  for (const loss of all) options.onLoss?.(loss);
  return { format: format.id, engine, compression: kind.compression, bytes, losses: all };
}

/** Writes all batches to an empty sink. `file`: the same, where it is closed behind it, and removed where that fails. */
type Write = (sink: Sink, file?: EditableFile) => Promise<void>;

async function toFile(
  path: string,
  write: Write,
  { level, durable = false, signal }: SaveOptions,
  compression: Compression,
): Promise<number> {
  const replacement = replacementOf(path);
  if (replacement !== undefined && compression === 'none') return inPlaceOf(replacement, write, durable);
  const spool = await tempFile();
  try {
    await write(spool);
    throwIfAborted(signal, `write '${path}'`);
    const pieces = compressStream(windowsOf(spool, signal), compression, { level });
    if (replacement === undefined) return await writePieces(path, pieces, { flags: 'w' });
    try {
      const size = await writePieces(replacement.temporary, pieces, { flags: 'wx', durable });
      replacement.put(durable);
      return size;
    } catch (error) {
      replacement.discard();
      throw error;
    }
  } finally {
    await spool.close();
  }
}

async function inPlaceOf(replacement: Replacement, write: Write, durable: boolean): Promise<number> {
  try {
    const made = editableFile(replacement.temporary);
    await write(made, made);
    // Opened again: a file in which nothing was written is gone.
    const file = editableFile(replacement.temporary);
    const { size } = file;
    if (durable) await file.flush();
    await file.close();
    replacement.put(durable);
    return size;
  } catch (error) {
    replacement.discard();
    throw error;
  }
}

/** An empty sink takes the batches itself, and is empty again where that fails; else they wait in memory. */
async function toSink(
  sink: Sink,
  write: Write,
  { level, durable = false, budget }: SaveOptions,
  compression: Compression,
): Promise<number> {
  if (sink.size === 0 && compression === 'none') {
    try {
      await write(sink);
    } catch (error) {
      await sink.truncate(0);
      throw error;
    }
  } else {
    const memory: BytesSink = bytesSink(undefined, sink.name);
    await write(memory);
    defaultBudget(0, budget).takeBytes(memory.size, `the ${memory.size} bytes of '${sink.name}'`);
    await sink.replace(await compress([memory.bytes()], compression, { level }));
  }
  if (durable) await sink.flush();
  return sink.size;
}

async function saveTogether(
  formats: FormatSet,
  target: Target,
  batches: AsyncIterable<Table>,
  options: SaveOptions,
  { chosen }: TargetFormat,
): Promise<SaveReport> {
  const budget = defaultBudget(0, options.budget);
  const tables: Table[] = [];
  let bytes = 0;
  for await (const batch of batches) {
    bytes += bytesOfTable(batch);
    if (!(bytes <= budget.maxBytes)) {
      throw new FormatError(
        'limit',
        `write batches as ${chosen.format.id}: it is written whole, and the table has more than ${budget.maxBytes} bytes; set 'budget.bytes' to allow more`,
        {
          format: chosen.format.id,
          path: nameOf(target),
          feature: 'batches',
          supported: formats.all.filter(({ can }) => can.batches.write).map(({ id }) => id),
        },
      );
    }
    tables.push(batch);
  }
  const whole = concatTables(tables);
  const attributes = attributesOf(tables[0]);
  return save(formats, target, attributes === undefined ? whole : withAttributes(whole, attributes), options);
}

/** Tells how many rows were taken, and ends where the caller aborts. */
async function* counted(
  batches: AsyncIterable<Table>,
  { signal, onProgress }: SaveOptions,
  file: string,
  total: number | undefined,
): AsyncGenerator<Table> {
  let rows = 0;
  throwIfAborted(signal, `write '${file}'`);
  for await (const batch of batches) {
    throwIfAborted(signal, `write '${file}'`);
    yield batch;
    rows += batch.rows;
    onProgress?.(rows, total);
  }
  throwIfAborted(signal, `write '${file}'`);
}

async function* resumed(first: Table, rest: AsyncGenerator<Table>): AsyncGenerator<Table> {
  yield first;
  yield* rest;
}

function noBatches(id: string): FormatError {
  return new FormatError('unsupported', `write batches as ${id}: its editor writes none`, {
    format: id,
    feature: 'batches',
  });
}

function nameOf(target: Target): string {
  return typeof target === 'string' ? target : target.name;
}
