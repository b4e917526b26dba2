import { MODULE } from './number-rows-module.js';
import { POWER_STRIDE, POWERS, powerIndex } from './powers-of-ten.js';

// Layout of the module's memory, as in wasm/number-rows.assembly.
const POSITION = 0;
const COLUMN = 1;
const ROWS = 2;
const IS_FLOAT = 3;
const MISSING_POWER = 4;
const EXPECTS_NUMBER = 5;
const TABLE = 1024;
const FLOATS = 20_480;
const INPUT = 65_536;
const OUTPUT = 262_144;
const MEMORY = 786_432;

/** Most columns that are told apart: wider rows are left to the scanner. */
const MOST_COLUMNS = 16_384;
/** Small enough to stay in the processor's cache; the longest number is a small part of it. */
const BLOCK = 65_536;
/** Longer ones are left to the scanner. */
const LONGEST_NUMBER = 1024;
/** The module reads eight bytes at a time: those behind the input have to be no digits. */
const PADDING = 16;
/** Powers that numbers of everyday sizes need. */
const FIRST_POWERS: readonly [number, number] = [-25, 22];
/** A copy of fewer numbers is faster by hand. */
const FEW = 32;

/**
 * Reads runs of decimal numbers from ASCII bytes, several times as fast as `NumberScanner` and with the same
 * results, in WebAssembly. It stops before everything that is out of the ordinary (words, quotes, plus signs,
 * integers from 2^53 on, digits that a double does not keep, more than 19 digits): read that with the scanner,
 * and go on behind it.
 */
export class NumberRows {
  /** Where the last call stopped: behind what it read. */
  at = 0;
  /** Numbers of the last row that are read, after {@link rows}. */
  column = 0;
  /** Rows that the last call of {@link rows} ended. */
  rowsEnded = 0;
  /** Whether a number of the last {@link list} had a fraction or an exponent, or was −0. */
  hasFloats = false;
  /** Whether a number has to follow at `at`, after {@link list}: what came last was a comma. */
  expectsNumber = false;
  readonly #bytes: Uint8Array;
  readonly #wasm: Loaded;
  /** The window of `bytes` that the module's memory holds. */
  #start = 0;
  #end = 0;

  private constructor(bytes: Uint8Array, wasm: Loaded) {
    this.#bytes = bytes;
    this.#wasm = wasm;
  }

  /** Undefined where WebAssembly is not to be had, as under a policy of a page that forbids it. */
  static over(bytes: Uint8Array): NumberRows | undefined {
    if (loaded === undefined) loaded = load();
    return loaded === null ? undefined : new NumberRows(bytes, loaded);
  }

  /**
   * Reads rows of numbers with `delimiter` (a byte) between them, LF or CR LF behind them, into `out` from `index`
   * on: as many as there is room for, or one block holds. Gives their count; 0 where the cell at `at` has to be read otherwise.
   *
   * @param column cells of the row that come before `at`
   * @param floats set to 1 for each column that has a number with a fraction; as long as a row
   */
  rows(
    at: number,
    column: number,
    delimiter: number,
    floats: Uint8Array,
    out: Float64Array,
    index: number,
  ): number {
    const { module, state, memory, output } = this.#wasm;
    const columns = floats.length;
    this.at = at;
    this.column = column;
    this.rowsEnded = 0;
    if (columns > MOST_COLUMNS) return 0;
    if (!this.#holds(at)) this.#fill(at);
    for (;;) {
      const start = this.#start;
      const count = module.scanRows(
        at - start,
        this.#end - start,
        this.#last(),
        column,
        columns,
        delimiter,
        out.length - index,
      );
      if (count === 0) {
        if (this.#retry(at)) continue;
        return 0;
      }
      out.set(output.subarray(0, count), index);
      for (let i = 0; i < columns; i++) if (memory[FLOATS + i] !== 0) floats[i] = 1;
      memory.fill(0, FLOATS, FLOATS + columns);
      this.at = start + state[POSITION]!;
      this.column = state[COLUMN]!;
      this.rowsEnded = state[ROWS]!;
      return count;
    }
  }

  /**
   * Reads numbers with commas and blanks between them into `out` from `index` on, up to the first byte that is
   * neither or to the end of a block. Gives their count; 0 where what stands at `at` has to be read otherwise.
   */
  list(at: number, out: Float64Array, index: number): number {
    const { module, state, output } = this.#wasm;
    this.at = at;
    this.expectsNumber = true;
    if (!this.#holds(at)) this.#fill(at);
    for (;;) {
      const start = this.#start;
      const count = module.scanList(at - start, this.#end - start, this.#last(), out.length - index);
      if (count === 0) {
        if (this.#retry(at)) continue;
        return 0;
      }
      if (count > FEW) out.set(output.subarray(0, count), index);
      else for (let i = 0; i < count; i++) out[index + i] = output[i]!;
      this.at = start + state[POSITION]!;
      this.expectsNumber = state[EXPECTS_NUMBER] === 1;
      this.hasFloats = state[IS_FLOAT] === 1;
      return count;
    }
  }

  /** Whether to scan once more: with a power of ten that was not there yet, or a window that begins at `at`. */
  #retry(at: number): boolean {
    const { state, table } = this.#wasm;
    const missing = state[MISSING_POWER]!;
    if (missing !== 0) {
      const power = powerIndex(missing);
      table.set(POWERS.subarray(power, power + POWER_STRIDE), power);
      return true;
    }
    // Only what the end of the window may have cut is worth another one.
    const cut = this.#end < this.#bytes.length && this.#end - at < LONGEST_NUMBER;
    if (!cut || this.#start === at) return false;
    this.#fill(at);
    return true;
  }

  #holds(at: number): boolean {
    return owner === this && at >= this.#start && at < this.#end;
  }

  #fill(at: number): void {
    const { memory } = this.#wasm;
    const end = Math.min(this.#bytes.length, at + BLOCK);
    memory.set(this.#bytes.subarray(at, end), INPUT);
    memory.fill(0, INPUT + end - at, INPUT + end - at + PADDING);
    owner = this;
    this.#start = at;
    this.#end = end;
  }

  #last(): number {
    return this.#end === this.#bytes.length ? 1 : 0;
  }
}

/** In browsers and in Node, though not in TypeScript's own library without a DOM. */
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Module {
  readonly memory: { readonly buffer: ArrayBuffer };
  scanRows(
    from: number,
    end: number,
    last: number,
    column: number,
    columns: number,
    delimiter: number,
    most: number,
  ): number;
  scanList(from: number, end: number, last: number, most: number): number;
}

interface Loaded {
  readonly module: Module;
  readonly memory: Uint8Array;
  readonly state: Int32Array;
  readonly output: Float64Array;
  readonly table: Float64Array;
}

/** Null where it could not be loaded. */
let loaded: Loaded | null | undefined;
/** Whose bytes the memory holds. */
let owner: NumberRows | undefined;

function load(): Loaded | null {
  try {
    const binary = Uint8Array.from(atob(MODULE), (letter) => letter.charCodeAt(0));
    // What the module exports, by wasm/number-rows.assembly.
    const module = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as Module;
    const { buffer } = module.memory;
    if (buffer.byteLength < MEMORY) return null;
    for (let power = FIRST_POWERS[0]; power <= FIRST_POWERS[1]; power++) powerIndex(power);
    const table = new Float64Array(buffer, TABLE, POWERS.length);
    table.set(POWERS);
    return {
      module,
      memory: new Uint8Array(buffer),
      state: new Int32Array(buffer, 0, 16),
      output: new Float64Array(buffer, OUTPUT, (MEMORY - OUTPUT) / 8),
      table,
    };
  } catch {
    return null;
  }
}
