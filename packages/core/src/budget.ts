import { FormatError } from './errors.js';

export interface BudgetLimits {
  /** Bytes that decoding may allocate in all. Default for a whole decode: the larger of 256 MiB and 20 × the file. */
  readonly bytes?: number;
  /** Values (members, elements of lists, rows × columns) in all. Default: no limit of its own. */
  readonly items?: number;
  /** Levels of nesting. Default 500. */
  readonly depth?: number;
}

export interface BudgetMark {
  readonly bytes: number;
  readonly items: number;
}

const MIB = 2 ** 20;
const LEAST_BYTES = 256 * MIB;
const EXPANSION = 20;
/** Deep enough for documents that people write, shallow enough for recursive code on a default stack. */
export const DEFAULT_DEPTH = 500;

/** One allowance for a whole call, and for every layer inside it. A limit of 0 means 0. */
export class Budget {
  readonly maxBytes: number;
  readonly maxItems: number;
  readonly maxDepth: number;
  #bytes = 0;
  #items = 0;

  constructor(limits: BudgetLimits = {}) {
    this.maxBytes = limits.bytes ?? Number.POSITIVE_INFINITY;
    this.maxItems = limits.items ?? Number.POSITIVE_INFINITY;
    this.maxDepth = limits.depth ?? DEFAULT_DEPTH;
  }

  get bytesLeft(): number {
    return this.maxBytes - this.#bytes;
  }

  get itemsLeft(): number {
    return this.maxItems - this.#items;
  }

  /** Call before allocating. `what` is for the message: `array '/a' of 3 × 4 float64`. @throws FormatError `limit` */
  takeBytes(count: number, what: string): void {
    // Written so that NaN fails too. A negative count comes from a damaged file.
    if (!(count >= 0 && this.#bytes + count <= this.maxBytes))
      throw tooMuch('bytes', what, count, this.maxBytes - this.#bytes);
    this.#bytes += count;
  }

  /** Gives back what was taken for a buffer that is gone. */
  releaseBytes(count: number): void {
    this.#bytes = Math.max(0, this.#bytes - count);
  }

  /** What was taken so far, for {@link rewind}. */
  mark(): BudgetMark {
    return { bytes: this.#bytes, items: this.#items };
  }

  /** Gives back what was taken since: the work is begun again. */
  rewind({ bytes, items }: BudgetMark): void {
    this.#bytes = bytes;
    this.#items = items;
  }

  /** @throws FormatError `limit` */
  takeItems(count: number, what: string): void {
    if (!(count >= 0 && this.#items + count <= this.maxItems))
      throw tooMuch('items', what, count, this.maxItems - this.#items);
    this.#items += count;
  }

  /** @throws FormatError `limit` */
  checkDepth(depth: number, what: string): void {
    if (!(depth <= this.maxDepth)) {
      throw new FormatError(
        'limit',
        `read ${what}: nested deeper than ${this.maxDepth} levels; set 'budget.depth' to allow more`,
      );
    }
  }
}

/** The budget of a whole decode of `size` bytes. */
export function defaultBudget(size: number, limits: BudgetLimits = {}): Budget {
  return new Budget({ ...limits, bytes: limits.bytes ?? Math.max(LEAST_BYTES, size * EXPANSION) });
}

function tooMuch(kind: 'bytes' | 'items', what: string, wanted: number, left: number): FormatError {
  return new FormatError(
    'limit',
    `read ${what}: needs ${wanted} ${kind}, ${Math.max(0, left)} of the budget are left; set 'budget.${kind}' to allow more`,
  );
}
