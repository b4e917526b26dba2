import { FormatError, sizeOfShape } from '@formatlab/core';
import { type Element, parseDescr, parseShape } from './descr.js';
import { isDict, parseLiteral } from './literal.js';

/** `\x93NUMPY` (NEP 1). */
export const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
/** Magic, version and the longer of the two length fields. */
export const PREFIX_BYTES = 12;
const ALIGNMENT = 64;
/** NumPy leaves room for the growing dimension to reach the longest int64. */
const GROWTH_DIGITS = 21;
/** NumPy itself reads at most 10,000 bytes by default; structured dtypes with many fields need more. */
const LONGEST_HEADER = 2 ** 24;

export interface NpyHeader {
  readonly element: Element;
  readonly shape: readonly number[];
  readonly order: 'C' | 'F';
  /** Where the data begins. */
  readonly dataOffset: number;
  /** Bytes of data that shape and element call for; undefined for pickled objects. */
  readonly dataBytes: number | undefined;
}

/** Bytes of magic, version, length and header, from the first {@link PREFIX_BYTES}. @throws FormatError */
export function headerBytes(prefix: Uint8Array): number {
  if (!startsWithMagic(prefix)) {
    throw new FormatError('not-this-format', 'read npy: it does not start with \\x93NUMPY', {
      format: 'numpy',
      offset: 0,
    });
  }
  const major = prefix[6]!;
  if (prefix.byteLength < 10 || (major > 1 && prefix.byteLength < PREFIX_BYTES)) {
    throw new FormatError('corrupt', `read npy header: the file ends at byte ${prefix.byteLength}`, {
      format: 'numpy',
      offset: prefix.byteLength,
    });
  }
  if (major < 1 || major > 3) {
    throw new FormatError('unsupported', `read npy of version ${major}.${prefix[7]}: not known`, {
      format: 'numpy',
      offset: 6,
      found: `${major}.${prefix[7]}`,
      supported: ['1.0', '2.0', '3.0'],
    });
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LONGEST_HEADER) {
    throw new FormatError('limit', `read npy header of ${length} bytes: at most ${LONGEST_HEADER}`, {
      format: 'numpy',
      offset: 8,
    });
  }
  return (major === 1 ? 10 : PREFIX_BYTES) + length;
}

export function startsWithMagic(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads the header at the start of `bytes`, which must hold all of it.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export function parseHeader(bytes: Uint8Array): NpyHeader {
  const end = headerBytes(bytes.subarray(0, PREFIX_BYTES));
  if (bytes.byteLength < end) {
    throw new FormatError(
      'corrupt',
      `read npy header of ${end} bytes: the file ends at byte ${bytes.byteLength}`,
      { format: 'numpy', offset: bytes.byteLength },
    );
  }
  const start = bytes[6] === 1 ? 10 : PREFIX_BYTES;
  // Versions 1 and 2 are latin-1, version 3 is UTF-8.
  const text = new TextDecoder(bytes[6] === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, end));
  const literal = parseLiteral(text, start);
  if (!isDict(literal))
    throw new FormatError('corrupt', `read npy header '${text.trim()}': not a dictionary`, {
      format: 'numpy',
      offset: start,
    });
  const { dict } = literal;
  const descr = dict.get('descr');
  const fortran = dict.get('fortran_order');
  if (descr === undefined || typeof fortran !== 'boolean' || !dict.has('shape')) {
    throw new FormatError(
      'corrupt',
      `read npy header '${text.trim()}': must have descr, fortran_order and shape`,
      { format: 'numpy', offset: start },
    );
  }
  const element = parseDescr(descr);
  const shape = parseShape(dict.get('shape'));
  const size = sizeOfShape(shape) * element.size;
  if (!Number.isSafeInteger(size)) {
    throw new FormatError('corrupt', `read npy of shape [${shape}]: more than any file can hold`, {
      format: 'numpy',
      offset: start,
    });
  }
  return {
    element,
    shape,
    order: fortran && shape.length > 1 ? 'F' : 'C',
    dataOffset: end,
    dataBytes: element.kind === 'object' ? undefined : size,
  };
}

/** The bytes NumPy itself would write before the data, with its room for the first dimension to grow. */
export function formatHeader(descr: string, order: 'C' | 'F', shape: readonly number[]): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const growing = shape.length === 0 ? '' : String(order === 'F' ? shape.at(-1) : shape[0]);
  const room = shape.length === 0 ? '' : ' '.repeat(GROWTH_DIGITS - growing.length);
  const text = `{'descr': ${descr}, 'fortran_order': ${order === 'F' ? 'True' : 'False'}, 'shape': (${dimensions}), }${room}`;
  // NEP 1: version 1.0 where it fits, 2.0 for long headers, 3.0 where latin-1 is not enough.
  const wide = [...text].some((char) => char.codePointAt(0)! > 0xff);
  const body = wide ? new TextEncoder().encode(text) : Uint8Array.from(text, (char) => char.charCodeAt(0));
  const short = padded(body.byteLength, 10);
  const version = wide ? 3 : short - 10 > 0xffff ? 2 : 1;
  const prefix = version === 1 ? 10 : PREFIX_BYTES;
  const total = padded(body.byteLength, prefix);
  const out = new Uint8Array(total).fill(0x20);
  out.set(MAGIC);
  out[6] = version;
  out[7] = 0;
  const view = new DataView(out.buffer);
  if (version === 1) view.setUint16(8, total - prefix, true);
  else view.setUint32(8, total - prefix, true);
  out.set(body, prefix);
  out[total - 1] = 0x0a;
  return out;
}

function padded(body: number, prefix: number): number {
  return Math.ceil((prefix + body + 1) / ALIGNMENT) * ALIGNMENT;
}
