import { type Context, FormatError, type Source } from '@formatlab/core';
import { HEADER_BYTES } from './mat5/constants.js';
import { readFileHeader } from './mat5/file-header.js';
import { readerOf, scanVariables } from './mat5/scan.js';
import { encodeFound } from './mat5/variable-index.js';
import type { MatlabOptions } from './options.js';
import { readWork } from './work.js';

/**
 * Notes of every variable where it lies, and what its head tells. Version 7.3 finds its own without an index.
 *
 * @throws FormatError `unsupported` for version 4, which is read whole
 */
export async function index(source: Source, context: Context<MatlabOptions>): Promise<Uint8Array> {
  const read = readerOf(source, context);
  const header = readFileHeader(await read({ at: 0, length: Math.min(HEADER_BYTES, source.size) }));
  if (header?.kind === '7.3') return new Uint8Array(0);
  if (header === undefined) {
    throw new FormatError('unsupported', `index '${source.name}': version 4 is read whole`, {
      format: 'matlab',
      feature: 'index of MAT 4',
      supported: ['MAT 5', 'MAT 7', 'MAT 7.3'],
    });
  }
  const watched: typeof read = (range) => {
    context.progress(range.at, source.size);
    return read(range);
  };
  return encodeFound(await scanVariables(source.size, header, watched, readWork(context)));
}
