import {
  Budget,
  type Context,
  concatArrays,
  type Entry,
  FormatError,
  gatherSpans,
  isFormatError,
  isNDArray,
  type NDArray,
  type Reader,
  type ReadSelection,
  readLineBlocks,
  resolveSelection,
  rowsToResolve,
  type Source,
  selectFrom,
  sliceArray,
  splitPath,
  type Value,
} from '@formatlab/core';
import { decode, startsAsLines } from './decode.js';
import type { TextOptions } from './options.js';

/** What holds numbers of each type: a file has one. */
const WIDTHS: readonly NDArray['dtype'][] = ['int64', 'float64', 'complex128'];
const BYTE_ORDER_MARKS: readonly (readonly [number, number])[] = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/**
 * Rows are counted in blocks of lines and those of a slice are decoded alone, in the memory that they take. Lines, and
 * numbers of a type that is given, are read no further than a slice needs; the type of others takes the whole file.
 */
export function open(source: Source, context: Context<TextOptions>): Reader {
  return new RowsReader(source, context);
}

/** Whole lines of the file, and the rows in them. */
interface Block {
  readonly at: number;
  readonly length: number;
  readonly row: number;
  readonly rows: number;
}

class RowsReader implements Reader {
  readonly #source: Source;
  readonly #context: Context<TextOptions>;
  readonly #blocks: Block[] = [];
  readonly #coming: AsyncGenerator<{ readonly bytes: Uint8Array; readonly at: number }>;
  #as: 'lines' | 'numbers' | undefined;
  #rows = 0;
  #columns = 0;
  #dtype: NDArray['dtype'] | undefined;
  #done = false;
  /** The scans under way, one behind the other. */
  #scans: Promise<boolean> = Promise.resolve(true);

  constructor(source: Source, context: Context<TextOptions>) {
    this.#source = source;
    this.#context = context;
    this.#coming = readLineBlocks(source, context);
  }

  async entries(): Promise<readonly Entry[]> {
    const storedBytes = this.#source.size;
    if (await this.#scan(Number.POSITIVE_INFINITY))
      return [{ path: '', kind: 'array', dtype: this.#dtype, shape: this.#shape(), storedBytes }];
    const value = await this.#whole();
    if (!isNDArray(value)) return [{ path: '', kind: 'tree', storedBytes }];
    return [{ path: '', kind: 'array', dtype: value.dtype, shape: value.shape, storedBytes }];
  }

  async read(path: string, selection: ReadSelection = {}): Promise<Value> {
    if (splitPath(path).length > 0)
      throw new FormatError('not-found', `read '${path}': a text file is one array`, {
        format: 'text',
        path,
        supported: [''],
      });
    const { slice, columns } = selection;
    if (slice === undefined || columns !== undefined) return selectFrom(await this.#whole(), path, selection);
    const { as = 'auto', dtype = 'auto' } = this.#context.options;
    // The first block tells lines from numbers.
    const first = await this.#scan(1);
    const isKnown = as === 'lines' || this.#as === 'lines' || dtype !== 'auto';
    const wanted = isKnown ? rowsToResolve(slice) : undefined;
    const scanned = first && (await this.#scan(wanted ?? Number.POSITIVE_INFINITY));
    if (!scanned) return selectFrom(await this.#whole(), path, selection);
    const [span, ...rest] = resolveSelection(slice, this.#shape());
    const touched = span!.count === 0 ? 0 : (span!.count - 1) * span!.step + 1;
    return gatherSpans(await this.#rowsOf(span!.start, span!.start + touched), [
      { ...span!, start: 0 },
      ...rest,
    ]);
  }

  async close(): Promise<void> {
    await this.#coming.return(undefined);
    await this.#source.close();
  }

  #shape(): readonly number[] {
    return this.#columns > 1 && this.#rows > 0 ? [this.#rows, this.#columns] : [this.#rows];
  }

  async #whole(): Promise<Value> {
    const { size, name } = this.#source;
    const context = { ...this.#context, budget: this.#budget() };
    context.budget.takeBytes(size, `the ${size} bytes of '${name}'`);
    const [bytes] = await this.#source.read([{ at: 0, length: size }], this.#context.signal);
    return decode(bytes!, context);
  }

  /** What is read from an open file is the caller's to keep: each read has the whole allowance. */
  #budget(): Budget {
    const { maxBytes, maxItems, maxDepth } = this.#context.budget;
    return new Budget({ bytes: maxBytes, items: maxItems, depth: maxDepth });
  }

  /** Counts rows until there are so many, or the file ends. False where only the whole can be read. */
  #scan(rows: number): Promise<boolean> {
    this.#scans = this.#scans.then(async (can) => {
      while (can && !this.#done && this.#rows < rows) if (!(await this.#scanBlock())) return false;
      return can;
    });
    return this.#scans;
  }

  async #scanBlock(): Promise<boolean> {
    const { encoding, skipFooter = 0, maxRows, squeeze } = this.#context.options;
    if (encoding === 'utf-16le' || skipFooter > 0 || maxRows !== undefined || squeeze === true) return false;
    const next = await this.#coming.next();
    if (next.done === true) {
      this.#done = true;
      this.#dtype ??= 'float64';
      return this.#rows > 0;
    }
    const { bytes, at } = next.value;
    const isLast = at + bytes.length === this.#source.size;
    const block = this.#decoded(bytes, at);
    if (block === undefined || (block.size === 0 && this.#blocks.length === 0 && !isLast)) return false;
    if (!this.#takes(block)) return false;
    const rows = block.shape[0]!;
    this.#blocks.push({ at, length: bytes.length, row: this.#rows, rows });
    this.#rows += rows;
    return true;
  }

  /** Whether a block goes on with what came before; a wider type of number becomes that of all. */
  #takes({ dtype, shape, size }: NDArray): boolean {
    if (size === 0) return true;
    const columns = shape[1] ?? 1;
    if (this.#columns === 0) this.#columns = columns;
    this.#dtype ??= dtype;
    if (WIDTHS.indexOf(dtype) > WIDTHS.indexOf(this.#dtype)) this.#dtype = dtype;
    return columns === this.#columns && (dtype === 'string') === (this.#dtype === 'string');
  }

  /** The rows of a block; undefined where it has a fault, which reading the whole tells with its line. */
  #decoded(bytes: Uint8Array, at: number): NDArray | undefined {
    if (at === 0 && BYTE_ORDER_MARKS.some(([one, two]) => bytes[0] === one && bytes[1] === two))
      return undefined;
    const budget = this.#budget();
    try {
      this.#as ??= startsAsLines(bytes, this.#context.options, budget) ? 'lines' : 'numbers';
      const value = decode(bytes, { ...this.#context, budget, loss() {}, options: this.#optionsAt(at) });
      return isNDArray(value) ? value : undefined;
    } catch (error) {
      if (isFormatError(error) && (error.code === 'corrupt' || error.code === 'limit')) return undefined;
      throw error;
    }
  }

  #optionsAt(at: number): TextOptions {
    const { options } = this.#context;
    return { ...options, as: this.#as!, ...(at === 0 ? {} : { skipRows: 0 }) };
  }

  async #rowsOf(start: number, stop: number): Promise<NDArray> {
    const budget = this.#budget();
    const wanted = this.#blocks.filter(({ row, rows }) => row < stop && row + rows > start);
    const parts: NDArray[] = [];
    for (const { at, length, row } of wanted.length > 0 ? wanted : this.#blocks.slice(0, 1)) {
      const [bytes] = await this.#source.read([{ at, length }], this.#context.signal);
      const typed = this.#as === 'lines' ? {} : { dtype: this.#dtype as TextOptions['dtype'] & string };
      const options = { ...this.#optionsAt(at), ...typed };
      // Read before: rows of numbers, or lines.
      const block = decode(bytes!, { ...this.#context, budget, options }) as NDArray;
      parts.push(sliceArray(block, [{ start: Math.max(0, start - row), stop: Math.max(0, stop - row) }]));
      budget.releaseBytes(length);
    }
    return concatArrays(parts);
  }
}
