import type { Budget } from '../budget.js';
import { FormatError } from '../errors.js';
import type { Source } from '../io/source.js';

/** One compression: whole buffers in and out, or piece by piece. */
export interface Layer {
  compress(
    pieces: readonly Uint8Array[],
    level: number | undefined,
  ): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  decompress(bytes: Uint8Array, budget: Budget): Uint8Array | Promise<Uint8Array>;
  /** In bounded memory. @throws FormatError `options`, `unsupported` in browsers */
  compressStream(pieces: AsyncIterable<Uint8Array>, level: number | undefined): AsyncIterable<Uint8Array>;
  /** In bounded memory, at most `limit` bytes. @throws FormatError `corrupt`, `limit`, `unsupported` in browsers */
  decompressStream(source: Source, limit: number, signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
  /** Never throws on a cut stream: gives what there is. */
  decompressHead(head: Uint8Array, count: number): Uint8Array | Promise<Uint8Array>;
}

/** What levels a layer has, and the one it takes without being asked. */
export interface Levels {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

/** @throws FormatError `options` */
export function checkLevel(layer: string, level: number | undefined, levels: Levels): number {
  if (level === undefined) return levels.usual;
  if (Number.isInteger(level) && level >= levels.least && level <= levels.most) return level;
  throw new FormatError(
    'options',
    `set level of ${layer} to '${level}': must be an integer in ${levels.least} … ${levels.most}`,
    { found: String(level) },
  );
}

export function contentTooLarge(layer: string, limit: number, found?: number): FormatError {
  const size = found === undefined ? 'more than that' : `${found} bytes`;
  return new FormatError(
    'limit',
    `decompress ${layer}: ${Math.max(0, limit)} bytes of the budget are left, the content has ${size}; set 'budget.bytes' to allow more`,
    { feature: layer, ...(found === undefined ? {} : { found: String(found) }) },
  );
}
