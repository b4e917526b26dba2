import { type Budget, type Context, damagedIndex, isFormatError } from '@formatlab/core';
import { machineOptions } from '../decode.js';
import { Machine } from '../machine/machine.js';
import { Memo } from '../machine/memo.js';
import type { Node } from '../machine/nodes.js';
import type { PickleOptions } from '../options.js';
import type { Item } from './item-scan.js';
import { ownBudget, type PickleFile } from './pickle-file.js';

/** What an index says of a pickle that is a dict. */
export interface KnownItems {
  readonly items: readonly Item[];
  readonly protocol: number;
  /** Where the byte behind STOP lies. */
  readonly end: number;
}

/** An item, whose opcodes have been run as far as the bytes were there. */
class Part extends Machine {
  readonly ofMemo: Memo;
  #pair: readonly [key: Node, value: Node] | undefined;

  constructor(
    file: PickleFile,
    item: Item,
    protocol: number,
    needs: readonly Part[],
    options: ReturnType<typeof machineOptions>,
  ) {
    const memo = new Memo(
      item.memoized,
      needs.map((part) => part.ofMemo),
    );
    super(file, item.at, options, { memo, protocol });
    this.ofMemo = memo;
  }

  /** Undefined before {@link finish}, and where its opcodes end elsewhere or make other than a key and a value. */
  get pair(): readonly [key: Node, value: Node] | undefined {
    return this.#pair;
  }

  finish(end: number): void {
    if (this.#pair !== undefined) return;
    const { end: reached } = this.run(end);
    const { depth, marks } = this.stack;
    if (reached !== end || depth !== 2 || marks !== 0) return;
    const [key, value] = this.stack.popMany(2);
    this.#pair = [key!, value!];
  }
}

/** Reads items of a dict by what an index says: each is run once, after those whose memo it uses. */
export class ItemReader {
  readonly #file: PickleFile;
  readonly #known: KnownItems;
  readonly #context: Context<PickleOptions>;
  readonly #budget: Budget;
  readonly #parts = new Map<number, Part>();
  readonly #numbers = new Map<string, number>();

  constructor(file: PickleFile, known: KnownItems, context: Context<PickleOptions>) {
    this.#file = file;
    this.#known = known;
    this.#context = context;
    this.#budget = ownBudget(context);
    // Of a key that stands twice the last value counts, in the place of the first.
    for (const [number, { name }] of known.items.entries()) this.#numbers.set(name, number);
  }

  get end(): number {
    return this.#known.end;
  }

  get names(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  has(name: string): boolean {
    return this.#numbers.has(name);
  }

  /**
   * The value of an item; undefined for one that can't be read without the others.
   *
   * @throws FormatError `corrupt` of feature `index` where what the index says of it is not so
   */
  value(name: string): Node | undefined {
    const number = this.#numbers.get(name)!;
    if (this.#known.items[number]!.needs === undefined) return undefined;
    return this.#part(number).pair![1];
  }

  /** Of an item that has been run: its pair is there. */
  #part(number: number): Part {
    const item = this.#known.items[number]!;
    let part = this.#parts.get(number);
    if (part === undefined) {
      // What an item needs stands before it: this ends.
      const needs = (item.needs ?? []).map((other) => this.#part(other));
      const options = machineOptions({ ...this.#context, budget: this.#budget });
      part = new Part(this.#file, item, this.#known.protocol, needs, options);
      this.#parts.set(number, part);
    }
    this.#finish(part, item);
    if (part.pair?.[0] !== item.name)
      throw damagedIndex('the entries of the file are not those that it says');
    return part;
  }

  #finish(part: Part, item: Item): void {
    try {
      part.finish(item.end);
    } catch (error) {
      // All of the file was read when the index was made: only what begins elsewhere is no pickle.
      if (!isFormatError(error) || (error.code !== 'corrupt' && error.code !== 'unsupported')) throw error;
    }
  }
}
