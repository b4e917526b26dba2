const PIECE = 65_536;

/** Text in UTF-8 pieces. */
export class TextWriter {
  readonly #encoder = new TextEncoder();
  readonly #pieces: Uint8Array[] = [];
  #text = '';
  /** Bytes in whole pieces so far. */
  written = 0;

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE) this.#flush();
  }

  pieces(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #flush(): void {
    if (this.#text === '') return;
    const piece = this.#encoder.encode(this.#text);
    this.#pieces.push(piece);
    this.written += piece.length;
    this.#text = '';
  }
}
