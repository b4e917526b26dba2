import { FormatError, isFormatError } from '@formatlab/core';

/** A file that breaks the rules of Parquet, with the byte offset in the file where that was seen. */
export function corrupt(message: string, offset?: number, cause?: unknown): FormatError {
  return new FormatError('corrupt', message, { format: 'parquet', offset, cause });
}

export function unsupported(
  message: string,
  feature: string,
  details: {
    readonly path?: string;
    readonly found?: string;
    readonly supported?: readonly string[];
    readonly cause?: unknown;
  } = {},
): FormatError {
  return new FormatError('unsupported', message, { format: 'parquet', feature, ...details });
}

/** What another library threw while writing: a value that it can't take. */
export function asRefusal(error: unknown, engine: string): unknown {
  if (isFormatError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return unsupported(`write by ${engine}: ${reason}; the default engine may write it`, reason, {
    supported: ['formatlab'],
    cause: error,
  });
}

/** Runs `work`; whatever it throws that is not a FormatError comes of damaged bytes and is told as `corrupt`. */
export function guarded<T>(action: string, offset: number | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asCorrupt(error, action, offset);
  }
}

export function asCorrupt(error: unknown, action: string, offset: number | undefined): unknown {
  if (isFormatError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return corrupt(`${action}: ${reason}`, offset, error);
}
