import { FormatError } from '@formatlab/core';
import { BLANK, DOT, END, HASH, isSpace, LINE_FEED, MINUS, TAB } from './chars.js';
import type { SourceText } from './source-text.js';

const SHOWN = 20;

/** A place in the text, and what stands between tokens: blanks, comments, line breaks, indentation. */
export class Cursor {
  readonly source: SourceText;
  /** Ends with a NUL, which stands nowhere else in it. */
  readonly text: string;
  at = 0;
  lineStart = 0;
  /** Where the first token of the line stands, once {@link skip} came to it; -1 before. */
  firstAt = -1;
  /** Blanks before the first token of the line; tabs do not count. */
  indent = 0;
  /** Whether a tab stands between the token and what is before it in its line. */
  tabbed = false;

  constructor(source: SourceText) {
    this.source = source;
    this.text = `${source.text}\0`;
  }

  get column(): number {
    return this.at - this.lineStart;
  }

  get atEnd(): boolean {
    return this.at >= this.text.length - 1;
  }

  code(): number {
    return this.text.charCodeAt(this.at);
  }

  next(): number {
    return this.text.charCodeAt(this.at + 1);
  }

  /** Goes to the next token. Returns whether it is the first of its line; at the end of the text, true. */
  skip(): boolean {
    if (this.at === this.firstAt) return true;
    const { text } = this;
    let at = this.at;
    let first = at === this.lineStart;
    let tabbed = false;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === BLANK) at++;
      else if (code === LINE_FEED) {
        this.lineStart = ++at;
        first = true;
        tabbed = false;
      } else if (code === TAB) {
        tabbed = true;
        at++;
      } else if (code === HASH && (at === this.lineStart || isBlank(text.charCodeAt(at - 1)))) {
        at = text.indexOf('\n', at);
        if (at < 0) at = text.length - 1;
      } else break;
    }
    this.at = at;
    this.tabbed = tabbed;
    if (at >= text.length - 1) first = true;
    if (first) {
      this.firstAt = at;
      this.indent = tabbed ? this.leadingBlanks() : at - this.lineStart;
    }
    return first;
  }

  /** Skips blanks and tabs. */
  skipInline(): void {
    while (isBlank(this.text.charCodeAt(this.at))) this.at++;
  }

  leadingBlanks(): number {
    let at = this.lineStart;
    while (this.text.charCodeAt(at) === BLANK) at++;
    return at - this.lineStart;
  }

  /** Whether `---` or `...` stands here as a line's first word. */
  atMarker(): boolean {
    if (this.at !== this.lineStart) return false;
    const code = this.code();
    return (code === MINUS || code === DOT) && isMarker(this.text, this.at);
  }

  /** An error at a place: its line and column, from 1, and byte offset. */
  error(state: string, at: number = this.at): FormatError {
    return this.#errorOf('corrupt', state, at);
  }

  limit(state: string): FormatError {
    return this.#errorOf('limit', state, this.at);
  }

  #errorOf(code: 'corrupt' | 'limit', state: string, at: number): FormatError {
    const { text } = this;
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - (before.lastIndexOf('\n') + 1);
    const rest = text.slice(at, at + SHOWN).split(/[\n\0]/)[0]!;
    const found = rest === '' ? (at >= text.length - 1 ? 'the end' : 'the end of the line') : `'${rest}'`;
    return new FormatError(code, `read YAML in line ${line}, column ${column + 1}, at ${found}: ${state}`, {
      format: 'yaml',
      offset: this.source.offsetOf(line - 1, column),
      found: rest === '' ? 'the end' : rest,
    });
  }
}

export function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}

/** Whether `---` or `...` stands at the start of a line (YAML 1.2.2, section 9.1.2). */
export function isMarker(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    (code === MINUS || code === DOT) &&
    text.charCodeAt(at + 1) === code &&
    text.charCodeAt(at + 2) === code &&
    isSpace(text.charCodeAt(at + 3))
  );
}

export function isEnd(code: number): boolean {
  return code === END || code === LINE_FEED;
}
