import { platform } from '#platform';
import { requireNode } from '../platform/require-node.js';
import { readFully } from './descriptor.js';
import { fileJournal } from './file-journal.js';
import { ioError } from './io-error.js';
import { checkRange, throwIfAborted } from './ranges.js';
import type { Range, Source } from './source.js';

/**
 * A file on the local file system, read through one open handle. Reads are synchronous inside, also those of
 * `read`: one takes 13 µs where the promise API takes 350.
 *
 * @throws FormatError `not-found`, `io`
 */
export function fileSource(path: string): Source {
  const node = requireNode(`open '${path}'`);
  const { fs, allocate } = node;
  let fd: number | undefined;
  let size: number;
  try {
    fd = fs.openSync(path, 'r');
    const stat = fs.fstatSync(fd);
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    size = stat.size;
  } catch (error) {
    if (fd !== undefined) fs.closeSync(fd);
    throw ioError(error, 'open', path);
  }
  const handle = fd;
  let open = true;
  const readInto = (at: number, target: Uint8Array): void => {
    checkRange({ at, length: target.byteLength }, size, path);
    readFully(fs, handle, path, at, target);
  };
  const readSync = (ranges: readonly Range[]): Uint8Array[] =>
    ranges.map((range) => {
      checkRange(range, size, path);
      const target = allocate(range.length);
      readFully(fs, handle, path, range.at, target);
      return target;
    });
  return {
    size,
    name: path,
    path,
    readSync,
    readInto,
    journal: fileJournal(node, path),
    async read(ranges, signal) {
      throwIfAborted(signal, `read '${path}'`);
      return readSync(ranges);
    },
    close() {
      if (open) fs.closeSync(handle);
      open = false;
    },
  };
}

/** Whether there is a file at a path of the local file system: asking is cheaper than a failure to open it. */
export function isFile(path: string): boolean {
  return platform?.fs.existsSync(path) === true;
}
