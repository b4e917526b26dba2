import { Budget } from '../../budget.js';
import { FormatError } from '../../errors.js';
import type { Source } from '../../io/source.js';
import { decodeFrame } from '../zstd.js';
import { readFrame } from '../zstd-frame.js';
import type { LayerPoint, MadePoints } from './layer-points.js';

/** A frame is decompressed whole: more than this is no random access. */
const MOST_FRAME = 16 * 2 ** 20;
/** What the blocks and headers of such a frame can take at most. */
const MOST_PACKED = MOST_FRAME + 2 ** 16;
const FIRST_READ = 2 ** 18;

/**
 * The frames of a zstd file (RFC 8878, section 3.1), as they are in files of several: those of pzstd, of the seekable format,
 * of appended ones.
 *
 * @throws FormatError `corrupt`, `unsupported` for a frame that is too large to be read for an entry in it
 */
export async function zstdPoints(
  source: Source,
  progress: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<MadePoints> {
  const points: LayerPoint[] = [];
  let size = 0;
  let read = FIRST_READ;
  for (let at = 0; at < source.size; ) {
    const ranges = [{ at, length: Math.min(read, source.size - at) }];
    const [bytes] = source.readSync?.(ranges) ?? (await source.read(ranges, signal));
    progress(at, source.size);
    const frame = readFrame(bytes!, 0);
    if ('skipTo' in frame) {
      if (at + frame.skipTo > source.size) throw cut(source.size);
      at += frame.skipTo;
      continue;
    }
    if ((frame.contentSize ?? 0) > MOST_FRAME) throw tooLarge(source, at, frame.contentSize);
    if (!frame.complete) {
      if (at + read >= source.size) throw cut(source.size);
      if (read >= MOST_PACKED) throw tooLarge(source, at, undefined);
      read = Math.min(2 * read, MOST_PACKED);
      continue;
    }
    const content = frame.contentSize ?? (await sizeOf(source, at, bytes!.subarray(0, frame.end)));
    points.push({ at, bit: 0, out: size, windowBytes: 0 });
    size += content;
    at += frame.end;
  }
  return {
    layer: { compression: 'zstd', size, end: source.size, points },
    windows: new Uint8Array(0),
  };
}

/** The content of one frame; what follows it up to the next point is left alone. */
export async function decodeZstdSpan(bytes: Uint8Array, budget: Budget): Promise<Uint8Array> {
  const frame = readFrame(bytes, 0);
  if ('skipTo' in frame || !frame.complete)
    throw new FormatError('corrupt', 'decompress zstd: there is no frame where the index says');
  const before = budget.bytesLeft;
  const content = await decodeFrame(bytes, frame, budget);
  // It is kept for other reads of this file, and not the caller's.
  budget.releaseBytes(before - budget.bytesLeft);
  return content;
}

async function sizeOf(source: Source, at: number, bytes: Uint8Array): Promise<number> {
  try {
    return (await decodeZstdSpan(bytes, new Budget({ bytes: 2 * MOST_FRAME }))).byteLength;
  } catch (error) {
    if (error instanceof FormatError && error.code === 'limit') throw tooLarge(source, at, undefined);
    throw error;
  }
}

function tooLarge(source: Source, at: number, size: number | undefined): FormatError {
  return new FormatError(
    'unsupported',
    `index '${source.name}': the zstd frame at byte ${at} has ${size ?? `more than ${MOST_FRAME}`} bytes of content, and inside a frame there is no place to begin; compress it in frames of at most ${MOST_FRAME} bytes`,
    { feature: 'index of large zstd frames', offset: at },
  );
}

function cut(offset: number): FormatError {
  return new FormatError('corrupt', 'decompress zstd: the stream is cut', { offset });
}
