import { corrupt } from './fault.js';
import type { Node } from './nodes.js';

/** The machine's stack. Nothing below the last mark can be taken before the mark is. */
export class Stack {
  /** Offset of the current opcode, for messages. */
  at = 0;
  readonly #items: Node[] = [];
  readonly #marks: number[] = [];
  #fence = 0;

  get depth(): number {
    return this.#items.length;
  }

  get marks(): number {
    return this.#marks.length;
  }

  /** How many lie below the last mark; 0 where there is none. */
  get fence(): number {
    return this.#fence;
  }

  get bottom(): Node | undefined {
    return this.#items[0];
  }

  push(node: Node): void {
    this.#items.push(node);
  }

  mark(): void {
    this.#marks.push(this.#items.length);
    this.#fence = this.#items.length;
  }

  pop(): Node {
    if (this.#items.length <= this.#fence) throw this.#underflow();
    return this.#items.pop()!;
  }

  /** POP takes a mark where one is on top. */
  popOrUnmark(): void {
    if (this.#marks.length > 0 && this.#items.length === this.#fence) this.#unmark();
    else this.pop();
  }

  top(): Node {
    if (this.#items.length <= this.#fence) throw this.#underflow();
    return this.#items[this.#items.length - 1]!;
  }

  popMany(count: number): Node[] {
    if (this.#items.length - count < this.#fence) throw this.#underflow();
    return this.#items.splice(this.#items.length - count, count);
  }

  /** Everything above the last mark, and the mark. */
  popMark(): Node[] {
    if (this.#marks.length === 0) throw corrupt(this.at, `take items at byte ${this.at}`, 'there is no mark');
    return this.#items.splice(this.#unmark());
  }

  #unmark(): number {
    const mark = this.#marks.pop()!;
    this.#fence = this.#marks.at(-1) ?? 0;
    return mark;
  }

  #underflow(): Error {
    return corrupt(
      this.at,
      `take from the stack at byte ${this.at}`,
      this.#marks.length > 0 ? 'there is a mark in the way' : 'the stack is empty',
    );
  }
}
