import { defaultBudget } from '../budget.js';
import type { FormatSet } from '../contract/context.js';
import type { Entry, Reader, ReadSelection } from '../contract/reader.js';
import { isFormatError } from '../errors.js';
import { mergeRanges, REQUEST_GAP } from '../io/coalescing-source.js';
import { passThrough } from '../io/pass-through.js';
import type { Range, Source } from '../io/source.js';
import type { Compression } from '../layers/compression.js';
import { itemSize } from '../values/dtype.js';
import type { CallOptions } from './call.js';
import { choose } from './call.js';
import { decodedSize } from './decoded-size.js';
import { detectSource } from './detect.js';
import { findIndex } from './find-index.js';
import { type Input, openInput } from './input.js';
import { openReader } from './open.js';
import { beginRead } from './read-call.js';

/** What a call reads. */
export interface Cost {
  /** In the order in which they are read. */
  readonly ranges: readonly Range[];
  /** Of a web server: ranges of one read that lie near each other are one. Pages that are kept spare more of them. */
  readonly requests: number;
  readonly bytes: number;
  /**
   * Bytes of memory that it takes at least: what the budget is charged, and no less than what is read at once and the numbers
   * that are asked for, where their dtype and shape are told. What decoding a whole file takes beyond its bytes is known only
   * when it is done.
   */
  readonly memory: number;
  /**
   * What is known of the bytes: all of them (`exact`); those up to the first large read, behind which there may be more
   * (`at-least`); or only that the file is gone through, which may end before its end or begin anew (`whole-file`).
   */
  readonly known: 'exact' | 'at-least' | 'whole-file';
}

export interface Explanation {
  readonly format: string;
  readonly engine: string | undefined;
  readonly compression: Compression;
  /** How the entry is found: in its place, by a scan over the file, or in the decoded whole. */
  readonly how: 'seek' | 'scan' | 'whole';
  readonly open: Cost;
  readonly read: Cost;
  /**
   * The index beside the file, or why it is not used; undefined where there is none. `bytes` of it are read when the file is
   * opened: they are not among those of the file.
   */
  readonly index: { readonly used: boolean; readonly note: string; readonly bytes: number } | undefined;
}

export interface ExplainOptions extends CallOptions, ReadSelection {
  /** The entry; default: what the selector behind `#` names, or the root. */
  readonly path?: string | undefined;
  /** Makes the read, and tells exactly what it took: also how far a scan went. It costs what it tells. Default false. */
  readonly exact?: boolean | undefined;
}

/** Reads of more than this are data: they are noted and not made. */
const MOST_READ = 256 * 1024;

/** Ends a read that would have cost more. */
class NotRead extends Error {
  readonly bytes: number;

  constructor(bytes: number) {
    super('this read is data');
    this.bytes = bytes;
  }
}

/**
 * What opening a file and reading an entry of it will cost, told by doing both up to the first large read: what finds the
 * entry is read, the entry is not. Where that begins with going through the file, the read is the file.
 *
 * @throws FormatError as `open` and `read` do
 */
export async function explain(
  formats: FormatSet,
  input: Input,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const opened = await openInput(input, options.signal);
  try {
    const { source, name } = opened;
    const detected = await detectSource(formats, source, name, options.signal);
    const format = options.format === undefined ? detected.format : formats.get(options.format);
    const chosen = await choose(format, options, 'read');
    const { compression } = detected;
    let index: Explanation['index'];
    const onIndex = (note: string): void => {
      index = { used: false, note, bytes: 0 };
    };
    const call = { ...options, onIndex };
    const found = await findIndex(
      source,
      chosen,
      compression,
      call,
      defaultBudget(source.size, options.budget),
    );
    await found?.close();
    if (found !== undefined)
      index = { used: true, note: `'${found.name}' of ${found.size} bytes`, bytes: found.bytesRead };
    const told = { format: format.id, engine: chosen.engine, compression, index };
    const { exact = false } = options;
    const { implementation, can } = chosen;
    const seeks = can.readOne === 'seek' || found !== undefined;
    const decodesWhole = implementation.open === undefined || (compression !== 'none' && found === undefined);
    const how = decodesWhole ? 'whole' : seeks ? 'seek' : can.readOne;
    if (decodesWhole && !exact)
      return { ...told, how, open: NOTHING, read: wholeFile(source.size, source.size) };
    const dry = drySource(source);
    // An index is what opening costs, however large; a scan ends at its first large read.
    dry.armed = !exact && can.list !== 'index' && found === undefined;
    const read = await beginRead(
      formats,
      { ...opened, source: dry.source, owned: false },
      { ...call, format: format.id },
      undefined,
      'entries',
    );
    const { budget } = read.context;
    const opening = await unlessNotRead(async () => openReader(read));
    const open = dry.cost(budget.mark().bytes);
    if (opening instanceof NotRead)
      return { ...told, how, open: NOTHING, read: wholeFile(source.size, open.memory) };
    try {
      dry.armed = !exact;
      const { path = '', slice, columns } = opened.selector;
      const wanted = { slice: options.slice ?? slice, columns: options.columns ?? columns };
      const at = options.path ?? path;
      const before = budget.mark().bytes;
      const ended = await unlessNotRead(async () => opening.read(at, wanted));
      const cost = dry.cost(budget.mark().bytes - before);
      const known = await tellEntry(opening, at, wanted);
      const memory = Math.max(cost.memory, known.decoded);
      if (!(ended instanceof NotRead)) return { ...told, how, open, read: { ...cost, memory } };
      if (how === 'whole') return { ...told, how, open, read: wholeFile(source.size, memory) };
      // What the file says that the entry takes was asked for at once.
      const isAll = ended.bytes >= known.stored && wanted.columns === undefined;
      return { ...told, how, open, read: { ...cost, memory, known: isAll ? 'exact' : 'at-least' } };
    } finally {
      await opening.close();
    }
  } finally {
    if (opened.owned) await opened.source.close();
  }
}

const NOTHING: Cost = { ranges: [], requests: 0, bytes: 0, memory: 0, known: 'exact' };

function wholeFile(size: number, memory: number): Cost {
  return { ranges: [{ at: 0, length: size }], requests: 1, bytes: size, memory, known: 'whole-file' };
}

/** What a reader that finds one entry without listing the others says of it. */
async function tellEntry(
  reader: Reader,
  path: string,
  selection: ReadSelection,
): Promise<{ readonly decoded: number; readonly stored: number }> {
  const unknown = { decoded: 0, stored: Number.POSITIVE_INFINITY };
  const entry = await unlessNotRead(async () => reader.entry?.(path)).catch((error: unknown) => {
    // A group, or a part of a value, may be read and is no entry.
    if (isFormatError(error)) return undefined;
    throw error;
  });
  if (entry === undefined || entry instanceof NotRead) return unknown;
  return {
    decoded: decodedSize(entry, selection),
    // Texts and the like may lie elsewhere in the file, and only be pointed at.
    stored: (isNumeric(entry) ? entry.storedBytes : undefined) ?? unknown.stored,
  };
}

function isNumeric({ kind, dtype }: Entry): boolean {
  return kind === 'array' && dtype !== undefined && itemSize(dtype) > 0;
}

async function unlessNotRead<T>(work: () => Promise<T>): Promise<T | NotRead> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotRead) return error;
    throw error;
  }
}

interface DrySource {
  readonly source: Source;
  /** Whether large reads are refused from now on. */
  armed: boolean;
  /** Of what was read, or would have been, since the last call. */
  cost(charged: number): Cost;
}

function drySource(inner: Source): DrySource {
  let ranges: Range[] = [];
  let requests = 0;
  let largest = 0;
  const note = (wanted: readonly Range[]): void => {
    ranges.push(...wanted);
    requests += mergeRanges(wanted, REQUEST_GAP).length;
    const bytes = wanted.reduce((sum, { length }) => sum + length, 0);
    largest = Math.max(largest, bytes);
    if (dry.armed && bytes > MOST_READ) throw new NotRead(bytes);
  };
  const { readSync, readInto, ...rest } = passThrough(inner);
  const dry: DrySource = {
    armed: false,
    source: {
      ...rest,
      async read(wanted, signal) {
        note(wanted);
        return inner.read(wanted, signal);
      },
      ...(readSync === undefined
        ? {}
        : {
            readSync: (wanted: readonly Range[]) => {
              note(wanted);
              return readSync(wanted);
            },
          }),
      ...(readInto === undefined
        ? {}
        : {
            readInto: (at: number, target: Uint8Array) => {
              note([{ at, length: target.byteLength }]);
              readInto(at, target);
            },
          }),
      close() {},
    },
    cost(charged) {
      const told: Cost = {
        ranges,
        requests,
        bytes: ranges.reduce((sum, { length }) => sum + length, 0),
        memory: Math.max(charged, largest),
        known: 'exact',
      };
      ranges = [];
      requests = 0;
      largest = 0;
      return told;
    },
  };
  return dry;
}
