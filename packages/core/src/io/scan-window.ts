import type { Context } from '../contract/context.js';
import { FormatError } from '../errors.js';
import type { Source } from './source.js';

/** Read after a jump: enough for the headers of an array. */
const FIRST_WINDOW = 512;
const LARGEST_WINDOW = 64 * 1024;

/** A part of a file in memory. Never changed: who scans it keeps it while others look elsewhere. */
export interface WindowView {
  readonly bytes: Uint8Array;
  /** Where the bytes begin in the file. */
  readonly start: number;
}

/**
 * A window on a file for walking its headers. What is skipped is not read: after a jump the window is small, and grows
 * while reading goes on without one.
 */
export class ScanWindow {
  readonly size: number;
  readonly #source: Source;
  readonly #context: Pick<Context<object>, 'signal' | 'progress'>;
  #view: WindowView = { bytes: new Uint8Array(0), start: 0 };

  constructor(source: Source, context: Pick<Context<object>, 'signal' | 'progress'>) {
    this.#source = source;
    this.#context = context;
    this.size = source.size;
  }

  /** What was read last. */
  get view(): WindowView {
    return this.#view;
  }

  /** A view that has `length` bytes at `at`, or as many of them as the file has. */
  at(at: number, length: number): WindowView | Promise<WindowView> {
    const wanted = Math.min(length, this.size - at);
    if (wanted <= 0 || holds(this.#view, at, wanted)) return this.#view;
    const { bytes, start } = this.#view;
    const goesOn = at >= start && at <= start + bytes.length;
    const room = goesOn ? Math.min(LARGEST_WINDOW, 2 * bytes.length) : FIRST_WINDOW;
    this.#context.progress(at, this.size);
    const read = this.#read(at, Math.min(this.size - at, Math.max(room, FIRST_WINDOW, wanted)));
    return read instanceof Uint8Array ? this.#moved(read, at) : read.then((found) => this.#moved(found, at));
  }

  /** Some bytes: from the window where it has them all. @throws FormatError `corrupt` past the end of the file */
  bytes(at: number, length: number): Uint8Array | Promise<Uint8Array> {
    if (at + length > this.size) throw this.cut(at);
    const { bytes, start } = this.#view;
    return holds(this.#view, at, length)
      ? bytes.subarray(at - start, at - start + length)
      : this.#read(at, length);
  }

  /** The error for a value that the end of the file cuts. */
  cut(at: number): FormatError {
    return new FormatError(
      'corrupt',
      `read the value at byte ${at}: the file of ${this.size} bytes ends in it`,
      { offset: at },
    );
  }

  #moved(bytes: Uint8Array, start: number): WindowView {
    this.#view = { bytes, start };
    return this.#view;
  }

  #read(at: number, length: number): Uint8Array | Promise<Uint8Array> {
    const ranges = [{ at, length }];
    if (this.#source.readSync !== undefined) return this.#source.readSync(ranges)[0]!;
    return this.#source.read(ranges, this.#context.signal).then((pieces) => pieces[0]!);
  }
}

function holds({ bytes, start }: WindowView, at: number, length: number): boolean {
  return at >= start && at + length <= start + bytes.length;
}
