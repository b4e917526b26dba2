import {
  type Context,
  type Entry,
  joinPath,
  type Reader,
  type Source,
  selectFrom,
  splitPath,
  valueAt,
  wholeReader,
} from '@formatlab/core';
import { decode } from './decode.js';
import { HEADER_BYTES } from './mat5/constants.js';
import { type FileHeader, readFileHeader } from './mat5/file-header.js';
import { entryOfHead, pathOfName } from './mat5/head.js';
import { byName, notFound, type ReadBytes, readerOf, readFound, scanVariables } from './mat5/scan.js';
import { foundOfIndex, readIndexed } from './mat5/variable-index.js';
import { openMat73 } from './mat73/reader.js';
import type { MatlabOptions } from './options.js';
import { readWork } from './work.js';

/** Lists from the heads of variables and decodes one alone. Version 4 is read whole. */
export async function open(source: Source, context: Context<MatlabOptions>): Promise<Reader> {
  const read = readerOf(source, context);
  const start = await read({ at: 0, length: Math.min(HEADER_BYTES, source.size) });
  const header = readFileHeader(start);
  if (header?.kind === '5') return variableReader(source, header, read, context);
  if (header?.kind === '7.3') return openMat73(source, context);
  context.budget.takeBytes(source.size, 'MAT file');
  return wholeReader(await decode(await read({ at: 0, length: source.size }), context));
}

async function variableReader(
  source: Source,
  header: FileHeader,
  read: ReadBytes,
  context: Context<MatlabOptions>,
): Promise<Reader> {
  const work = readWork(context);
  const isIndexed = context.index !== undefined;
  const found = byName(
    isIndexed
      ? foundOfIndex(context.index, source.size, header, work)
      : await scanVariables(source.size, header, read, work),
  );
  const valueOf = isIndexed ? readIndexed : readFound;
  const only = found.size === 1 ? [...found.values()][0]! : undefined;
  const root = only?.head.mark.root === true ? only : undefined;
  return {
    entries(): readonly Entry[] {
      if (root !== undefined) return [entryOfHead(root.head, '', work.squeeze, root.place.length)];
      return [...found.values()].map((each) =>
        entryOfHead(each.head, pathOfName(each.head.name), work.squeeze, each.place.length),
      );
    },
    async read(path, selection) {
      const [name, ...rest] = splitPath(path);
      if (root !== undefined) {
        const value = await valueOf(root, header, read, work);
        return selectFrom(valueAt(value, path), path, selection);
      }
      if (name === undefined) {
        const whole = await read({ at: 0, length: source.size });
        context.budget.takeBytes(source.size, 'MAT file');
        return selectFrom(await decode(whole, context), path, selection);
      }
      const variable = found.get(name);
      if (variable === undefined) throw notFound(path, [...found.keys()].map(pathOfName));
      const value = await valueOf(variable, header, read, work);
      return selectFrom(valueAt(value, joinPath(rest)), path, selection);
    },
    close() {},
  };
}
