import {
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  type Implementation,
  piecesOf,
  type Sink,
  splitPath,
  type Value,
  wholeEditor,
} from '@formatlab/core';
import { encodeWith } from '../encode.js';
import type { Rules, YamlOptions } from '../options.js';
import { isUtf8, scanDocuments } from './scan.js';

const LINE_FEED = 0x0a;

/** What writes and reads the whole, and single documents. */
export interface DocumentCodec extends Pick<Implementation<YamlOptions>, 'decode' | 'encode'> {
  readonly rules: Rules;
  /** Whether types are kept by tags. */
  readonly typed: boolean;
}

/** Documents are added at the end of a file that is a list of them; every other change writes it anew. */
export async function editWith(
  sink: Sink,
  codec: DocumentCodec,
  context: Context<YamlOptions>,
): Promise<Editor> {
  return new DocumentsEditor(sink, codec, context, await takesDocuments(sink, codec.rules, context));
}

class DocumentsEditor implements Editor {
  readonly #sink: Sink;
  readonly #codec: DocumentCodec;
  readonly #context: Context<YamlOptions>;
  readonly #whole: Editor;
  /** Whether documents can stand behind those of the file, as long as nothing else changes. */
  #grows: boolean;
  #added: Value[] = [];

  constructor(sink: Sink, codec: DocumentCodec, context: Context<YamlOptions>, grows: boolean) {
    this.#sink = sink;
    this.#codec = codec;
    this.#context = context;
    this.#grows = grows;
    this.#whole = wholeEditor(sink, codec, context);
  }

  async put(path: string, value: Value): Promise<void> {
    await (await this.#loaded()).put(path, value);
  }

  async append(path: string, value: Value): Promise<void> {
    if (this.#grows && splitPath(path).length === 0)
      this.#added.push(...(Array.isArray(value) ? (value as readonly Value[]) : [value]));
    else await (await this.#loaded()).append(path, value);
  }

  async remove(path: string): Promise<void> {
    await (await this.#loaded()).remove(path);
  }

  async commit(): Promise<Commit> {
    if (!this.#grows) return this.#whole.commit();
    if (this.#added.length === 0) return { written: 0, rewritten: 0 };
    const { rules, typed } = this.#codec;
    const pieces = piecesOf(
      (await encodeWith(this.#added, { ...rules, documents: 'list' }, typed, this.#context)) as Uint8Array[],
    );
    await this.#sink.write(this.#sink.size, pieces);
    this.#added = [];
    return { written: byteLengthOf(pieces), rewritten: 0 };
  }

  close(): void | Promise<void> {
    this.#added = [];
    return this.#whole.close();
  }

  /** The editor of the whole, told what waits to be written. */
  async #loaded(): Promise<Editor> {
    if (this.#added.length > 0) await this.#whole.append('', this.#added);
    this.#added = [];
    this.#grows = false;
    return this.#whole;
  }
}

/** A last line without its end may be text that would grow by one. */
async function takesDocuments(
  sink: Sink,
  { documents }: Rules,
  context: Context<YamlOptions>,
): Promise<boolean> {
  const { size } = sink;
  if (size === 0 || documents === 'one') return false;
  const length = Math.min(4, size);
  const [head, last] = await sink.read([
    { at: 0, length },
    { at: size - 1, length: 1 },
  ]);
  if (!isUtf8(head!) || last![0] !== LINE_FEED) return false;
  if (documents === 'list') return true;
  let count = 0;
  for await (const _ of scanDocuments(sink, context)) if (++count === 2) return true;
  return false;
}
