import type { FormatSet } from '../contract/context.js';
import type { Value } from '../values/value.js';
import type { CallOptions } from './call.js';
import { type Input, type OpenedInput, openInput } from './input.js';
import { openReader } from './open.js';
import { beginRead, named, type ReadCall, readContent } from './read-call.js';

/**
 * The value in a file: the whole, or what the selector names.
 *
 * @example await load(formats, 'run.h5#/temps[0:10]')
 * @throws FormatError
 */
export async function load(formats: FormatSet, input: Input, call: CallOptions = {}): Promise<Value> {
  const opened = await openInput(input, call.signal);
  try {
    return await loadOpened(await beginRead(formats, opened, call), opened);
  } finally {
    if (opened.owned) await opened.source.close();
  }
}

/** The value in a file that is open already. */
export function loadOpened(read: ReadCall, { selector, source }: OpenedInput): Promise<Value> {
  const { path, slice, columns } = selector;
  return named(read.chosen, source.name, async () => {
    if (path === undefined) {
      const bytes = readContent(read);
      const { implementation } = read.chosen;
      return implementation.decode(bytes instanceof Uint8Array ? bytes : await bytes, read.context);
    }
    const reader = await openReader(read);
    try {
      return await reader.read(path, { slice, columns });
    } finally {
      await reader.close();
    }
  });
}
