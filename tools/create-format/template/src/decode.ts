import { type Context, FormatError, itemSize, NDArray, sizeOfShape, type Value, viewData } from '@formatlab/core';
import { ALIGNMENT, MAGIC, parseHeader } from './header.js';
import type { {{Type}}Options } from './options.js';

/** The header is over by then; a file without an end of it is damaged. */
const LONGEST_HEADER = 4096;

/**
 * YOUR CODEC, READING: turn the bytes into a value here. Charge `context.budget` before allocating, and say in
 * a FormatError what is wrong and at which byte. This one allocates nothing: the array is a view on the bytes.
 */
export function decode(bytes: Uint8Array, _context: Context<{{Type}}Options>): Value {
  return decode{{Type}}(bytes);
}

/** @throws FormatError `not-this-format`, `corrupt`, `unsupported` */
export function decode{{Type}}(bytes: Uint8Array): NDArray {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, LONGEST_HEADER));
  if (!start.startsWith(MAGIC)) {
    throw new FormatError('not-this-format', `read {{id}}: it does not start with '${MAGIC.trim()}'`, { format: '{{id}}', offset: 0 });
  }
  const end = /\n *\n/.exec(start);
  const offset = end === null ? start.length : end.index + end[0].length;
  if (end === null || offset % ALIGNMENT !== 0) {
    throw new FormatError('corrupt', `read {{id}} header: it has no end by byte ${offset}`, { format: '{{id}}', offset });
  }
  const { dtype, shape, unit } = parseHeader(start.slice(MAGIC.length, end.index));
  const count = sizeOfShape(shape);
  const wanted = count * itemSize(dtype);
  if (bytes.byteLength - offset !== wanted) {
    throw new FormatError('corrupt', `read {{id}} of shape [${shape}]: ${bytes.byteLength - offset} of ${wanted} bytes of data`, { format: '{{id}}', offset });
  }
  return new NDArray({ dtype, shape, unit, data: viewData(dtype, bytes.subarray(offset), count) });
}
