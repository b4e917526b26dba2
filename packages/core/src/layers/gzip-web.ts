import type { Budget } from '../budget.js';
import { FormatError, isFormatError } from '../errors.js';
import { contentTooLarge } from './layer.js';

const HEAD_WAIT = 'decompress gzip';

/** gzip through the CompressionStream of browsers, which has one level only. @throws FormatError `unsupported` */
export async function gzipWeb(
  pieces: readonly Uint8Array[],
  level: number | undefined,
): Promise<readonly Uint8Array[]> {
  if (level !== undefined && level !== 6) {
    throw new FormatError('unsupported', `compress gzip with level '${level}': browsers have no levels`, {
      feature: 'gzip levels in a browser',
      supported: ['6'],
    });
  }
  if (typeof CompressionStream === 'undefined') throw noStreams('compress gzip');
  const stream = new CompressionStream('gzip');
  const packed = collect(stream.readable, Number.POSITIVE_INFINITY);
  await feed(stream.writable, pieces);
  return (await packed).chunks;
}

/**
 * The content of all members. A DecompressionStream takes one member and refuses what follows without saying
 * where it starts, so that the next one is looked for by its magic number: a member's checksum and size hold
 * only at its true end.
 *
 * @throws FormatError `corrupt`, `limit`, `unsupported`
 */
export async function gunzipWeb(bytes: Uint8Array, budget: Budget): Promise<Uint8Array> {
  const limit = Math.max(0, budget.bytesLeft);
  const parts: Uint8Array[] = [];
  let size = 0;
  let at = 0;
  while (at < bytes.byteLength) {
    const { end, chunks } = await readMember(bytes, at, limit - size);
    for (const chunk of chunks) {
      parts.push(chunk);
      size += chunk.byteLength;
    }
    at = end;
  }
  budget.takeBytes(size, 'the content of the gzip layer');
  const content = new Uint8Array(size);
  let to = 0;
  for (const part of parts) {
    content.set(part, to);
    to += part.byteLength;
  }
  return content;
}

/** Up to `count` bytes of the content; what comes before the end or an error. */
export async function gunzipWebHead(head: Uint8Array, count: number): Promise<Uint8Array> {
  if (typeof DecompressionStream === 'undefined') throw noStreams(HEAD_WAIT);
  const stream = new DecompressionStream('gzip');
  const reader = stream.readable.getReader();
  // The write ends in an error when the head is cut or the reader has enough: both are expected.
  void feed(stream.writable, [head]).catch(() => undefined);
  const found = new Uint8Array(count);
  let size = 0;
  try {
    while (size < count) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = value.subarray(0, count - size);
      found.set(part, size);
      size += part.byteLength;
    }
  } catch {
    // A cut stream: what came before is the answer.
  }
  await reader.cancel().catch(() => undefined);
  return found.subarray(0, size);
}

interface Member {
  readonly end: number;
  readonly chunks: readonly Uint8Array[];
}

async function readMember(bytes: Uint8Array, at: number, limit: number): Promise<Member> {
  let failure: unknown;
  for (const end of possibleEnds(bytes, at)) {
    try {
      return { end, chunks: await inflateMember(bytes.subarray(at, end), limit) };
    } catch (error) {
      if (isFormatError(error)) throw error;
      failure = error;
    }
  }
  throw new FormatError('corrupt', 'decompress gzip: the stream is cut or damaged', {
    offset: at,
    cause: failure,
  });
}

/** The end of the file, then every place where another member may start. */
function* possibleEnds(bytes: Uint8Array, from: number): Generator<number> {
  yield bytes.byteLength;
  for (let at = from + 1; at + 2 < bytes.byteLength; at++) {
    if (bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8) yield at;
  }
}

async function inflateMember(member: Uint8Array, limit: number): Promise<readonly Uint8Array[]> {
  if (typeof DecompressionStream === 'undefined') throw noStreams('decompress gzip');
  const stream = new DecompressionStream('gzip');
  const content = collect(stream.readable, limit);
  const fed = feed(stream.writable, [member]);
  // Both fail together; the reader's error is the one that says more.
  fed.catch(() => undefined);
  const { chunks } = await content;
  await fed;
  return chunks;
}

async function collect(
  readable: ReadableStream<Uint8Array>,
  limit: number,
): Promise<{ readonly chunks: Uint8Array[] }> {
  const reader = readable.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { chunks };
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel().catch(() => undefined);
      throw contentTooLarge('gzip', limit);
    }
    chunks.push(value);
  }
}

async function feed(
  writable: WritableStream<Uint8Array<ArrayBuffer>>,
  pieces: readonly Uint8Array[],
): Promise<void> {
  const writer = writable.getWriter();
  // No content lies in shared memory: nothing of this package makes any.
  for (const piece of pieces) await writer.write(piece as Uint8Array<ArrayBuffer>);
  await writer.close();
}

function noStreams(action: string): FormatError {
  return new FormatError('unsupported', `${action}: this browser has no compression streams`, {
    feature: 'gzip in a browser',
  });
}
