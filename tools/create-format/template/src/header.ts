import { type DType, FormatError, FIXED_DTYPES } from '@formatlab/core';

/** First line of every file. */
export const MAGIC = '{{id}} 1\n';
/** The header ends with an empty line; the data begin at a multiple of this, so that they can be a view. */
export const ALIGNMENT = 16;
export const HOST_ORDER = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big';

export interface Header {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly unit: string | undefined;
}

/** @throws FormatError `corrupt`, `unsupported` */
export function parseHeader(text: string): Header {
  const fields = new Map(text.split('\n').map((line) => line.trim().split(/: ?(.*)/s, 2) as [string, string]));
  const dtype = FIXED_DTYPES.find((name) => name === fields.get('dtype'));
  const shape = (fields.get('shape') ?? '?').split(' ').filter(Boolean).map(Number);
  const order = fields.get('byte-order');
  if (dtype === undefined || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new FormatError('corrupt', `read header '${text.slice(0, 60).replaceAll('\n', ' ')}': no dtype and shape`, { format: '{{id}}', offset: MAGIC.length });
  }
  if (order !== HOST_ORDER) {
    throw new FormatError('unsupported', `read byte order '${order}': this machine has ${HOST_ORDER}`, { format: '{{id}}', offset: MAGIC.length, supported: [HOST_ORDER] });
  }
  return { dtype, shape, unit: fields.get('unit') };
}

export function formatHeader({ dtype, shape, unit }: Header, indent: number): Uint8Array {
  const lines = [`dtype: ${dtype}`, `shape: ${shape.join(' ')}`, `byte-order: ${HOST_ORDER}`, ...(unit === undefined ? [] : [`unit: ${unit}`])];
  const text = `${MAGIC}${lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('')}`;
  return new TextEncoder().encode(`${text.padEnd(Math.ceil((text.length + 1) / ALIGNMENT) * ALIGNMENT - 1, ' ')}\n`);
}
