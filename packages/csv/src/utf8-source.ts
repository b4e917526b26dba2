import { type Context, FormatError, type Source } from '@formatlab/core';
import { encodingOf, toUtf8 } from './dialect/encoding.js';
import type { CsvOptions } from './options.js';

/** A file's text as UTF-8, read piece by piece. */
export interface Utf8Source {
  readonly size: number;
  /** Bytes of the byte order mark before it, where the file itself is in UTF-8. */
  readonly mark: number;
  read(at: number, length: number): Uint8Array | Promise<Uint8Array>;
  /** Offset in the file of a byte of the text. */
  readonly locate: (at: number) => number;
}

/**
 * The text of a source: in UTF-8 it is read where it lies, other encodings are decoded whole.
 *
 * @param known bytes of the byte order mark of a file that is known to be in UTF-8: its beginning is not read then
 */
export async function utf8Source(
  source: Source,
  context: Pick<Context<CsvOptions>, 'options' | 'budget' | 'signal'>,
  known?: number,
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
  const { encoding, mark } =
    known === undefined
      ? encodingOf(await read(0, Math.min(3, source.size)), context.options.encoding)
      : { encoding: 'utf-8', mark: known };
  if (encoding === 'utf-8') {
    return {
      size: source.size - mark,
      mark,
      read: (at, length) => read(at + mark, length),
      locate: (at) => at + mark,
    };
  }
  context.budget.takeBytes(source.size, `the ${source.size} bytes of '${source.name}'`);
  const text = toUtf8(await read(0, source.size), context.options.encoding, context.budget);
  return {
    size: text.bytes.length,
    mark: 0,
    read: (at, length) => text.bytes.subarray(at, at + length),
    locate: text.offsetInFile,
  };
}
