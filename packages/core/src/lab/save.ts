import { Budget } from '../budget.js';
import type { FormatSet } from '../contract/context.js';
import { FormatError } from '../errors.js';
import { byteLengthOf, piecesOf, throwIfAborted } from '../io/ranges.js';
import type { Sink } from '../io/source.js';
import { writeFileAtomic } from '../io/write-file.js';
import { type Compression, peelName } from '../layers/compression.js';
import { compress } from '../layers/layers.js';
import type { Loss } from '../loss.js';
import type { Table } from '../values/table.js';
import type { Value } from '../values/value.js';
import { type CallOptions, type Chosen, choose, makeContext } from './call.js';
import { formatOfName } from './detect.js';
import { fitValue } from './fit.js';
import { baseName, isUrl } from './input.js';
import { nameError } from './read-call.js';
import type { Safety } from './recover.js';
import { saveBatches } from './save-batches.js';

/** What can be written: a path, or a sink. */
export type Target = string | Sink;

export interface SaveOptions extends CallOptions {
  /** A layer around the file. Default: what the name's suffix says. */
  readonly compression?: Compression | undefined;
  /** Of the compression; see `compress`. */
  readonly level?: number | undefined;
  /** Return only when the bytes are on the disk. Default false. */
  readonly durable?: boolean | undefined;
  /** Of `edit`: how a change in place survives a crash. Default `journal`. */
  readonly safety?: Safety | undefined;
}

export interface SaveReport {
  readonly format: string;
  readonly engine: string | undefined;
  readonly compression: Compression;
  /** Size of the file. */
  readonly bytes: number;
  readonly losses: readonly Loss[];
}

/** What can be saved: a value, or a table in batches that need not fit into the memory together. */
export type Savable = Value | AsyncIterable<Table>;

/**
 * Writes a value to a file, whole or not at all: the old file stays until the new one is complete. Batches have the
 * columns and types of the first one.
 *
 * @throws FormatError
 */
export async function save(
  formats: FormatSet,
  target: Target,
  value: Savable,
  options: SaveOptions = {},
): Promise<SaveReport> {
  const file = typeof target === 'string' ? target : target.name;
  if (typeof target === 'string' && isUrl(target)) {
    throw new FormatError('unsupported', `save '${target}': a URL can be read only`, {
      feature: 'writing over HTTP',
      path: target,
    });
  }
  if (isBatches(value)) return saveBatches(formats, target, value, options);
  const byName = options.format === undefined ? formatOfName(formats, file) : undefined;
  const compression = options.compression ?? peelName(file).compression;
  const encoded = await encode(
    formats,
    value,
    { ...options, format: options.format ?? byName!.format.id, compression },
    file,
  );
  if (typeof target === 'string')
    writeFileAtomic(target, encoded.pieces, { durable: options.durable ?? false });
  else {
    await target.replace(encoded.pieces);
    if (options.durable === true) await target.flush();
  }
  const { format, engine } = encoded.chosen;
  return {
    format: format.id,
    engine,
    compression,
    bytes: byteLengthOf(encoded.pieces),
    losses: encoded.losses,
  };
}

function isBatches(value: Savable): value is AsyncIterable<Table> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

export interface Encoded {
  readonly chosen: Chosen;
  readonly pieces: readonly Uint8Array[];
  readonly losses: readonly Loss[];
}

/** The bytes of the file that `save` would write. */
export async function encode(
  formats: FormatSet,
  value: Value,
  options: SaveOptions & { readonly format: string },
  file: string,
): Promise<Encoded> {
  const losses: Loss[] = [];
  const onLoss = (loss: Loss): void => {
    losses.push(loss);
    options.onLoss?.(loss);
  };
  throwIfAborted(options.signal, `write '${file}'`);
  const maybe = choose(formats.get(options.format), options, 'write');
  const chosen = maybe instanceof Promise ? await maybe : maybe;
  try {
    const context = makeContext(
      chosen,
      formats,
      { ...options, onLoss },
      new Budget(options.budget),
      peelName(baseName(file)).name,
    );
    const fitted = fitValue(value, { id: chosen.format.id, can: chosen.can }, context.loss);
    const encoded = chosen.implementation.encode(fitted, context);
    const pieces = piecesOf(encoded instanceof Promise ? await encoded : encoded);
    const compression = options.compression ?? 'none';
    const packed = compress(pieces, compression, { level: options.level });
    return { chosen, pieces: packed instanceof Promise ? await packed : packed, losses };
  } catch (error) {
    throw nameError(error, chosen.format.id, file);
  }
}
