import { Machine } from '../machine/machine.js';
import { type Node, PyDict } from '../machine/nodes.js';
import * as op from '../machine/opcodes.js';
import { isGroup } from '../values/forms.js';

/** An item of the dict that a pickle is: its key and its value, as a run of opcodes. */
export interface Item {
  readonly name: string;
  readonly at: number;
  readonly end: number;
  /** Entries of the memo before it. */
  readonly memoized: number;
  /** Numbers of the items before it whose memo it uses; undefined where it can't be run without the others. */
  readonly needs: readonly number[] | undefined;
}

/** Items that are run for one at most: where it needs more, all are run at once. */
export const MOST_NEEDED = 64;
const PUTS = new Set([op.PUT, op.BINPUT, op.LONG_BINPUT, op.MEMOIZE]);
const GETS = new Set([op.GET, op.BINGET, op.LONG_BINGET]);
/** They change what lies below the last mark. */
const CHANGE_MARKED = new Set([op.APPENDS, op.SETITEMS, op.ADDITEMS]);
/** They change what lies this far below the top. */
const CHANGE_BELOW = new Map([
  [op.APPEND, 2],
  [op.BUILD, 2],
  [op.SETITEM, 3],
]);
/** After those the top is what it was, or what lay below it. */
const MAKE_NOTHING = new Set([...PUTS, ...CHANGE_MARKED, ...CHANGE_BELOW.keys()]);
for (const code of [op.MARK, op.POP, op.POP_MARK, op.FRAME, op.PROTO]) MAKE_NOTHING.add(code);

/**
 * Runs a pickle and notes of each item of the dict that it makes where its opcodes lie, and what they need of the memo.
 * Nothing is noted of pickles that are otherwise than writers make them: whose items change each other, or whose memo is
 * written over.
 */
export class ItemScan extends Machine {
  /** By place in the stack: where the opcode lies that filled it, the memo's size then, and whether it came from there. */
  readonly #filledAt: number[] = [];
  readonly #memoizedAt: number[] = [];
  readonly #recalled: boolean[] = [];
  readonly #puts = new Map<number, number>();
  /** Since the last items: places of opcodes, and of what they take from the memo. */
  #gets: (readonly [at: number, putAt: number])[] = [];
  readonly #items: Omit<Item, 'name'>[] = [];
  readonly #needed: (ReadonlySet<number> | undefined)[] = [];
  #dict: Node | undefined;
  #isKnown = true;

  /** Of a pickle that was run: undefined where its items can't be read alone. */
  itemsOf(root: Node): readonly Item[] | undefined {
    const { pairs } = root instanceof PyDict ? root : new PyDict([]);
    const isKnown = this.#isKnown && root === this.#dict && isGroup(root);
    if (!isKnown || pairs.length !== 2 * this.#items.length) return undefined;
    // The keys of a group are strings.
    return this.#items.map((item, i) => ({ ...item, name: pairs[2 * i] as string }));
  }

  protected override step(code: number, argument: Node): void {
    if (!this.#isKnown) {
      super.step(code, argument);
      return;
    }
    const { depth } = this.stack;
    const memoized = this.memo.size;
    this.#isKnown = this.#look(code, argument);
    super.step(code, argument);
    const top = this.stack.depth - 1;
    if (top >= depth) {
      this.#filledAt[top] = this.reader.at;
      this.#memoizedAt[top] = memoized;
    }
    if (!MAKE_NOTHING.has(code) && top >= 0) this.#recalled[top] = GETS.has(code);
  }

  /** Before an opcode is run. @returns false for what makes items depend on each other in other ways */
  #look(code: number, argument: Node): boolean {
    const { depth, fence, marks } = this.stack;
    const { at } = this.reader;
    if (code === op.DUP || code === op.NEXT_BUFFER) return false;
    if (code === op.PROTO) return depth === 0 && marks === 0;
    if (GETS.has(code)) {
      const putAt = this.#puts.get(argument as number);
      if (putAt !== undefined) this.#gets.push([at, putAt]);
    } else if (PUTS.has(code)) {
      const index = code === op.MEMOIZE ? this.memo.size : (argument as number);
      if (this.#puts.has(index) || this.#recalled[depth - 1] === true) return false;
      this.#puts.set(index, at);
    }
    const below = CHANGE_BELOW.get(code);
    const changed = below !== undefined ? depth - below : CHANGE_MARKED.has(code) ? fence - 1 : -1;
    if (changed < 0) return true;
    if (this.#recalled[changed] === true) return false;
    const isOfRoot = changed === 0 && marks === (code === op.SETITEMS ? 1 : 0);
    if (!isOfRoot || (code !== op.SETITEMS && code !== op.SETITEM)) return true;
    return this.#close(at);
  }

  /** The items on the stack become those of the dict below them. */
  #close(end: number): boolean {
    const { bottom, depth } = this.stack;
    this.#dict ??= bottom;
    if (this.#dict !== bottom || depth % 2 === 0) return false;
    let get = 0;
    for (let slot = 1; slot < depth; slot += 2) {
      const at = this.#filledAt[slot]!;
      const to = slot + 2 < depth ? this.#filledAt[slot + 2]! : end;
      const needs = new Set<number>();
      let isAlone = true;
      for (; get < this.#gets.length && this.#gets[get]![0] < to; get++) {
        const [of, putAt] = this.#gets[get]!;
        if (of < at || putAt >= at) continue;
        const item = this.#itemAt(putAt);
        if (item < 0) isAlone = false;
        else needs.add(item);
      }
      const all = isAlone ? this.#allNeeded(needs) : undefined;
      this.#needed.push(all);
      this.#items.push({
        at,
        end: to,
        memoized: this.#memoizedAt[slot]!,
        needs: all === undefined ? undefined : [...needs].sort((a, b) => a - b),
      });
    }
    this.#gets = [];
    return true;
  }

  /** The number of the item in which an opcode lies; -1 for none. */
  #itemAt(at: number): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#items[middle]!.at <= at) low = middle + 1;
      else high = middle;
    }
    return low > 0 && at < this.#items[low - 1]!.end ? low - 1 : -1;
  }

  #allNeeded(needs: ReadonlySet<number>): ReadonlySet<number> | undefined {
    const all = new Set(needs);
    for (const item of needs) {
      const more = this.#needed[item];
      if (more === undefined) return undefined;
      for (const other of more) all.add(other);
    }
    return all.size > MOST_NEEDED ? undefined : all;
  }
}
