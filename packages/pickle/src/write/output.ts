import { BININT1, FRAME, NONE, POP } from '../machine/opcodes.js';

const FIRST_CHUNK = 1024;
/** CPython's frames: closed once they are larger, and left out below the least size. */
const FRAME_TARGET = 64 * 1024;
const LEAST_FRAME = 4;
const FRAME_HEADER = 9;
/** Array data is placed so that a reader can use it where it lies. */
const ALIGNMENT = 16;

/** Bytes of one pickle: small ones in frames, large data as pieces of their own between them. */
export class Output {
  readonly #framed: boolean;
  readonly #pieces: Uint8Array[] = [];
  #done: number;
  #chunk: Uint8Array;
  #view: DataView;
  #at = 0;
  #frame = -1;

  /** @param start where the first byte will stand in the file */
  constructor(framed: boolean, start: number) {
    this.#framed = framed;
    this.#done = start;
    this.#chunk = new Uint8Array(FIRST_CHUNK);
    this.#view = new DataView(this.#chunk.buffer);
  }

  openFrame(): void {
    if (!this.#framed) return;
    this.#reserve(FRAME_HEADER);
    this.#frame = this.#at;
    this.#at += FRAME_HEADER;
  }

  /** Between two opcodes: begins a new frame where the current one is large. */
  breakFrame(): void {
    if (this.#frame < 0 || this.#at - this.#frame < FRAME_TARGET) return;
    this.#closeFrame();
    this.openFrame();
  }

  byte(value: number): void {
    if (this.#at === this.#chunk.length) this.#reserve(1);
    this.#chunk[this.#at++] = value;
  }

  op1(code: number, value: number): void {
    this.#reserve(2);
    this.#chunk[this.#at++] = code;
    this.#chunk[this.#at++] = value;
  }

  op2(code: number, value: number): void {
    this.#reserve(3);
    this.#chunk[this.#at] = code;
    this.#view.setUint16(this.#at + 1, value, true);
    this.#at += 3;
  }

  op4(code: number, value: number): void {
    this.#reserve(5);
    this.#chunk[this.#at] = code;
    this.#view.setInt32(this.#at + 1, value | 0, true);
    this.#at += 5;
  }

  op8(code: number, value: number): void {
    this.#reserve(9);
    this.#chunk[this.#at] = code;
    this.#view.setUint32(this.#at + 1, value % 2 ** 32, true);
    this.#view.setUint32(this.#at + 5, Math.floor(value / 2 ** 32), true);
    this.#at += 9;
  }

  float(code: number, value: number): void {
    this.#reserve(9);
    this.#chunk[this.#at] = code;
    this.#view.setFloat64(this.#at + 1, value, false);
    this.#at += 9;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#chunk.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Latin-1 text: opcodes with lines. */
  latin1(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#chunk[this.#at++] = text.charCodeAt(i);
  }

  /**
   * An opcode with a length and data that are not copied, outside of frames as CPython writes them. `aligned` puts
   * values that are dropped again before it, so that the data begin at a multiple of 16.
   */
  large(writeHeader: () => void, headerBytes: number, data: Uint8Array, aligned: boolean): void {
    this.#closeFrame();
    if (aligned) this.#pad(headerBytes);
    writeHeader();
    this.#flush();
    this.#pieces.push(data);
    this.#done += data.length;
    this.openFrame();
  }

  finish(): readonly Uint8Array[] {
    this.#closeFrame();
    this.#flush();
    return this.#pieces;
  }

  #pad(headerBytes: number): void {
    const position = this.#done + this.#at + headerBytes;
    let missing = (ALIGNMENT - (position % ALIGNMENT)) % ALIGNMENT;
    if (missing === 1) missing += ALIGNMENT;
    if (missing % 2 === 1) {
      this.op1(BININT1, 0);
      this.byte(POP);
      missing -= 3;
    }
    for (; missing > 0; missing -= 2) {
      this.byte(NONE);
      this.byte(POP);
    }
  }

  #closeFrame(): void {
    if (this.#frame < 0) return;
    const from = this.#frame + FRAME_HEADER;
    const length = this.#at - from;
    if (length < LEAST_FRAME) {
      this.#chunk.copyWithin(this.#frame, from, this.#at);
      this.#at -= FRAME_HEADER;
    } else {
      this.#chunk[this.#frame] = FRAME;
      this.#view.setUint32(this.#frame + 1, length, true);
      this.#view.setUint32(this.#frame + 5, 0, true);
    }
    this.#frame = -1;
  }

  #flush(): void {
    if (this.#at === 0) return;
    this.#pieces.push(this.#chunk.subarray(0, this.#at));
    this.#done += this.#at;
    this.#chunk = new Uint8Array(FIRST_CHUNK);
    this.#view = new DataView(this.#chunk.buffer);
    this.#at = 0;
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#chunk.length) return;
    const grown = new Uint8Array(Math.max(this.#chunk.length * 2, this.#at + count));
    grown.set(this.#chunk.subarray(0, this.#at));
    this.#chunk = grown;
    this.#view = new DataView(grown.buffer);
  }
}
