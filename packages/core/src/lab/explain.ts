import { defaultBudget } from '../budget.js';
import type { FormatSet } from '../contract/context.js';
import type { ReadSelection } from '../contract/reader.js';
import { mergeRanges, REQUEST_GAP } from '../io/coalescing-source.js';
import { passThrough } from '../io/pass-through.js';
import type { Range, Source } from '../io/source.js';
import type { Compression } from '../layers/compression.js';
import type { CallOptions } from './call.js';
import { choose } from './call.js';
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
  /** Bytes of memory that the budget is charged for, beside those read. */
  readonly memory: number;
}

export interface Explanation {
  readonly format: string;
  readonly engine: string | undefined;
  readonly compression: Compression;
  /** How the entry is found: in its place, by a scan over the file, or in the decoded whole. */
  readonly how: 'seek' | 'scan' | 'whole';
  readonly open: Cost;
  readonly read: Cost;
  /** The index beside the file, or why it is not used; undefined where there is none. */
  readonly index: { readonly used: boolean; readonly note: string } | undefined;
}

export interface ExplainOptions extends CallOptions, ReadSelection {
  /** The entry; default: what the selector behind `#` names, or the root. */
  readonly path?: string | undefined;
}

/** Reads of more than this are data: they are noted and not made. */
const MOST_READ = 256 * 1024;

/** Ends a read that would have cost more. */
class NotRead extends Error {}

/**
 * What opening a file and reading an entry of it will cost, told by doing both up to the first large read: what finds the
 * entry is read, the entry is not. For a format that is scanned, and for one that is decoded whole, the read is the file.
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
      index = { used: false, note };
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
    if (found !== undefined) index = { used: true, note: `'${found.name}' of ${found.size} bytes` };
    const told = { format: format.id, engine: chosen.engine, compression, index };
    const whole: Cost = {
      ranges: [{ at: 0, length: source.size }],
      requests: 1,
      bytes: source.size,
      memory: 0,
    };
    const scans = compression === 'none' && chosen.can.readOne !== 'whole';
    if (chosen.implementation.open === undefined || (found === undefined && !scans))
      return { ...told, how: 'whole', open: NOTHING, read: whole };
    const dry = drySource(source);
    // An index is what opening costs, however large; a scan ends at its first large read.
    dry.armed = chosen.can.list !== 'index' && found === undefined;
    const read = await beginRead(
      formats,
      { ...opened, source: dry.source, owned: false },
      { ...call, format: format.id },
      undefined,
      'entries',
    );
    const { budget } = read.context;
    const reader = await unlessNotRead(async () => openReader(read));
    const open = dry.cost(budget.maxBytes - budget.bytesLeft);
    if (reader === undefined) return { ...told, how: 'scan', open: NOTHING, read: whole };
    try {
      dry.armed = true;
      const { path, slice, columns } = opened.selector;
      const mark = budget.bytesLeft;
      await unlessNotRead(async () => {
        await reader.read(options.path ?? path ?? '', {
          slice: options.slice ?? slice,
          columns: options.columns ?? columns,
        });
        return true;
      });
      return {
        ...told,
        how: chosen.can.readOne === 'seek' || found !== undefined ? 'seek' : 'scan',
        open,
        read: dry.cost(mark - budget.bytesLeft),
      };
    } finally {
      await reader.close();
    }
  } finally {
    if (opened.owned) await opened.source.close();
  }
}

const NOTHING: Cost = { ranges: [], requests: 0, bytes: 0, memory: 0 };

async function unlessNotRead<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotRead) return undefined;
    throw error;
  }
}

interface DrySource {
  readonly source: Source;
  /** Whether large reads are refused from now on. */
  armed: boolean;
  /** Of what was read, or would have been, since the last call. */
  cost(memory: number): Cost;
}

function drySource(inner: Source): DrySource {
  let ranges: Range[] = [];
  let requests = 0;
  const note = (wanted: readonly Range[]): void => {
    ranges.push(...wanted);
    requests += mergeRanges(wanted, REQUEST_GAP).length;
    const bytes = wanted.reduce((sum, { length }) => sum + length, 0);
    if (dry.armed && bytes > MOST_READ) throw new NotRead('this read is data');
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
    cost(memory) {
      const told = {
        ranges,
        requests,
        bytes: ranges.reduce((sum, { length }) => sum + length, 0),
        memory,
      };
      ranges = [];
      requests = 0;
      return told;
    },
  };
  return dry;
}
