import type { Budget } from '../budget.js';
import type { Format } from '../contract/format.js';
import { FormatError, isFormatError } from '../errors.js';
import { fingerprintOf, mismatch } from '../file-index/fingerprint.js';
import { INDEX_SUFFIX, type IndexHeader, type OpenIndex, openIndex } from '../file-index/index-file.js';
import { bytesSource } from '../io/bytes-source.js';
import { fileSource, isFile } from '../io/file-source.js';
import { httpSource } from '../io/http-source.js';
import type { Source } from '../io/source.js';
import type { Compression } from '../layers/compression.js';
import { decodePoints, type LayerPoints } from '../layers/random/layer-points.js';
import type { WindowsPlace } from '../layers/random/layered-source.js';
import { xxh64 } from '../layers/xxh64.js';
import type { CallOptions, Chosen } from './call.js';
import { isUrl } from './input.js';
import { warn } from './recover.js';

/** An index that fits the file and the call. */
export interface FoundIndex {
  readonly name: string;
  /** Bytes of the index. */
  readonly size: number;
  /** Bytes between two positions, as it was asked for. */
  readonly every: number;
  readonly positions: Uint8Array | undefined;
  readonly layer: { readonly points: LayerPoints; readonly windows: WindowsPlace } | undefined;
  /** What the format says of its positions: told, or thrown where the caller gave the index. */
  refuse(fault: unknown): void;
  close(): void | Promise<void>;
}

/**
 * The index of a file, where it is there and belongs to it as it is now. One that the caller named and that does not fit is an
 * error; one that lies beside the file is told of and left alone.
 *
 * @throws FormatError `options`, `not-found`, `io`; `corrupt` for a damaged one that the caller named
 */
export async function findIndex(
  source: Source,
  chosen: Chosen,
  compression: Compression,
  call: CallOptions,
  budget: Budget,
): Promise<FoundIndex | undefined> {
  const place = placeOf(source, chosen, compression, call);
  if (place === undefined) return undefined;
  const named = call.index !== undefined;
  const refuse = (fault: unknown): void => {
    if (!isFormatError(fault) || named) throw fault;
    warn(call.onIndex, `read '${source.name}' without its index: ${fault.message}`);
  };
  let opened: Source | undefined;
  try {
    opened = await place.open();
    const index = await openIndex(opened, call.signal);
    const why = await unfit(index.header, source, chosen, compression, call);
    if (why !== undefined) throw notFitting(place.name, why);
    const found = await sectionsOf(index, compression, budget);
    if (found.layer === undefined) await opened.close();
    return {
      ...found,
      name: place.name,
      size: index.size,
      every: index.header.every,
      refuse,
      close: () => index.source.close(),
    };
  } catch (error) {
    await opened?.close();
    refuse(error);
    return undefined;
  }
}

/** Whether an error is about what an index says, not about the file. */
export function isIndexFault(error: unknown): boolean {
  return isFormatError(error) && error.feature === 'index';
}

/** The options that change what a file means, as they stand in its index. */
export function meaningOf({ format, options }: Pick<Chosen, 'format' | 'options'>): string {
  const specs = format.options as Format['options'];
  const meant = Object.entries(options)
    .filter(([name, value]) => {
      const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
      return spec !== undefined && spec.for !== 'write' && value !== undefined && value !== defaultOf(spec);
    })
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (meant.length === 0) return '';
  const text = JSON.stringify(meant, (_, value: unknown) =>
    typeof value === 'bigint' || typeof value === 'function' ? String(value) : value,
  );
  return text.length <= LONGEST_OPTIONS ? text : `xxh64 ${xxh64(new TextEncoder().encode(text))}`;
}

const LONGEST_OPTIONS = 4096;

function defaultOf(spec: object): unknown {
  return 'default' in spec ? spec.default : undefined;
}

interface Place {
  readonly name: string;
  open(): Source | Promise<Source>;
}

/** Where the index is to be looked for; undefined where there is none, or none is of use. */
function placeOf(
  source: Source,
  chosen: Chosen,
  compression: Compression,
  call: CallOptions,
): Place | undefined {
  const { index, signal } = call;
  const { implementation } = chosen;
  if (index === false || implementation.open === undefined) return undefined;
  if (index instanceof Uint8Array)
    return { name: 'index', open: () => bytesSource(index, `index of '${source.name}'`) };
  if (index !== undefined && index !== true) return at(String(index), signal);
  if (implementation.index === undefined && compression === 'none') return undefined;
  const beside = source.path ?? (index === true ? source.name.replace(/[?#].*$/, '') : undefined);
  if (beside === undefined) return undefined;
  const name = `${beside}${INDEX_SUFFIX}`;
  return index === true || isFile(name) ? at(name, signal) : undefined;
}

function at(name: string, signal: AbortSignal | undefined): Place {
  return {
    name,
    open: () => (isUrl(name) ? httpSource(name, signal === undefined ? {} : { signal }) : fileSource(name)),
  };
}

/** Why the index is not for this file and call. */
async function unfit(
  header: IndexHeader,
  source: Source,
  chosen: Chosen,
  compression: Compression,
  call: CallOptions,
): Promise<string | undefined> {
  if (header.format !== chosen.format.id) return `it is of format ${header.format}`;
  if (header.engine !== (chosen.engine ?? '')) return `it is of engine '${header.engine}'`;
  if (header.compression !== compression) return `it is of compression ${header.compression}`;
  if (header.options !== meaningOf(chosen)) return 'it was made with other options';
  return mismatch(header.of, await fingerprintOf(source, call.signal));
}

function notFitting(index: string, why: string): FormatError {
  return new FormatError('options', `use index '${index}': ${why}; run 'index' again`, {
    feature: 'index',
  });
}

async function sectionsOf(
  index: OpenIndex,
  compression: Compression,
  budget: Budget,
): Promise<Pick<FoundIndex, 'positions' | 'layer'>> {
  budget.takeBytes(index.size - index.windows.length, `the index of ${index.size} bytes`);
  const positions = index.has.positions ? await index.section('positions') : undefined;
  if (compression === 'none') return { positions, layer: undefined };
  const points = decodePoints(await index.section('layer'));
  return { positions, layer: { points, windows: { source: index.source, range: index.windows } } };
}
