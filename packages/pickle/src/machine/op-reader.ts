import { FormatError } from '@formatlab/core';
import { corrupt, truncated } from './fault.js';
import { type FarBytes, type Node, PyBytearray, PyFar } from './nodes.js';
import { OPCODE_OF } from './opcodes.js';
import { narrow, parseFloatLine, parseIntegerLine, rawUnicodeText, unescapeString } from './text-forms.js';
import { TextReader } from './utf8.js';

/** What strings of Python 2 (`str`) are read as. */
export type OldStrings = 'latin1' | 'utf8' | 'ascii' | 'bytes';

/** Bytes from here on stay views on the file. */
const LEAST_VIEW = 4096;
const NEWLINE = 10;
const TWO_32 = 2 ** 32;

/** The longest opcode with its numbers and the length of what follows them. */
const LONGEST_HEAD = 16;
/** Bytes from here on are left in the file where it is read through a window. */
const LEAST_FAR = 1024;

/** A file that is read through a window instead of as a whole. */
export interface OpFile {
  /** What reads the bytes that are left in the file. */
  readonly far: FarBytes;
  /** A part of the file that has `length` bytes at `at`, or those that there are. */
  window(at: number, length: number): { readonly bytes: Uint8Array; readonly start: number };
}

/** Reads opcodes with their arguments, one at a time, without a stack: the machine and the disassembly share it. */
export class OpReader {
  /** Size of the file. */
  readonly size: number;
  /** Where the current opcode began in the file. */
  at = 0;
  /** Argument of the current opcode; null where it has none. Two lines are `module\nname`. */
  argument: Node = null;
  /** The file, or the window on it, which begins at `#base`; positions are those in it. */
  #bytes: Uint8Array;
  #base = 0;
  #position: number;
  readonly #old: OldStrings;
  readonly #file: OpFile | undefined;
  #view: DataView;
  #text: TextReader;

  constructor(input: Uint8Array | OpFile, start: number, old: OldStrings) {
    const bytes = input instanceof Uint8Array ? input : new Uint8Array(0);
    // Not a Buffer: slices of those are views, and values are plain.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
    this.#old = old;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = new TextReader(bytes);
    this.#file = input instanceof Uint8Array ? undefined : input;
    this.size = this.#file?.far.size ?? bytes.length;
  }

  /** Where the next opcode begins in the file. */
  get position(): number {
    return this.#base + this.#position;
  }

  /** Back to the start of the current opcode: what it needed of the file is not there yet. */
  rewind(): void {
    this.#position = this.at - this.#base;
  }

  /**
   * The next opcode; its argument is in {@link argument}.
   *
   * @throws FormatError `corrupt` with the offset
   */
  next(): number {
    this.at = this.#base + this.#position;
    if (this.#position + LONGEST_HEAD > this.#bytes.length) this.#lookAhead();
    const code = this.#bytes[this.#position]!;
    const opcode = OPCODE_OF[code];
    if (opcode === undefined) throw this.#noOpcode(code);
    this.#position++;
    switch (opcode.argument) {
      case 'none':
        this.argument = null;
        break;
      case 'u1':
        this.argument = this.#bytes[this.#take(1)]!;
        break;
      case 'u2':
        this.argument = this.#view.getUint16(this.#take(2), true);
        break;
      case 'i4':
        this.argument = this.#view.getInt32(this.#take(4), true);
        break;
      case 'u4':
        this.argument = this.#view.getUint32(this.#take(4), true);
        break;
      case 'u8':
        this.argument = this.#length8();
        break;
      case 'f8':
        this.argument = this.#view.getFloat64(this.#take(8), false);
        break;
      case 'text1':
        this.argument = this.#utf8(this.#bytes[this.#take(1)]!);
        break;
      case 'text4':
        this.argument = this.#utf8(this.#view.getUint32(this.#take(4), true));
        break;
      case 'text8':
        this.argument = this.#utf8(this.#length8());
        break;
      case 'bytes1':
        this.argument = this.#raw(this.#bytes[this.#take(1)]!);
        break;
      case 'bytes4':
        this.argument = this.#raw(this.#view.getUint32(this.#take(4), true));
        break;
      case 'bytes8':
        this.argument = this.#raw(this.#length8());
        break;
      case 'bytearray8':
        this.argument = new PyBytearray(this.#raw(this.#length8()));
        break;
      case 'long1':
        this.argument = this.#long(this.#bytes[this.#take(1)]!);
        break;
      case 'long4':
        this.argument = this.#long(this.#signedLength());
        break;
      case 'old1':
        this.argument = this.#oldString(this.#bytes[this.#take(1)]!);
        break;
      case 'old4':
        this.argument = this.#oldString(this.#signedLength());
        break;
      default:
        this.argument = this.#ofLine(opcode.argument);
    }
    return code;
  }

  /** Near the end of the window, or of the file. */
  #lookAhead(): void {
    const { at } = this;
    if (this.#file !== undefined) this.#move(this.#file, LONGEST_HEAD);
    if (at >= this.size) throw corrupt(at, `read opcode at byte ${at}`, 'the pickle ends without a STOP');
  }

  #noOpcode(code: number): FormatError {
    const { at } = this;
    return corrupt(at, `read opcode at byte ${at}`, `0x${code.toString(16).padStart(2, '0')} is no opcode`);
  }

  #ofLine(kind: string): Node {
    const line = this.#line();
    switch (kind) {
      case 'int-line':
        return line === '00' ? false : line === '01' ? true : parseIntegerLine(line, this.at);
      case 'long-line':
        return parseIntegerLine(line.endsWith('L') ? line.slice(0, -1) : line, this.at);
      case 'float-line':
        return parseFloatLine(line, this.at);
      case 'index-line': {
        const index = parseIntegerLine(line, this.at);
        if (typeof index !== 'number' || index < 0)
          throw corrupt(this.at, `use memo '${line.slice(0, 40)}'`, 'not a place in it');
        return index;
      }
      case 'string-line':
        return this.#decodeOld(unescapeString(line, this.at));
      case 'unicode-line':
        return rawUnicodeText(line, this.at);
      case 'two-lines':
        return `${utf8OfLatin1(line)}\n${utf8OfLatin1(this.#line())}`;
      default:
        return line;
    }
  }

  /** The rest of the line, one character a byte. */
  #line(): string {
    let end = this.#bytes.indexOf(NEWLINE, this.#position);
    while (end < 0 && this.#file !== undefined && this.#base + this.#bytes.length < this.size) {
      this.#move(this.#file, 2 * this.#bytes.length);
      end = this.#bytes.indexOf(NEWLINE, this.#position);
    }
    if (end < 0)
      throw corrupt(this.at, `read line at byte ${this.position}`, 'the pickle ends without a newline');
    const line = this.#text.latin1(this.#position, end);
    this.#position = end + 1;
    return line;
  }

  /** Where the next `count` bytes start. A window may have been moved: look at it only afterwards, but for a head. */
  #take(count: number): number {
    if (count > this.#bytes.length - this.#position) {
      const left = this.size - this.position;
      if (this.#file === undefined || count > left) throw truncated(this.position, count, left);
      this.#move(this.#file, this.position - this.at + count);
    }
    const start = this.#position;
    this.#position = start + count;
    return start;
  }

  /** Puts the window where it has `length` bytes from the current opcode on, or those that there are. */
  #move(file: OpFile, length: number): void {
    const { position } = this;
    const { bytes, start } = file.window(this.at, length);
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#text = new TextReader(bytes, start);
    this.#base = start;
    this.#position = position - start;
  }

  #signedLength(): number {
    const length = this.#view.getInt32(this.#take(4), true);
    if (length < 0)
      throw corrupt(this.at, `read ${length} bytes at byte ${this.position}`, 'a negative length');
    return length;
  }

  #length8(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * TWO_32;
  }

  #utf8(length: number): string {
    const start = this.#take(length);
    return this.#text.utf8(start, start + length);
  }

  #raw(length: number): Uint8Array | PyFar {
    if (this.#file !== undefined && length >= LEAST_FAR) {
      const at = this.position;
      if (length > this.size - at) throw truncated(at, length, this.size - at);
      this.#position += length;
      return new PyFar(this.#file.far, at, length);
    }
    const start = this.#take(length);
    return length >= LEAST_VIEW
      ? this.#bytes.subarray(start, start + length)
      : this.#bytes.slice(start, start + length);
  }

  #oldString(length: number): Node {
    const start = this.#take(length);
    return this.#old === 'bytes'
      ? this.#bytes.slice(start, start + length)
      : this.#decodeOld(this.#text.latin1(start, start + length));
  }

  #decodeOld(text: string): Node {
    switch (this.#old) {
      case 'latin1':
        return text;
      case 'bytes':
        return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      case 'ascii':
        if (/[\x80-\xff]/.test(text)) throw this.#notText('ASCII');
        return text;
      case 'utf8': {
        const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
        try {
          return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        } catch {
          throw this.#notText('UTF-8');
        }
      }
    }
  }

  #notText(encoding: string): FormatError {
    return new FormatError(
      'corrupt',
      `read a string of Python 2 at byte ${this.at}: not ${encoding}; set 'oldStrings' to 'bytes' or 'latin1'`,
      { format: 'pickle', offset: this.at },
    );
  }

  /** Two's complement, little-endian. One byte more than needed marks a bigint, as this package writes it. */
  #long(length: number): number | bigint {
    if (length === 0) return 0;
    const start = this.#take(length);
    const bytes = this.#bytes;
    const end = start + length;
    const negative = bytes[end - 1]! > 0x7f;
    if (length <= 6) {
      let value = 0;
      for (let i = end - 1; i >= start; i--) value = value * 256 + bytes[i]!;
      if (negative) value -= 256 ** length;
      return isPadded(bytes, start, end) ? BigInt(value) : value;
    }
    let digits = '0x';
    for (let i = end - 1; i >= start; i--) digits += HEX[negative ? 255 - bytes[i]! : bytes[i]!];
    const value = negative ? -BigInt(digits) - 1n : BigInt(digits);
    return isPadded(bytes, start, end) ? value : narrow(value);
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function isPadded(bytes: Uint8Array, start: number, end: number): boolean {
  const top = bytes[end - 1]!;
  if (end - start < 2) return top === 0;
  return (top === 0 && bytes[end - 2]! < 0x80) || (top === 0xff && bytes[end - 2]! > 0x7f);
}

function utf8OfLatin1(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  return new TextDecoder('utf-8').decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0)));
}
