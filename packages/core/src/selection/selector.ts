import type { Selection } from './selection.js';

/** A place in a file: `file.h5#/run3/temps[0:10,:]`. */
export interface Selector {
  /** Path, URL, or name without the selector. */
  readonly file: string;
  /** JSON Pointer of the entry, where one is named. */
  readonly path: string | undefined;
  readonly slice: Selection | undefined;
  /** Columns of a table, from `{a,b}` behind the path. */
  readonly columns: readonly string[] | undefined;
}

/**
 * Parses `file#/path[slice]{columns}`; each part after the file may be missing. A `#` that is not followed by `/`, `[`
 * or `{` belongs to the file's name.
 *
 * @example parseSelector('a.h5#/run3/temps[0:10,:]') // { file: 'a.h5', path: '/run3/temps', slice: '0:10,:' }
 */
export function parseSelector(text: string): Selector {
  const match = /^(.*?)#(\/[^[\]{}]*)?(?:\[([^\]]*)\])?(?:\{([^}]*)\})?$/s.exec(text);
  if (match === null || (match[2] === undefined && match[3] === undefined && match[4] === undefined)) {
    return { file: text, path: undefined, slice: undefined, columns: undefined };
  }
  const [, file, path, slice, columns] = match;
  return {
    file: file!,
    path: path === undefined || path === '/' ? '' : path,
    slice,
    columns: columns?.split(',').map((name) => name.trim()),
  };
}
