import { Budget } from '../budget.js';
import { FormatError, isFormatError } from '../errors.js';
import { joinBytes } from '../io/ranges.js';
import type { Source } from '../io/source.js';
import { checkLevel, contentTooLarge, type Layer, type Levels } from './layer.js';
import { xxh64 } from './xxh64.js';
import { inflate, inflateHead } from './zlib-inflate.js';
import { appendChecksum, cut, plainHeader, readFrame, type ZstdFrame } from './zstd-frame.js';
import { type Fzstd, loadFzstd, loadZstdWasm } from './zstd-libraries.js';
import { nativeCompress, nativeDecoder } from './zstd-native.js';

const LEVELS: Levels = { least: 1, most: 19, usual: 3 };
/** Content of one frame: more than this makes several, which every reader joins. */
const MOST_FRAME = 256 * 2 ** 20;
/** Content of one frame of a stream. */
const STREAMED_FRAME = 8 * 2 ** 20;
/** Frame and content together: beyond, WebAssembly's memory would not do. */
const MOST_FOR_WASM = 2 ** 30;
/** A head of 4 kB needs no more: matches reach back only as far as there is content. */
const HEAD_WINDOW = 2 ** 20;
/** A limit above this is met by counting first: a bomb then costs no memory. */
const MOST_UNMEASURED = 64 * 2 ** 20;

/** Zstandard, RFC 8878. What is written carries checksums; those of other writers are verified where they are there. */
export const zstdLayer: Layer = {
  compress(pieces, level) {
    const checked = checkLevel('zstd', level, LEVELS);
    return compressFrames(joinBytes(pieces), checked);
  },
  decompress: decompressFrames,
  compressStream: (pieces, level) => compressPieces(pieces, checkLevel('zstd', level, LEVELS)),
  decompressStream: decompressPieces,
  decompressHead: headOfFrames,
};

async function compressFrames(content: Uint8Array, level: number): Promise<readonly Uint8Array[]> {
  const packed: Uint8Array[] = [];
  let at = 0;
  do {
    const part = content.subarray(at, at + MOST_FRAME);
    const native = nativeCompress(part, level);
    if (native !== undefined) packed.push(native);
    else {
      const wasm = await loadZstdWasm('compress');
      packed.push(...appendChecksum(wasm.compress(part, level), xxh64(part)));
    }
    at += MOST_FRAME;
  } while (at < content.byteLength);
  return packed;
}

/** Each run of pieces is a frame of its own. */
async function* compressPieces(pieces: AsyncIterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array> {
  let run: Uint8Array[] = [];
  let size = 0;
  let frames = 0;
  for await (const piece of pieces) {
    run.push(piece);
    size += piece.byteLength;
    if (size < STREAMED_FRAME) continue;
    yield* await compressFrames(joinBytes(run), level);
    frames++;
    run = [];
    size = 0;
  }
  if (size > 0 || frames === 0) yield* await compressFrames(joinBytes(run), level);
}

/** Frame by frame: the largest one has to fit into the memory. */
async function* decompressPieces(
  source: Source,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for (let at = 0; at < source.size; ) {
    const { bytes, frame } = await frameAt(source, at, limit, signal);
    if ('skipTo' in frame) {
      at += frame.skipTo;
      continue;
    }
    const content = await decompressFrames(bytes.subarray(0, frame.end), new Budget({ bytes: limit - size }));
    size += content.byteLength;
    yield content;
    at += frame.end;
  }
}

/** The frame that begins at a place, and its bytes. @throws FormatError `corrupt`, `limit` */
async function frameAt(
  source: Source,
  at: number,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<{ bytes: Uint8Array; frame: ReturnType<typeof readFrame> }> {
  for (let window = 2 * STREAMED_FRAME; ; window *= 2) {
    const length = Math.min(window, source.size - at);
    const [bytes] = await source.read([{ at, length }], signal);
    const frame = readFrame(bytes!, 0);
    const isLast = at + length === source.size;
    if ('skipTo' in frame) {
      if (at + frame.skipTo > source.size) throw cut(source.size);
      return { bytes: bytes!, frame };
    }
    if (frame.complete) return { bytes: bytes!, frame };
    if (isLast) throw cut(source.size);
    if (!(frame.leastContent <= limit)) throw contentTooLarge('zstd', limit, frame.leastContent);
  }
}

async function decompressFrames(bytes: Uint8Array, budget: Budget): Promise<Uint8Array> {
  const frames = walk(bytes);
  const least = frames.reduce((sum, frame) => sum + (frame.contentSize ?? frame.leastContent), 0);
  if (!(least <= budget.bytesLeft)) throw contentTooLarge('zstd', budget.bytesLeft, least);
  const parts: Uint8Array[] = [];
  for (const frame of frames) {
    const content = await decodeFrame(bytes, frame, budget);
    if (frame.contentSize !== undefined && content.byteLength !== frame.contentSize) {
      throw damaged(
        frame,
        `its content has ${content.byteLength} bytes, the header says ${frame.contentSize}`,
      );
    }
    parts.push(content);
  }
  if (parts.length <= 1) return parts[0] ?? new Uint8Array(0);
  const total = parts.reduce((sum, part) => sum + part.byteLength, 0);
  // The parts and the whole are both there for a moment.
  budget.takeBytes(total, 'the content of several zstd frames');
  const whole = joinBytes(parts);
  budget.releaseBytes(total);
  return whole;
}

/** All frames, their sizes found sound. @throws FormatError `corrupt`, `unsupported` */
function walk(bytes: Uint8Array): ZstdFrame[] {
  const frames: ZstdFrame[] = [];
  let at = 0;
  do {
    const frame = readFrame(bytes, at);
    if ('skipTo' in frame) {
      if (frame.skipTo > bytes.byteLength) throw cut(bytes.byteLength);
      at = frame.skipTo;
      continue;
    }
    if (!frame.complete) throw cut(bytes.byteLength);
    const { contentSize, mostContent, leastContent } = frame;
    if (contentSize !== undefined && (contentSize > mostContent || contentSize < leastContent)) {
      throw damaged(
        frame,
        `the header says ${contentSize} bytes, its blocks hold ${leastContent} … ${mostContent}`,
      );
    }
    frames.push(frame);
    at = frame.end;
  } while (at < bytes.byteLength);
  return frames;
}

/** The content of one frame. @throws FormatError `corrupt`, `limit`, `unsupported` */
export async function decodeFrame(bytes: Uint8Array, frame: ZstdFrame, budget: Budget): Promise<Uint8Array> {
  const { start, end, contentSize } = frame;
  const native = nativeDecoder();
  if (native !== undefined) {
    return inflate(native, bytes.subarray(start, end), contentSize ?? frame.mostContent, budget);
  }
  if (contentSize !== undefined && contentSize + end - start <= MOST_FOR_WASM) {
    const wasm = await loadZstdWasm('decompress');
    budget.takeBytes(contentSize, 'the content of a zstd frame');
    try {
      return wasm.decompress(bytes.subarray(start, end));
    } catch (error) {
      throw damaged(frame, 'its blocks or its checksum are wrong', error);
    }
  }
  return decodeStream(bytes, frame, budget, await loadFzstd('decompress'));
}

/** A frame that does not say its size, through fzstd, which leaves sizes and checksum to us. */
function decodeStream(bytes: Uint8Array, frame: ZstdFrame, budget: Budget, fzstd: Fzstd): Uint8Array {
  const limit = budget.bytesLeft;
  const run = (keep: (chunk: Uint8Array) => void): void => {
    let size = 0;
    pushFrame(fzstd, bytes, frame, frame.windowSize, (chunk) => {
      size += chunk.byteLength;
      if (!(size <= limit)) throw contentTooLarge('zstd', limit);
      keep(chunk);
    });
  };
  if (frame.mostContent > limit && limit > MOST_UNMEASURED) run(() => undefined);
  // Zeroed memory costs nothing before it is written to.
  const target = new Uint8Array(Math.min(frame.mostContent, limit));
  let size = 0;
  run((chunk) => {
    target.set(chunk, size);
    size += chunk.byteLength;
  });
  budget.takeBytes(size, 'the content of a zstd frame');
  const content = size * 2 < target.byteLength ? target.slice(0, size) : target.subarray(0, size);
  if (frame.checksum !== undefined && Number(BigInt.asUintN(32, xxh64(content))) !== frame.checksum) {
    throw damaged(frame, 'its checksum is wrong');
  }
  return content;
}

/** Sends the blocks behind a header with no larger window than the content can use. */
function pushFrame(
  fzstd: Fzstd,
  bytes: Uint8Array,
  frame: ZstdFrame,
  windowSize: number,
  onChunk: (chunk: Uint8Array) => void,
): void {
  const stream = new fzstd.Decompress(onChunk);
  try {
    stream.push(plainHeader(Math.min(windowSize, frame.mostContent)));
    stream.push(bytes.subarray(frame.body, frame.bodyEnd), frame.complete);
  } catch (error) {
    throw isFormatError(error) ? error : damaged(frame, 'its blocks are wrong', error);
  }
}

async function headOfFrames(head: Uint8Array, count: number): Promise<Uint8Array> {
  const native = nativeDecoder();
  const fzstd = native === undefined ? await loadFzstd('decompress') : undefined;
  const found = new Uint8Array(count);
  let size = 0;
  const keep = (chunk: Uint8Array): void => {
    const part = chunk.subarray(0, count - size);
    found.set(part, size);
    size += part.byteLength;
    // Stops fzstd, which would decode all that it has.
    if (size === count) throw new FormatError('limit', 'decompress zstd: the head is complete');
  };
  try {
    for (let at = 0; at < head.byteLength && size < count; ) {
      const frame = readFrame(head, at);
      if ('skipTo' in frame) at = frame.skipTo;
      else {
        if (fzstd !== undefined) pushFrame(fzstd, head, frame, HEAD_WINDOW, keep);
        else keep(await inflateHead(native!, head.subarray(frame.start, frame.end), count - size));
        at = frame.end;
      }
    }
  } catch (error) {
    if (!isFormatError(error)) throw error;
    // Cut, damaged or complete: what came before is the answer.
  }
  return found.subarray(0, size);
}

function damaged(frame: ZstdFrame, state: string, cause?: unknown): FormatError {
  return new FormatError('corrupt', `decompress zstd frame at byte ${frame.start}: ${state}`, {
    offset: frame.start,
    ...(cause === undefined ? {} : { cause }),
  });
}
