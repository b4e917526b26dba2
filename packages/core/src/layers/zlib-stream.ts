import type { Transform } from 'node:stream';
import { FormatError } from '../errors.js';
import type { Source } from '../io/source.js';
import { contentTooLarge } from './layer.js';
import { decodeError, type ZlibDecoder } from './zlib-inflate.js';

/** Bytes of a compressed file read at a time, and of content given at a time. */
const WINDOW = 2 ** 20;
const CHUNK = 2 ** 18;

/** What a stream of Node's makes of the pieces. It is given the next one only when it has room for it. */
export async function* throughStream(
  stream: Transform,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const fed = feed(stream, pieces);
  try {
    for await (const chunk of stream) yield new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  } finally {
    stream.destroy();
    await fed;
  }
}

/**
 * The content of a compressed file piece by piece, in bounded memory.
 *
 * @throws FormatError `corrupt`, `limit` where the content has more than `limit` bytes
 */
export async function* inflateSource(
  decoder: ZlibDecoder,
  source: Source,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const stream = decoder.stream({ chunkSize: CHUNK, partial: false });
  let size = 0;
  try {
    for await (const chunk of throughStream(stream, windowsOf(source, signal))) {
      size += chunk.byteLength;
      if (!(size <= limit)) throw contentTooLarge(decoder.name, limit);
      yield chunk;
    }
  } catch (error) {
    throw decodeError(decoder, error, source.size);
  }
  // Node's decoders count what they took; the types of streams do not know it.
  const consumed = (stream as unknown as { readonly bytesWritten: number }).bytesWritten;
  await checkTail(decoder, source, consumed, signal);
}

/** A source window by window. */
export async function* windowsOf(
  source: Source,
  signal: AbortSignal | undefined,
  from = 0,
): AsyncGenerator<Uint8Array> {
  for (let at = from; at < source.size; at += WINDOW) {
    const [bytes] = await source.read([{ at, length: Math.min(WINDOW, source.size - at) }], signal);
    yield bytes!;
  }
}

/** Never rejects: what fails destroys the stream, and who reads it is told. */
async function feed(stream: Transform, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (stream.destroyed) return;
      if (!stream.write(piece)) await drained(stream);
    }
    stream.end();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function drained(stream: Transform): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
    if (stream.destroyed) done();
  });
}

/** Padding with zeros is common; anything else behind the end is not ours to ignore. */
async function checkTail(
  decoder: ZlibDecoder,
  source: Source,
  consumed: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const bytes of windowsOf(source, signal, consumed)) {
    if (bytes.every((byte) => byte === 0)) continue;
    throw new FormatError(
      'corrupt',
      `decompress ${decoder.name}: ${source.size - consumed} bytes stand behind its end`,
      { offset: consumed },
    );
  }
}
