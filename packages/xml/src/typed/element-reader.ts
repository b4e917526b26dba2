import {
  type Budget,
  type Context,
  type DType,
  type FormatError,
  isDType,
  sizeOfShape,
} from '@formatlab/core';
import { isSpace } from '../parse/characters.js';
import { CDATA, END, END_OF_FILE, START, TEXT } from '../parse/events.js';
import type { XmlScanner } from '../parse/scanner.js';
import { decodeBase64 } from './base64.js';
import type { ReadCell } from './cell-readers.js';
import { unescaped } from './escapes.js';
import { ESCAPED, NAME } from './vocabulary.js';

export type ReadContext = Pick<Context<object>, 'loss' | 'progress'> & { readonly budget: Budget };

/** Reads the parts that elements of the mapping are made of: text, numbers, children, names. */
export class ElementReader {
  readonly scanner: XmlScanner;
  readonly context: ReadContext;

  constructor(scanner: XmlScanner, context: ReadContext) {
    this.scanner = scanner;
    this.context = context;
  }

  /** All text up to the end tag. */
  text(): string {
    const { scanner } = this;
    let text = '';
    for (;;) {
      const event = scanner.next();
      if (event === TEXT || event === CDATA) text += scanner.text();
      else if (event === END) return text;
      else if (event === START) throw scanner.error(`element '${scanner.name}' stands where text is due`);
    }
  }

  /** Goes on to the next element within the current one; false at its end. */
  child(): boolean {
    const { scanner } = this;
    for (;;) {
      const event = scanner.next();
      if (event === START) return true;
      if (event === END) return false;
      if (event === CDATA || (event === TEXT && !scanner.isBlank()))
        throw scanner.error('text stands where elements are due');
      if (event === END_OF_FILE) throw scanner.error('the file ends here');
    }
  }

  /** The name of a member or column: that of the attribute, or the tag. */
  memberName(): string {
    const { scanner } = this;
    const name = scanner.attribute(NAME);
    if (name === undefined) return scanner.name;
    return this.#isEscaped('name') ? unescaped(name) : name;
  }

  /** The text of the element whose start tag was read; its escapes resolved. */
  string(): string {
    const isEscaped = this.#isEscaped('text');
    const text = this.text();
    return isEscaped ? unescaped(text) : text;
  }

  bytes(): Uint8Array {
    const text = this.text();
    this.context.budget.takeBytes(text.length, 'base64 text');
    const data = decodeBase64(text);
    if (data === undefined) throw this.scanner.error('the text is not base64');
    return data;
  }

  /** Elements of fixed size from the text up to the end tag. */
  elements(read: ReadCell, first: number, count: number): void {
    const { scanner } = this;
    let event = scanner.next();
    const span = event === TEXT ? scanner.span() : undefined;
    let text = '';
    if (span !== undefined) {
      const { bytes } = scanner;
      event = scanner.next();
      if (event === END) return this.#split(bytes, span.from, span.to, read, first, count);
      // Cut up by a comment or reference: what was skipped is taken as a string after all.
      text = new TextDecoder().decode(bytes.subarray(span.from, span.to));
    }
    for (; event !== END; event = scanner.next()) {
      if (event === TEXT || event === CDATA) text += scanner.text();
      else if (event === START) throw scanner.error(`element '${scanner.name}' stands where text is due`);
    }
    const bytes = new TextEncoder().encode(text);
    this.#split(bytes, 0, bytes.length, read, first, count);
  }

  /** The shape in an attribute. */
  shape(text: string | undefined): readonly number[] {
    const parts = text === undefined || text.trim() === '' ? [] : text.trim().split(/\s+/);
    const shape = parts.map(Number);
    if (
      text === undefined ||
      parts.some((part) => !/^\d{1,16}$/.test(part)) ||
      !Number.isSafeInteger(sizeOfShape(shape))
    )
      throw this.scanner.error(`shape '${text ?? ''}' is none`);
    return shape;
  }

  dtype(): DType {
    const dtype = this.scanner.attribute('dtype');
    if (!isDType(dtype)) throw this.scanner.error(`dtype '${dtype ?? ''}' is none`);
    return dtype;
  }

  /** Charges what is about to be allocated, and checks that the file has room for so many. */
  charge(count: number, width: number, leastBytes: number, what: string): void {
    const { scanner } = this;
    const left = scanner.end - scanner.at;
    if (scanner.isPlain && count * leastBytes > left + 1)
      throw scanner.error(`${count} ${what} are said to be here, in ${left} bytes`);
    this.context.budget.takeItems(count, what);
    this.context.budget.takeBytes(count * width, what);
  }

  /** An error for text that is no value of its type. */
  bad(bytes: Uint8Array, from: number, to: number): FormatError {
    const text = new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + 40)));
    const { scanner } = this;
    return scanner.error(`'${text}' is no value of its type`, bytes === scanner.bytes ? from : scanner.at);
  }

  #split(bytes: Uint8Array, start: number, end: number, read: ReadCell, first: number, count: number): void {
    let at = start;
    for (let i = 0; ; i++) {
      while (at < end && isSpace(bytes[at]!)) at++;
      if (at === end) {
        if (i < count) throw this.scanner.error(`${i} of ${count} elements stand here`);
        return;
      }
      if (i === count) throw this.scanner.error(`more than ${count} elements stand here`);
      const from = at;
      while (at < end && !isSpace(bytes[at]!)) at++;
      if (!read(bytes, from, at, first + i)) throw this.bad(bytes, from, at);
    }
  }

  #isEscaped(part: string): boolean {
    return this.scanner.attribute(ESCAPED)?.split(' ').includes(part) ?? false;
  }
}
