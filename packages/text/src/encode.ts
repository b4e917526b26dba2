import {
  type Context,
  FormatError,
  holdShape,
  isNDArray,
  joinBytes,
  kindOfValue,
  type NDArray,
  toCOrder,
  type Value,
} from '@formatlab/core';
import { startsWithNumbers } from './decode.js';
import { dialectOf, type TextOptions } from './options.js';
import { bytesOfText } from './text/encoding.js';
import { Chunks } from './write/chunks.js';
import { writeFormatted } from './write/formatted.js';
import { writeRows } from './write/write-rows.js';

/** What encoding needs of its context. */
export type EncodeContext = Pick<Context<TextOptions>, 'options' | 'loss'>;

const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
const CANONICAL_NAN = 0x7ff80000;

/**
 * The numbers of an array of at most two dimensions, a row a line; of an array of strings, its lines.
 *
 * @throws FormatError `unsupported`, `options`, `lossy` under strict
 */
export function encode(value: Value, context: EncodeContext): Uint8Array | readonly Uint8Array[] {
  return encodeRows(value, context, true);
}

/** @param first whether the rows begin a file: with its header and byte order mark */
export function encodeRows(
  value: Value,
  context: EncodeContext,
  first: boolean,
): Uint8Array | readonly Uint8Array[] {
  if (!isNDArray(value))
    throw new FormatError('unsupported', `write ${kindOfValue(value)} as text: a file holds an array`, {
      format: 'text',
      feature: 'root',
    });
  const array = toCOrder(value);
  reportShape(array, context, first);
  if (array.dtype === 'string') return encodeLines(array as NDArray<'string'>, context, first);
  if (context.options.as === 'lines')
    throw new FormatError('unsupported', `write ${array.dtype} as lines: lines are strings`, {
      format: 'text',
    });
  return encodeNumbers(array, context, first);
}

function encodeNumbers(
  array: NDArray,
  context: EncodeContext,
  first: boolean,
): Uint8Array | readonly Uint8Array[] {
  const { options } = context;
  const { delimiter } = dialectOf(options);
  const newline = options.newline === 'crlf' ? '\r\n' : '\n';
  const rows = array.shape.length === 0 ? 1 : array.shape[0]!;
  const columns = array.shape[1] ?? 1;
  const chunks = new Chunks();
  reportNaN(array, context);
  if (first) writeComment(options.header, options, newline, chunks);
  if (array.size > 0) {
    const separator = delimiter < 0 ? ' ' : String.fromCharCode(delimiter);
    if (options.fmt === undefined)
      writeRows(array, rows, columns, separator.charCodeAt(0), options.newline === 'crlf', chunks);
    else writeFormatted(array, rows, columns, options.fmt, separator, newline, chunks, context);
  }
  writeComment(options.footer, options, newline, chunks);
  const pieces = chunks.finish();
  if ((options.encoding ?? 'utf-8') === 'utf-8') return pieces;
  return bytesOfText(new TextDecoder().decode(joinBytes(pieces)), options.encoding, first);
}

function encodeLines(array: NDArray<'string'>, context: EncodeContext, first: boolean): Uint8Array {
  const { options } = context;
  const { delimiter } = dialectOf(options);
  const broken = array.data.findIndex((line) => /[\r\n]/.test(line));
  if (broken >= 0)
    throw new FormatError('unsupported', `write line ${broken}: it has a line end of its own`, {
      format: 'text',
      path: `/${broken}`,
      feature: 'line ends in lines',
    });
  const columns = array.shape[1] ?? 1;
  const separator = delimiter < 0 ? ' ' : String.fromCharCode(delimiter);
  const lines =
    columns === 1
      ? array.data
      : Array.from({ length: array.shape[0]! }, (_, row) =>
          array.data.slice(row * columns, (row + 1) * columns).join(separator),
        );
  const newline = options.newline === 'crlf' ? '\r\n' : '\n';
  const text = lines.map((line) => line + newline).join('');
  const bytes = bytesOfText(text, options.encoding, first);
  if (options.as !== 'lines' && first && lines.length > 0) checkLines(text, options);
  return bytes;
}

/** @throws FormatError `unsupported` for lines that reading would take for numbers */
function checkLines(text: string, options: TextOptions): void {
  const bytes = new TextEncoder().encode(text);
  if (!startsWithNumbers(bytes, 0, bytes.length, dialectOf(options))) return;
  throw new FormatError(
    'unsupported',
    "write strings as text: reading would take them for numbers or comments; set the option 'as' to 'lines' for both",
    { format: 'text', feature: 'lines that look like numbers' },
  );
}

function writeComment(
  text: string | undefined,
  { comments = '#' }: TextOptions,
  newline: string,
  chunks: Chunks,
): void {
  if (text === undefined || text === '') return;
  const mark = comments.trim();
  const prefix = mark === '' ? '' : `${mark} `;
  const lines = text.split(/\r\n|\n|\r/).map((line) => prefix + line + newline);
  chunks.put(bytesOfText(lines.join(''), 'utf-8', false));
}

/** What comes back has one dimension for one column, else two. */
function reportShape(array: NDArray, { loss }: EncodeContext, first: boolean): void {
  const { shape } = array;
  if (shape.length > 2)
    throw new FormatError('unsupported', `write array of ${shape.length} dimensions as text: at most 2`, {
      format: 'text',
      feature: 'rank',
    });
  const [rows = 1, columns = 1] = shape;
  if (!first) return;
  if (array.size === 0)
    loss({ path: '', kind: 'shape', from: `${array.dtype} of shape [${shape}]`, to: 'float64 of shape [0]' });
  else if (shape.length === 0 || (shape.length === 2 && (columns === 1 || array.dtype === 'string')))
    loss({ path: '', kind: 'shape', from: `[${shape}]`, to: `[${rows}]` });
}

/** Texts say `nan`, without its sign and payload. */
function reportNaN(array: NDArray, { loss }: EncodeContext): void {
  if (array.dtype !== 'float64' && array.dtype !== 'complex128') return;
  const data = array.data as Float64Array;
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== data[i] && !isCanonical(data, i)) count++;
  if (count > 0) loss({ path: '', kind: 'nan', from: 'NaN with a sign or payload', to: 'NaN', count });
}

function isCanonical(data: Float64Array, index: number): boolean {
  const words = new Uint32Array(data.buffer, data.byteOffset + 8 * index, 2);
  return words[1 - LOW] === CANONICAL_NAN && words[LOW] === 0;
}

holdShape(new Chunks());
