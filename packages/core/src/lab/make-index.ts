import { defaultBudget } from '../budget.js';
import type { Context, FormatSet } from '../contract/context.js';
import { FormatError } from '../errors.js';
import { fingerprintOf, mismatch, untilTimeMoves } from '../file-index/fingerprint.js';
import { encodeIndex, INDEX_SUFFIX } from '../file-index/index-file.js';
import { bytesSource } from '../io/bytes-source.js';
import { borrowed } from '../io/pass-through.js';
import { byteLengthOf } from '../io/ranges.js';
import type { Source } from '../io/source.js';
import { writeFileAtomic } from '../io/write-file.js';
import { type Compression, peelName } from '../layers/compression.js';
import { gzipPoints } from '../layers/random/gzip-points.js';
import { encodePoints, type MadePoints } from '../layers/random/layer-points.js';
import { layeredSource } from '../layers/random/layered-source.js';
import { zstdPoints } from '../layers/random/zstd-points.js';
import { type CallOptions, type Chosen, choose, makeContext } from './call.js';
import { meaningOf } from './find-index.js';
import { type Input, openInput } from './input.js';
import { named, whatItIs } from './read-call.js';
import { asBefore } from './recover.js';
import type { Target } from './save.js';

export interface IndexOptions extends Omit<CallOptions, 'index'> {
  /** Bytes of content between two positions. Default 64 KiB; of a compression layer at least 2 MiB. */
  readonly every?: number | undefined;
  /** Where the index is written. Default: `<file>.flx`. */
  readonly target?: Target | undefined;
}

export interface IndexReport {
  readonly format: string;
  readonly engine: string | undefined;
  readonly compression: Compression;
  /** Path of the index, or name of the sink. */
  readonly target: string;
  /** Bytes of the index. */
  readonly bytes: number;
  /** Bytes of the file it is for. */
  readonly of: number;
}

export const DEFAULT_EVERY = 64 * 1024;
const LEAST_EVERY = 1024;
/** A place in a gzip file takes its 32 KiB before it along. */
const LEAST_LAYER_SPAN = 2 * 2 ** 20;

/**
 * Notes where the rows or entries of a file lie, and where its compression can be begun, in a file beside it: `open` and `load`
 * with a selector then go there at once. The format's own pass is one over the content, in bounded memory; a compression layer
 * takes one of its own before. The index appears complete or not at all.
 *
 * @throws FormatError `unsupported` where an index is of no use, `io` where the file changes meanwhile
 */
export async function makeIndex(
  formats: FormatSet,
  input: Input,
  options: IndexOptions = {},
): Promise<IndexReport> {
  const { every = DEFAULT_EVERY, signal } = options;
  if (!Number.isSafeInteger(every) || every < LEAST_EVERY)
    throw new FormatError(
      'options',
      `set 'every' to '${every}': must be an integer of at least ${LEAST_EVERY}`,
    );
  const opened = await openInput(input, signal);
  try {
    const source = borrowed(asBefore(opened.source, options));
    const target = options.target ?? besideOf(source);
    const { format, compression } = await whatItIs(formats, source, opened.name, options);
    const chosen = await choose(format, options, 'read');
    checkUse(chosen, compression, source.name);
    await untilTimeMoves(source);
    const name = opened.name === undefined ? undefined : peelName(opened.name).name;
    const context = makeContext(chosen, formats, options, defaultBudget(source.size, options.budget), name);
    const pieces = await named(chosen, source.name, () =>
      indexPieces(source, chosen, compression, context, every),
    );
    await write(target, pieces);
    return {
      format: format.id,
      engine: chosen.engine,
      compression,
      target: typeof target === 'string' ? target : target.name,
      bytes: byteLengthOf(pieces),
      of: source.size,
    };
  } finally {
    if (opened.owned) await opened.source.close();
  }
}

/** The index of a source as it is; `context.index` is one of what it was before it grew. */
export async function indexPieces(
  source: Source,
  chosen: Chosen,
  compression: Compression,
  context: Context<object>,
  every: number,
): Promise<Uint8Array[]> {
  const of = await fingerprintOf(source, context.signal);
  const { implementation } = chosen;
  const passes = compression !== 'none' && implementation.index !== undefined ? 2 : 1;
  const total = passes * source.size;
  const made = await pointsOf(source, compression, every, context, total);
  const content = made === undefined ? source : inLayer(source, made, context);
  const ofContent: Context<object> = {
    ...context,
    progress: (done, of) =>
      context.progress(
        total - source.size + Math.floor((source.size * done) / Math.max(1, of ?? done)),
        total,
      ),
  };
  const positions = (await implementation.index?.(content, ofContent, every)) ?? new Uint8Array(0);
  const changed = mismatch(of, await fingerprintOf(source, context.signal));
  if (changed !== undefined)
    throw new FormatError('io', `index '${source.name}': the file was changed meanwhile`, {
      path: source.name,
    });
  const header = {
    format: chosen.format.id,
    engine: chosen.engine ?? '',
    options: meaningOf(chosen),
    compression,
    every,
    of,
  };
  return encodeIndex(header, {
    layer: made === undefined ? new Uint8Array(0) : encodePoints(made.layer),
    windows: made?.windows ?? new Uint8Array(0),
    positions,
  });
}

function besideOf(source: Source): string {
  if (source.path !== undefined) return `${source.path}${INDEX_SUFFIX}`;
  throw new FormatError('options', `index '${source.name}': it is no local file; set 'target'`);
}

/** @throws FormatError `unsupported` */
function checkUse(
  { format, engine, implementation, can }: Chosen,
  compression: Compression,
  name: string,
): void {
  const refuse = (state: string, feature: string): FormatError =>
    new FormatError('unsupported', `index '${name}': ${state}`, { format: format.id, feature });
  if (compression === 'brotli')
    throw refuse('brotli can be decompressed from its start only; use gzip', 'index of brotli');
  if (implementation.index !== undefined) return;
  const who =
    engine === undefined || engine === format.defaultEngine ? format.id : `${format.id} by ${engine}`;
  if (implementation.open === undefined || can.readOne === 'whole')
    throw refuse(`${who} reads a file as a whole`, `index of ${who}`);
  if (compression === 'none') throw refuse(`${who} finds its entries without one`, `index of ${who}`);
}

async function pointsOf(
  source: Source,
  compression: Compression,
  every: number,
  context: Context<object>,
  total: number,
): Promise<MadePoints | undefined> {
  const progress = (done: number): void => context.progress(done, total);
  if (compression === 'gzip')
    return gzipPoints(source, Math.max(every, LEAST_LAYER_SPAN), progress, context.signal);
  if (compression === 'zstd') return zstdPoints(source, progress, context.signal);
  return undefined;
}

function inLayer(source: Source, { layer, windows }: MadePoints, { budget }: Context<object>): Source {
  const place = { source: bytesSource(windows), range: { at: 0, length: windows.byteLength } };
  return borrowed(layeredSource(source, layer, place, budget));
}

async function write(target: Target, pieces: readonly Uint8Array[]): Promise<void> {
  if (typeof target === 'string') writeFileAtomic(target, pieces);
  else await target.replace(pieces);
}
