import { isReserved, type Token } from './tokens.js';

/** What a statement breaks the grammar with; becomes a FormatError where the schema is read. */
export class SyntaxProblem extends Error {}

/** Reads tokens one after the other. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#next >= this.#tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  take(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new SyntaxProblem('the statement is incomplete');
    this.#next++;
    return token;
  }

  /** Whether the next tokens are these keywords; takes them if so. */
  keywords(...words: readonly string[]): boolean {
    for (let i = 0; i < words.length; i++) if (!isWord(this.peek(i), words[i]!)) return false;
    this.#next += words.length;
    return true;
  }

  mark(text: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'mark' || token.text !== text) return false;
    this.#next++;
    return true;
  }

  expectMark(text: string): void {
    if (!this.mark(text)) this.fail();
  }

  expectKeywords(...words: readonly string[]): void {
    if (!this.keywords(...words)) this.fail();
  }

  /** An identifier, quoted or not; a string stands for one too. */
  name(): string {
    const token = this.peek();
    if (token === undefined || !isName(token)) this.fail();
    this.#next++;
    return token.text;
  }

  fail(): never {
    const token = this.peek();
    throw new SyntaxProblem(
      token === undefined ? 'the statement is incomplete' : `syntax error near '${token.text}'`,
    );
  }

  /** Tokens between parentheses, the opening one included in what is expected; nesting is balanced. */
  parenthesised(): readonly Token[] {
    this.expectMark('(');
    const inner: Token[] = [];
    for (let depth = 1; ; ) {
      const token = this.take();
      if (token.kind === 'mark') {
        if (token.text === ';') throw new SyntaxProblem("syntax error near ';'");
        if (token.text === '(') depth++;
        if (token.text === ')' && --depth === 0) return inner;
      }
      inner.push(token);
    }
  }
}

export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word;
}

export function isName(token: Token): boolean {
  return (
    token.kind === 'name' || token.kind === 'string' || (token.kind === 'word' && !isReserved(token.text))
  );
}
