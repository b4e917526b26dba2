import { platform } from '#platform';
import { type Budget, defaultBudget } from '../budget.js';
import type { Context, FormatSet } from '../contract/context.js';
import { FormatError, isFormatError, withDetails } from '../errors.js';
import { bytesSource } from '../io/bytes-source.js';
import { borrowed, renamed } from '../io/pass-through.js';
import { throwIfAborted } from '../io/ranges.js';
import type { Source } from '../io/source.js';
import { tempFile } from '../io/temp-file.js';
import type { Compression } from '../layers/compression.js';
import { compressionOfHead, peelName } from '../layers/compression.js';
import { decompress, decompressStream } from '../layers/layers.js';
import { layeredSource } from '../layers/random/layered-source.js';
import { type CallOptions, type Chosen, choose, makeContext } from './call.js';
import { type Detection, detectSource } from './detect.js';
import { type FoundIndex, findIndex } from './find-index.js';
import type { OpenedInput } from './input.js';
import { asBefore } from './recover.js';

/** A file opened for reading, its format known and its compression peeled. */
export interface ReadCall {
  readonly chosen: Chosen;
  readonly context: Context<object>;
  readonly compression: Compression;
  /** The content: the file itself, or what was in the compression layer. */
  readonly source: Source;
  /** What was in the compression layer: in memory already, and charged. */
  readonly content: Uint8Array | undefined;
  /** The index that finds entries of it. */
  readonly index: FoundIndex | undefined;
}

/** What is read: an index serves entries only. */
export type ReadWay = 'whole' | 'entries';

/**
 * Everything that reading verbs have in common before the first value is decoded.
 *
 * @param spools whether the content of a compression layer goes to a temporary file instead of into the memory
 * @param way default: what the selector asks for
 */
export async function beginRead(
  formats: FormatSet,
  opened: OpenedInput,
  call: CallOptions,
  spools: (chosen: Chosen) => boolean = () => false,
  way: ReadWay = opened.selector.path === undefined ? 'whole' : 'entries',
): Promise<ReadCall> {
  const { name } = opened;
  // A reader closes its source: one that the caller brought stays open.
  const found = asBefore(opened.source, call);
  const source = opened.owned ? found : borrowed(found);
  throwIfAborted(call.signal, `read '${source.name}'`);
  const { format, compression } = await whatItIs(formats, source, name, call);
  const chosen = await choose(format, call, 'read');
  const budget = defaultBudget(source.size, call.budget);
  const index = way === 'whole' ? undefined : await findIndex(source, chosen, compression, call, budget);
  const plain = makeContext(
    chosen,
    formats,
    call,
    budget,
    name === undefined ? undefined : peelName(name).name,
    compression === 'none' ? source.path : undefined,
  );
  const context = index?.positions === undefined ? plain : { ...plain, index: index.positions };
  const read = { chosen, context, compression, index };
  if (compression === 'none') return { ...read, source, content: undefined };
  if (index?.layer !== undefined) {
    const inLayer = layeredSource(source, index.layer.points, index.layer.windows, budget);
    return { ...read, source: inLayer, content: undefined };
  }
  if (platform !== undefined && spools(chosen)) {
    const spool = await named(chosen, source.name, () => spooled(source, compression, budget, call.signal));
    const inner = { ...context, budget: defaultBudget(spool.size, call.budget) };
    return { ...read, context: inner, source: spool, content: undefined };
  }
  const content = await named(chosen, source.name, async () =>
    decompress(await readWhole(source, context), compression, budget),
  );
  return { ...read, source: bytesSource(content, source.name), content };
}

/** The format that the call names, or else the content; and the compression around it. */
export async function whatItIs(
  formats: FormatSet,
  source: Source,
  name: string | undefined,
  { format, signal }: Pick<CallOptions, 'format' | 'signal'>,
): Promise<Pick<Detection, 'format' | 'compression'>> {
  if (format === undefined) return detectSource(formats, source, name, signal);
  return { format: formats.get(format), compression: await compressionOf(source, name, signal) };
}

/** The content of a compressed file in a temporary one, which is gone when it is closed. */
async function spooled(
  source: Source,
  compression: Compression,
  budget: Budget,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const spool = await tempFile();
  try {
    for await (const piece of decompressStream(source, compression, budget.maxBytes, signal))
      await spool.write(spool.size, piece);
    return renamed(spool, source.name);
  } catch (error) {
    await spool.close();
    throw error;
  }
}

/** The whole content of the file. @throws FormatError `limit` */
export function readContent({ content, source, context }: ReadCall): Uint8Array | Promise<Uint8Array> {
  return content ?? readWhole(source, context);
}

/** The content of a source in one piece: a view for bytes, one read for files. @throws FormatError `limit` */
export function readWhole(
  source: Source,
  context: Pick<Context<object>, 'budget' | 'signal'>,
): Uint8Array | Promise<Uint8Array> {
  context.budget.takeBytes(source.size, `the ${source.size} bytes of '${source.name}'`);
  const ranges = [{ at: 0, length: source.size }];
  if (source.readSync !== undefined) return source.readSync(ranges)[0]!;
  return source.read(ranges, context.signal).then((pieces) => pieces[0]!);
}

/** Runs `work` and names format and file in every error that leaves it. */
export async function named<T>(chosen: Chosen, file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw nameError(error, chosen.format.id, file);
  }
}

export function nameError(error: unknown, format: string | undefined, file: string): unknown {
  if (isFormatError(error)) return withDetails(error, { format, path: file });
  if (
    error instanceof RangeError &&
    /call stack|Invalid (array|typed array) length|allocation failed|string longer/i.test(error.message)
  ) {
    return new FormatError(
      'limit',
      `read '${file}': ${error.message}; the file needs more memory or nesting than this process has`,
      { format, path: file, cause: error },
    );
  }
  return error;
}

async function compressionOf(
  source: Source,
  name: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Compression> {
  const range = [{ at: 0, length: Math.min(4, source.size) }];
  const head =
    source.readSync !== undefined ? source.readSync(range)[0]! : (await source.read(range, signal))[0]!;
  const magic = compressionOfHead(head);
  if (magic !== 'none') return magic;
  return name !== undefined && peelName(name).compression === 'brotli' ? 'brotli' : 'none';
}
