/** Why an operation on a format failed. */
export type ErrorCode =
  /** The bytes are not in this format at all. */
  | 'not-this-format'
  /** Valid, but uses what this format, engine or platform can't do. */
  | 'unsupported'
  /** Claims to be this format and breaks its rules. */
  | 'corrupt'
  /** Would need more than the budget allows. */
  | 'limit'
  /** A value would not survive, and `strict` is set. */
  | 'lossy'
  /** No file, or no entry of this name. */
  | 'not-found'
  /** A slice or column selection does not fit the entry. */
  | 'bad-selection'
  /** An option is unknown or has a wrong value. */
  | 'options'
  /** The medium failed: permissions, disk full, network. */
  | 'io'
  /** The caller's signal was aborted. */
  | 'aborted';

export interface FormatErrorDetails {
  /** Id of the format, such as `hdf5`. */
  readonly format?: string | undefined;
  /** Byte offset in the file where the fault was found. */
  readonly offset?: number | undefined;
  /** The file, or the entry's path in it. */
  readonly path?: string | undefined;
  /** Name of the feature that is not supported. */
  readonly feature?: string | undefined;
  /** What was found. */
  readonly found?: string | undefined;
  /** What would have been accepted. */
  readonly supported?: readonly string[] | undefined;
  readonly cause?: unknown;
}

const MARK = Symbol.for('formatlab.error');

/**
 * Every failure of FormatLab on bad input. The message is `action, quoted value, colon, state`; the fields
 * say the rest. Recognise it with {@link isFormatError}, which also works across copies of this package.
 */
export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly code: ErrorCode;
  readonly format: string | undefined;
  readonly offset: number | undefined;
  readonly path: string | undefined;
  readonly feature: string | undefined;
  readonly found: string | undefined;
  readonly supported: readonly string[] | undefined;

  constructor(code: ErrorCode, message: string, details: FormatErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.format = details.format;
    this.offset = details.offset;
    this.path = details.path;
    this.feature = details.feature;
    this.found = details.found;
    this.supported = details.supported;
  }

  get [MARK](): true {
    return true;
  }
}

export function isFormatError(error: unknown): error is FormatError {
  return typeof error === 'object' && error !== null && (error as { [MARK]?: boolean })[MARK] === true;
}

/** The same error with what only the caller knows (format, path) filled in where it is missing. */
export function withDetails(error: FormatError, details: FormatErrorDetails): FormatError {
  if (
    Object.entries(details).every(
      ([key, value]) => value === undefined || error[key as keyof FormatError] !== undefined,
    )
  ) {
    return error;
  }
  const filled = new FormatError(error.code, error.message, {
    ...details,
    ...definedFields(error),
    cause: error.cause,
  });
  if (error.stack !== undefined) filled.stack = error.stack;
  return filled;
}

/** One line for a terminal: `hdf5: read 'a.h5': … (at byte 96; accepted: …)`. */
export function formatErrorLine(error: FormatError): string {
  const place: string[] = [];
  if (error.path !== undefined && !error.message.includes(`'${error.path}'`))
    place.push(`in '${error.path}'`);
  if (error.offset !== undefined && !error.message.includes(`byte ${error.offset}`))
    place.push(`at byte ${error.offset}`);
  if (error.supported !== undefined && error.supported.length > 0)
    place.push(`accepted: ${error.supported.join(', ')}`);
  const head = error.format === undefined ? '' : `${error.format}: `;
  return `${head}${error.message}${place.length > 0 ? ` (${place.join('; ')})` : ''}`.replace(
    /\s*\n\s*/g,
    ' ',
  );
}

function definedFields(error: FormatError): FormatErrorDetails {
  const { format, offset, path, feature, found, supported } = error;
  return Object.fromEntries(
    Object.entries({ format, offset, path, feature, found, supported }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}
