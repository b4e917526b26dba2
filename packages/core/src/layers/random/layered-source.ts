import type { Budget } from '../../budget.js';
import { FormatError, isFormatError } from '../../errors.js';
import { damagedIndex } from '../../file-index/varints.js';
import { checkRange, throwIfAborted } from '../../io/ranges.js';
import type { Range, Source } from '../../io/source.js';
import { contentTooLarge } from '../layer.js';
import { inflateSpan, MOST_EXPANSION, unpackWindow } from './gzip-span.js';
import type { LayerPoint, LayerPoints } from './layer-points.js';
import { decodeZstdSpan } from './zstd-points.js';

/** Where the windows of the points lie: a part of the index file. */
export interface WindowsPlace {
  readonly source: Source;
  readonly range: Range;
}

/** What was decompressed is kept up to this, one span at least. */
const MOST_KEPT = 16 * 2 ** 20;

interface Span {
  readonly index: number;
  readonly packed: Range;
  readonly point: LayerPoint;
  readonly out: number;
  readonly size: number;
  readonly window: Range | undefined;
}

/**
 * The content of a compressed file with random access: a read decompresses what lies between the points around it. The
 * source closes `inner`, and that of the windows.
 */
export function layeredSource(
  inner: Source,
  layer: LayerPoints,
  windows: WindowsPlace,
  budget: Budget,
): Source {
  const content = new LayeredContent(inner, layer, windows, budget);
  const sync =
    layer.compression === 'gzip' && inner.readSync !== undefined && windows.source.readSync !== undefined;
  return {
    size: layer.size,
    name: inner.name,
    read: (ranges, signal) => content.read(ranges, signal),
    ...(sync ? { readSync: (ranges: readonly Range[]) => content.readSync(ranges) } : {}),
    async close() {
      await windows.source.close();
      await inner.close();
    },
  };
}

class LayeredContent {
  readonly #inner: Source;
  readonly #layer: LayerPoints;
  readonly #windows: WindowsPlace;
  readonly #budget: Budget;
  readonly #windowStarts: Float64Array;
  /** What was decompressed last, the latest last. */
  readonly #kept = new Map<number, Uint8Array>();
  #keptBytes = 0;

  constructor(inner: Source, layer: LayerPoints, windows: WindowsPlace, budget: Budget) {
    this.#inner = inner;
    this.#layer = layer;
    this.#windows = windows;
    this.#budget = budget;
    this.#windowStarts = new Float64Array(layer.points.length + 1);
    layer.points.forEach(({ windowBytes }, i) => {
      this.#windowStarts[i + 1] = this.#windowStarts[i]! + windowBytes;
    });
    if (this.#windowStarts.at(-1)! !== windows.range.length)
      throw damagedIndex('what was decompressed before its places is missing');
    if (layer.end !== inner.size) throw damagedIndex('it is for another file');
  }

  readSync(ranges: readonly Range[]): Uint8Array[] {
    return ranges.map((range) => {
      const parts = this.#spansOf(range).map((span) => {
        const kept = this.#find(span.index);
        if (kept !== undefined) return kept;
        const packed = this.#inner.readSync!([span.packed])[0]!;
        const window =
          span.window === undefined ? NOTHING : this.#windows.source.readSync!([span.window])[0]!;
        return this.#keep(span, this.#inflate(span, packed, window));
      });
      return this.#assemble(range, parts);
    });
  }

  async read(ranges: readonly Range[], signal?: AbortSignal): Promise<Uint8Array[]> {
    const results: Uint8Array[] = [];
    for (const range of ranges) {
      const parts: Uint8Array[] = [];
      for (const span of this.#spansOf(range)) {
        throwIfAborted(signal, `read '${this.#inner.name}'`);
        parts.push(this.#find(span.index) ?? this.#keep(span, await this.#decode(span, signal)));
      }
      results.push(this.#assemble(range, parts));
    }
    return results;
  }

  async #decode(span: Span, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const read = async (source: Source, range: Range): Promise<Uint8Array> =>
      (source.readSync?.([range]) ?? (await source.read([range], signal)))[0]!;
    const packed = await read(this.#inner, span.packed);
    if (this.#layer.compression === 'zstd')
      return this.#checked(span, await decodeZstdSpan(packed, this.#budget));
    const window = span.window === undefined ? NOTHING : await read(this.#windows.source, span.window);
    return this.#inflate(span, packed, window);
  }

  #inflate(span: Span, bytes: Uint8Array, packedWindow: Uint8Array): Uint8Array {
    const { size } = span;
    if (size > bytes.byteLength * MOST_EXPANSION + MOST_EXPANSION)
      throw damagedIndex(`no ${bytes.byteLength} bytes of gzip hold ${size}`);
    if (size > this.#budget.bytesLeft) throw contentTooLarge('gzip', this.#budget.bytesLeft, size);
    const window = packedWindow.byteLength === 0 ? NOTHING : unpackWindow(packedWindow);
    try {
      return this.#checked(span, inflateSpan({ bytes, bit: span.point.bit, size, window }));
    } catch (cause) {
      if (isFormatError(cause)) throw cause;
      throw this.#unlike(span, cause);
    }
  }

  #checked(span: Span, content: Uint8Array): Uint8Array {
    if (content.byteLength !== span.size) throw this.#unlike(span);
    return content;
  }

  #unlike({ packed, out }: Span, cause?: unknown): FormatError {
    return new FormatError(
      'corrupt',
      `decompress '${this.#inner.name}' from byte ${packed.at}: it is not what the index says of byte ${out} of its content; make the index anew with 'index'`,
      { offset: packed.at, ...(cause === undefined ? {} : { cause }) },
    );
  }

  #find(index: number): Uint8Array | undefined {
    const found = this.#kept.get(index);
    if (found === undefined) return undefined;
    this.#kept.delete(index);
    this.#kept.set(index, found);
    return found;
  }

  #keep({ index }: Span, content: Uint8Array): Uint8Array {
    this.#kept.set(index, content);
    this.#keptBytes += content.byteLength;
    for (const [old, bytes] of this.#kept) {
      if (this.#keptBytes <= MOST_KEPT || old === index) break;
      this.#kept.delete(old);
      this.#keptBytes -= bytes.byteLength;
    }
    return content;
  }

  #spansOf(range: Range): Span[] {
    checkRange(range, this.#layer.size, this.#inner.name);
    const { points } = this.#layer;
    const spans: Span[] = [];
    if (range.length === 0) return spans;
    for (let i = this.#pointBefore(range.at); i < points.length; i++) {
      const point = points[i]!;
      if (point.out >= range.at + range.length) break;
      spans.push(this.#span(i, point));
    }
    return spans;
  }

  #span(index: number, point: LayerPoint): Span {
    const next = this.#layer.points[index + 1];
    const end = next === undefined ? this.#layer.end : next.at + (next.bit > 0 ? 1 : 0);
    return {
      index,
      point,
      packed: { at: point.at, length: end - point.at },
      out: point.out,
      size: (next?.out ?? this.#layer.size) - point.out,
      window:
        point.windowBytes === 0
          ? undefined
          : { at: this.#windows.range.at + this.#windowStarts[index]!, length: point.windowBytes },
    };
  }

  /** The last point at or before a byte of the content. */
  #pointBefore(at: number): number {
    const { points } = this.#layer;
    let low = 0;
    let high = points.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (points[middle]!.out <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #assemble(range: Range, parts: readonly Uint8Array[]): Uint8Array {
    const { at, length } = range;
    if (length === 0) return NOTHING;
    const from = at - this.#layer.points[this.#pointBefore(at)]!.out;
    if (parts.length === 1) return parts[0]!.subarray(from, from + length);
    const out = new Uint8Array(length);
    let done = 0;
    let skip = from;
    for (const part of parts) {
      const piece = part.subarray(skip, skip + length - done);
      out.set(piece, done);
      done += piece.byteLength;
      skip = 0;
    }
    return out;
  }
}

const NOTHING = new Uint8Array(0);
