import { formatErrorLine, isFormatError } from '@formatlab/core';

/** Any error in one line for a terminal or a record. */
export function errorLine(error: unknown): string {
  if (isFormatError(error)) return formatErrorLine(error);
  const text =
    error instanceof Error
      ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`
      : String(error);
  return text.replace(/\s*\n\s*/g, ' ');
}
