import { type Context, FormatError, type Source } from '@formatlab/core';
import { encodingOf, toUtf8 } from './dialect/encoding.js';
import type { CsvOptions } from './options.js';

/** A file's text as UTF-8, read piece by piece. */
export interface Utf8Source {
  readonly size: number;
  read(at: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Offset in the file of a byte of the text. */
  readonly locate: (at: number) => number;
}

/** The text of a source: in UTF-8 it is read where it lies, other encodings are decoded whole. */
export async function utf8Source(
  source: Source,
  context: Pick<Context<CsvOptions>, 'options' | 'budget' | 'signal'>,
): Promise<Utf8Source> {
  const read = (at: number, length: number): Uint8Array | Promise<Uint8Array> => {
    const ranges = [{ at, length }];
    if (context.signal?.aborted)
      throw new FormatError('aborted', `read '${source.name}': aborted by the caller`, {
        cause: context.signal.reason,
      });
    if (source.readSync !== undefined) return source.readSync(ranges)[0]!;
    return source.read(ranges, context.signal).then((pieces) => pieces[0]!);
  };
  const head = await read(0, Math.min(3, source.size));
  const { encoding, mark } = encodingOf(head, context.options.encoding);
  if (encoding === 'utf-8') {
    return {
      size: source.size - mark,
      read: (at, length) => read(at + mark, length),
      locate: (at) => at + mark,
    };
  }
  context.budget.takeBytes(source.size, `the ${source.size} bytes of '${source.name}'`);
  const text = toUtf8(await read(0, source.size), context.options.encoding, context.budget);
  return {
    size: text.bytes.length,
    read: (at, length) => text.bytes.subarray(at, at + length),
    locate: text.offsetInFile,
  };
}
