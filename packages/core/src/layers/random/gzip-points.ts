import { platform } from '#platform';
import { FormatError } from '../../errors.js';
import { crc32 } from '../../file-index/crc32.js';
import { joinBytes } from '../../io/ranges.js';
import type { Source } from '../../io/source.js';
import { Inflater, WINDOW_BYTES } from './inflater.js';
import type { LayerPoint, MadePoints } from './layer-points.js';

/** Read at a time; a member's header, with the names in it, has to fit in. */
const CHUNK_BYTES = 2 ** 20;
const LONGEST_HEADER = 2 ** 17;
const OUT_BYTES = 2 ** 19;
const TRAILER_BYTES = 8;
/** zlib's level for windows: they are few, and stay. */
const WINDOW_LEVEL = 9;

// RFC 1952, section 2.3.1.
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;

/**
 * Decompresses a gzip file once, checks it, and notes where decompressing can begin: at every member, and at the first block
 * behind every `span` bytes of content, with the 32 KiB before it. Memory does not grow with the file, but for what is noted.
 *
 * @throws FormatError `corrupt`
 */
export async function gzipPoints(
  source: Source,
  span: number,
  progress: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<MadePoints> {
  const scan = new GzipScan(source, span, progress, signal);
  await scan.all();
  const { points, windows, size } = scan;
  return {
    layer: { compression: 'gzip', size, end: source.size, points },
    windows: joinBytes(windows),
  };
}

class GzipScan {
  readonly points: LayerPoint[] = [];
  readonly windows: Uint8Array[] = [];
  /** Bytes of content so far. */
  size = 0;
  readonly #source: Source;
  readonly #span: number;
  readonly #progress: (done: number, total: number) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #inflater = new Inflater(new Uint8Array(WINDOW_BYTES + OUT_BYTES));
  /** Where the input of the inflater begins in the file. */
  #start = 0;
  /** What of the inflater's output is counted and in the checksum. */
  #seen = 0;
  #crc = 0;
  #memberSize = 0;

  constructor(
    source: Source,
    span: number,
    progress: (done: number, total: number) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#source = source;
    this.#span = span;
    this.#progress = progress;
    this.#signal = signal;
  }

  async all(): Promise<void> {
    for (let at = 0; at < this.#source.size; ) {
      await this.#fill(at);
      if (at > 0 && this.#inflater.input[0] === 0) {
        await this.#padding(at);
        return;
      }
      try {
        at = await this.#member(at);
      } catch (error) {
        throw error instanceof FormatError && error.offset === undefined ? this.#placed(error) : error;
      }
    }
  }

  #placed(error: FormatError): FormatError {
    const offset = this.#start + Math.min(this.#inflater.at, this.#inflater.input.byteLength);
    return new FormatError('corrupt', error.message, { offset, cause: error });
  }

  /** Makes the inflater's input begin at a byte of the file. */
  async #fill(at: number): Promise<void> {
    const { size } = this.#source;
    const ranges = [{ at, length: Math.min(CHUNK_BYTES, size - at) }];
    const [input] = this.#source.readSync?.(ranges) ?? (await this.#source.read(ranges, this.#signal));
    this.#start = at;
    this.#inflater.input = input!;
    this.#inflater.final = at + input!.byteLength === size;
    this.#progress(at, size);
  }

  /** Zeros behind the last member are let be, as tapes have them; anything else is an error. */
  async #padding(from: number): Promise<void> {
    for (let at = from; at < this.#source.size; at += this.#inflater.input.byteLength) {
      if (at > from) await this.#fill(at);
      const odd = this.#inflater.input.findIndex((byte) => byte !== 0);
      if (odd >= 0) throw notGzip(at + odd);
    }
  }

  /** One member; returns where the next one begins. */
  async #member(at: number): Promise<number> {
    const inflater = this.#inflater;
    const header = headerEnd(inflater.input, at);
    this.#keepWindow();
    inflater.base = inflater.length;
    inflater.start(inflater.input, header, 0);
    this.#crc = 0;
    this.#memberSize = 0;
    this.points.push({ at: at + header, bit: 0, out: this.size, windowBytes: 0 });
    for (;;) {
      const stop = inflater.run();
      if (stop === 'input') {
        await this.#moveInput();
        continue;
      }
      this.#count();
      if (stop === 'output') this.#keepWindow();
      else if (stop === 'end') break;
      else if (this.size - this.points.at(-1)!.out >= this.#span) this.#note();
    }
    return this.#trailer();
  }

  async #moveInput(): Promise<void> {
    const inflater = this.#inflater;
    const used = Math.min(inflater.at, inflater.input.byteLength);
    const beyond = inflater.at - used;
    await this.#fill(this.#start + used);
    inflater.at = beyond;
  }

  #count(): void {
    const { out, length } = this.#inflater;
    const fresh = out.subarray(this.#seen, length);
    this.#crc = crc32(fresh, this.#crc);
    this.size += fresh.byteLength;
    this.#memberSize += fresh.byteLength;
    this.#seen = length;
  }

  /** Lets go of the output but for what matches can reach. */
  #keepWindow(): void {
    const inflater = this.#inflater;
    const moved = Math.max(0, inflater.length - WINDOW_BYTES);
    inflater.out.copyWithin(0, moved, inflater.length);
    inflater.length -= moved;
    inflater.base = Math.max(0, inflater.base - moved);
    this.#seen = inflater.length;
  }

  #note(): void {
    const { out, length, base, position } = this.#inflater;
    const window = packWindow(out.subarray(Math.max(base, length - WINDOW_BYTES), length));
    this.windows.push(window);
    this.points.push({
      at: this.#start + (position >> 3),
      bit: position & 7,
      out: this.size,
      windowBytes: window.byteLength,
    });
  }

  /** Checks the member's CRC-32 and size (section 2.3.1), and returns where it ends. */
  async #trailer(): Promise<number> {
    const at = this.#start + Math.ceil(this.#inflater.position / 8);
    if (at + TRAILER_BYTES > this.#source.size) throw cut(this.#source.size);
    const ranges = [{ at, length: TRAILER_BYTES }];
    const [bytes] = this.#source.readSync?.(ranges) ?? (await this.#source.read(ranges, this.#signal));
    const view = new DataView(bytes!.buffer, bytes!.byteOffset);
    if (view.getUint32(0, true) !== this.#crc || view.getUint32(4, true) !== this.#memberSize % 2 ** 32)
      throw new FormatError('corrupt', 'decompress gzip: a checksum or size is wrong', { offset: at });
    return at + TRAILER_BYTES;
  }
}

/** Where the header of the member ends (section 2.3). */
function headerEnd(input: Uint8Array, offset: number): number {
  if (input[0] !== 0x1f || input[1] !== 0x8b || (input[2] !== undefined && input[2] !== 8))
    throw notGzip(offset);
  const flags = input[3] ?? 0;
  if ((flags & RESERVED) !== 0) throw notGzip(offset);
  let at = 10;
  if ((flags & FEXTRA) !== 0) at += 2 + (input[at] ?? 0) + 256 * (input[at + 1] ?? 0);
  for (const flag of [FNAME, FCOMMENT]) {
    if ((flags & flag) === 0) continue;
    const end = input.indexOf(0, at);
    at = end < 0 ? input.byteLength : end + 1;
  }
  if ((flags & FHCRC) !== 0) at += 2;
  if (at >= input.byteLength || at > LONGEST_HEADER) throw cut(offset + input.byteLength);
  return at;
}

/** A window as raw deflate with its CRC-32 before it. */
function packWindow(window: Uint8Array): Uint8Array {
  const packed = platform?.zlib.deflateRawSync(window, { level: WINDOW_LEVEL }) ?? stored(window);
  const out = new Uint8Array(4 + packed.byteLength);
  new DataView(out.buffer).setUint32(0, crc32(window), true);
  out.set(packed, 4);
  return out;
}

/** One stored block (RFC 1951, section 3.2.4): browsers deflate in streams only. */
function stored(window: Uint8Array): Uint8Array {
  const { byteLength: length } = window;
  const head = Uint8Array.of(1, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff);
  return joinBytes([head, window]);
}

function notGzip(offset: number): FormatError {
  return new FormatError('corrupt', 'decompress gzip: what stands there is no member', { offset });
}

function cut(offset: number): FormatError {
  return new FormatError('corrupt', 'decompress gzip: the stream is cut', { offset });
}
