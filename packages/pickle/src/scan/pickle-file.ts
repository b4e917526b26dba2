import {
  Budget,
  type Context,
  type FormatError,
  isFormatError,
  ScanWindow,
  type Source,
  type WindowView,
} from '@formatlab/core';
import { machineOptions } from '../decode.js';
import { Machine, type MachineResult } from '../machine/machine.js';
import type { FarBytes, Node } from '../machine/nodes.js';
import type { OpFile } from '../machine/op-reader.js';
import type { PickleOptions } from '../options.js';

/** Longer parts of the window are data: a text, a number of many digits. */
const LONGEST_UNCHARGED = 64 * 1024;

/** A file whose opcodes are read through a window, and whose long bytes stay where they are until they are wanted. */
export class PickleFile implements OpFile, FarBytes {
  readonly size: number;
  readonly far: FarBytes = this;
  readonly #source: Source;
  readonly #window: ScanWindow;
  readonly #context: Context<PickleOptions>;
  #budget: Budget;

  constructor(source: Source, context: Context<PickleOptions>) {
    this.size = source.size;
    this.#source = source;
    this.#window = new ScanWindow(source, context);
    this.#context = context;
    this.#budget = context.budget;
  }

  window(at: number, length: number): WindowView {
    if (length > LONGEST_UNCHARGED) this.#budget.takeBytes(length, `the ${length} bytes at byte ${at}`);
    // The source reads at once: the format asks for such ones.
    return this.#window.at(at, length) as WindowView;
  }

  read(at: number, length: number): Uint8Array {
    this.#budget.takeBytes(length, `the ${length} bytes at byte ${at}`);
    return this.#source.readSync!([{ at, length }])[0]!;
  }

  /** The context of one call: what is read from an open file is the caller's to keep, so each has the whole allowance. */
  call(): Context<PickleOptions> {
    this.#budget = ownBudget(this.#context);
    return { ...this.#context, budget: this.#budget };
  }
}

/** One pickle of a file, run once: its objects, whose long bytes are still in the file. */
export class Skeleton {
  readonly #machine: Machine;
  readonly #context: Context<PickleOptions>;
  #result: MachineResult | undefined;
  #fault: FormatError | undefined;

  constructor(file: PickleFile, start: number, context: Context<PickleOptions>) {
    // Its own: it stays for as long as the file is open, and goes on where a call was begun again.
    this.#context = { ...context, budget: ownBudget(context) };
    this.#machine = new Machine(file, start, machineOptions(this.#context));
  }

  get root(): Node {
    return this.#run().root;
  }

  /** Where the byte behind STOP lies. */
  get end(): number {
    return this.#run().end;
  }

  get protocol(): number {
    this.#run();
    return this.#machine.protocol;
  }

  /** Objects in the memo at the end. */
  get memoized(): number {
    this.#run();
    return this.#machine.memoized;
  }

  #run(): MachineResult {
    if (this.#result !== undefined) return this.#result;
    if (this.#fault !== undefined) throw this.#fault;
    try {
      this.#result = this.#machine.run();
      return this.#result;
    } catch (error) {
      // A machine goes on only where bytes were missing.
      if (isFormatError(error) && error.code !== 'io' && error.code !== 'aborted') this.#fault = error;
      throw error;
    }
  }
}

/** The whole allowance, of which nothing is taken yet. */
export function ownBudget({
  budget: { maxBytes, maxItems, maxDepth },
}: Pick<Context<object>, 'budget'>): Budget {
  return new Budget({ bytes: maxBytes, items: maxItems, depth: maxDepth });
}
