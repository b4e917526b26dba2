import { FormatError, isFormatError } from '../errors.js';

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the disk',
  EROFS: 'the file system is read-only',
  EMFILE: 'too many open files',
};

/** What the operating system refused, as a FormatError that names the file. */
export function ioError(error: unknown, action: string, path: string): FormatError {
  if (isFormatError(error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') {
    return new FormatError(
      'not-found',
      `${action} '${path}': no such ${action === 'write' ? 'folder' : 'file'}`,
      { path, cause: error },
    );
  }
  const words =
    (code === undefined ? undefined : WORDS[code]) ??
    (error instanceof Error ? error.message : String(error));
  return new FormatError('io', `${action} '${path}': ${words}`, { path, cause: error });
}
