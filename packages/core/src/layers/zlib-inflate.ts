import type { Transform } from 'node:stream';
import type { Budget } from '../budget.js';
import { FormatError, isFormatError } from '../errors.js';
import { contentTooLarge } from './layer.js';

/** One of Node's decoders, both ways that it can be run. */
export interface ZlibDecoder {
  readonly name: string;
  /** Decodes all at once. `chunkSize` is the size of its output buffers, `maxOutputLength` where it gives up. */
  run(bytes: Uint8Array, options: RunOptions): unknown;
  /** Decodes in a stream; `partial` lets the input end anywhere. */
  stream(options: { readonly chunkSize: number; readonly partial: boolean }): Transform;
}

export interface RunOptions {
  readonly chunkSize: number;
  readonly maxOutputLength: number;
  readonly info: true;
}

/** Below this a guess that is too low costs less than a second pass. */
const LEAST_CAP = 2 ** 20;
/** Above this nothing is made on a guess: the content is measured first, in a pass that keeps nothing. */
const MOST_UNMEASURED = 64 * 2 ** 20;
const MEASURE_CHUNK = 2 ** 18;
const HEAD_CHUNK = 2 ** 14;
/** Node takes output buffers from a shared pool below this: their offsets would not be aligned. */
const LEAST_CHUNK = 2 ** 13;

/**
 * The content, never allocating more than the budget has left. `guess` is the size that the file claims, or
 * seems to have: where it holds, one pass into one buffer does the work. Where it does not, the content is
 * measured by a pass that keeps nothing, so that a bomb costs no memory.
 *
 * @throws FormatError `limit`, `corrupt`
 */
export function inflate(
  decoder: ZlibDecoder,
  bytes: Uint8Array,
  guess: number,
  budget: Budget,
): Uint8Array | Promise<Uint8Array> {
  const limit = Math.max(0, budget.bytesLeft);
  const claimed = Math.max(guess, LEAST_CAP);
  const cap = Math.min(limit, claimed);
  if (guess <= limit && (claimed <= MOST_UNMEASURED || limit <= MOST_UNMEASURED)) {
    const content = runOnce(decoder, bytes, cap);
    if (content !== undefined) return charged(content, decoder, budget);
    if (cap === limit) throw contentTooLarge(decoder.name, limit);
  }
  return inflateMeasured(decoder, bytes, budget, limit);
}

async function inflateMeasured(
  decoder: ZlibDecoder,
  bytes: Uint8Array,
  budget: Budget,
  limit: number,
): Promise<Uint8Array> {
  const size = await measure(decoder, bytes, limit);
  budget.takeBytes(size, `the content of the ${decoder.name} layer`);
  const content = runOnce(decoder, bytes, size);
  if (content === undefined) throw contentTooLarge(decoder.name, limit);
  return content;
}

function charged(content: Uint8Array, decoder: ZlibDecoder, budget: Budget): Uint8Array {
  budget.takeBytes(content.byteLength, `the content of the ${decoder.name} layer`);
  return content;
}

/** The content, or undefined where it has more than `cap` bytes. */
function runOnce(decoder: ZlibDecoder, bytes: Uint8Array, cap: number): Uint8Array | undefined {
  try {
    const options = {
      // One more than the content, so that the decoder ends without asking for a second buffer.
      chunkSize: Math.max(LEAST_CHUNK, cap + 1),
      maxOutputLength: Math.max(1, cap),
      info: true,
    } as const;
    // With `info` Node gives the decoder too, which knows how much of the input it has read.
    const { buffer, engine } = decoder.run(bytes, options) as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    checkTrailer(decoder, bytes, engine.bytesWritten);
    return buffer.byteLength > cap ? undefined : plainBytes(buffer);
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw decodeError(decoder, error, bytes.byteLength);
  }
}

/** The bytes without Node's Buffer around them; copied where they would hold on to much more memory than they fill. */
function plainBytes(buffer: Uint8Array): Uint8Array {
  const view = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  return view.byteLength * 2 < view.buffer.byteLength ? view.slice() : view;
}

function measure(decoder: ZlibDecoder, bytes: Uint8Array, limit: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const stream = decoder.stream({ chunkSize: MEASURE_CHUNK, partial: false });
    let size = 0;
    stream.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size <= limit) return;
      stream.destroy();
      reject(contentTooLarge(decoder.name, limit));
    });
    stream.on('end', () => resolve(size));
    stream.on('error', (error) => reject(decodeError(decoder, error, bytes.byteLength)));
    stream.end(bytes);
  });
}

/** Up to `count` bytes of the content of a file of which only the head is there; what comes before an error counts. */
export function inflateHead(decoder: ZlibDecoder, head: Uint8Array, count: number): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const stream = decoder.stream({ chunkSize: HEAD_CHUNK, partial: true });
    const found = new Uint8Array(count);
    let size = 0;
    const finish = (): void => {
      stream.destroy();
      resolve(found.subarray(0, size));
    };
    stream.on('data', (chunk: Uint8Array) => {
      const part = chunk.subarray(0, count - size);
      found.set(part, size);
      size += part.byteLength;
      if (size === count) finish();
    });
    stream.on('end', finish);
    stream.on('error', finish);
    stream.end(head);
  });
}

/** Padding with zeros is common (tapes, block devices); anything else behind the end is not ours to ignore. */
function checkTrailer(decoder: ZlibDecoder, bytes: Uint8Array, consumed: number): void {
  for (let at = consumed; at < bytes.byteLength; at++) {
    if (bytes[at] === 0) continue;
    throw new FormatError(
      'corrupt',
      `decompress ${decoder.name}: ${bytes.byteLength - consumed} bytes stand behind its end`,
      {
        offset: consumed,
      },
    );
  }
}

export function decodeError(decoder: ZlibDecoder, error: unknown, size: number): FormatError {
  if (isFormatError(error)) return error;
  const code = codeOf(error);
  if (code === 'Z_BUF_ERROR') {
    return new FormatError('corrupt', `decompress ${decoder.name}: the stream is cut`, {
      offset: size,
      cause: error,
    });
  }
  if (code === 'Z_MEM_ERROR' || code === 'ERR_MEMORY_ALLOCATION_FAILED') {
    return new FormatError('limit', `decompress ${decoder.name}: this process has no memory left for it`, {
      cause: error,
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new FormatError('corrupt', `decompress ${decoder.name}: ${reason.toLowerCase()}`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string } | null)?.code;
}
