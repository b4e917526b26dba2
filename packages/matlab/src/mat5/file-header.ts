import { FormatError } from '@formatlab/core';
import { HEADER_BYTES } from './constants.js';

/** 124 bytes of text and subsystem offset, version and byte order (figure 1-2). */
export interface FileHeader {
  readonly kind: '5' | '7.3';
  readonly little: boolean;
  /** Offset of the subsystem data, 0 where there are none. */
  readonly subsystem: number;
}

const TEXT_BYTES = 116;
const VERSION_5 = 0x0100;
const VERSION_73 = 0x0200;
/** No date and no platform: the same value gives the same bytes. MATLAB looks for the first word. */
const TEXT = 'MATLAB 5.0 MAT-file, written by FormatLab';

export function fileHeader(subsystem = 0): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES).fill(0x20, 0, TEXT_BYTES);
  for (let i = 0; i < TEXT.length; i++) bytes[i] = TEXT.charCodeAt(i);
  setSubsystem(bytes, subsystem, true);
  const view = new DataView(bytes.buffer);
  view.setUint16(124, VERSION_5, true);
  bytes[126] = 0x49;
  bytes[127] = 0x4d;
  return bytes;
}

export function setSubsystem(header: Uint8Array, offset: number, little: boolean): void {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [low, high] = [offset >>> 0, Math.floor(offset / 2 ** 32)];
  view.setUint32(little ? TEXT_BYTES : TEXT_BYTES + 4, low, little);
  view.setUint32(little ? TEXT_BYTES + 4 : TEXT_BYTES, high, little);
}

/** Undefined where the bytes are no header of version 5, 7 or 7.3. */
export function readFileHeader(bytes: Uint8Array): FileHeader | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const mark = String.fromCharCode(bytes[126]!, bytes[127]!);
  if (mark !== 'IM' && mark !== 'MI') return undefined;
  const little = mark === 'IM';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(124, little);
  if (version !== VERSION_5 && version !== VERSION_73) return undefined;
  const [first, second] = [view.getUint32(TEXT_BYTES, little), view.getUint32(TEXT_BYTES + 4, little)];
  const offset = little ? second * 2 ** 32 + first : first * 2 ** 32 + second;
  // Files without subsystem data have zeros or blanks here.
  const none = first === 0x20202020 && second === 0x20202020;
  return { kind: version === VERSION_5 ? '5' : '7.3', little, subsystem: none ? 0 : offset };
}

export function notMatlab(): FormatError {
  return new FormatError('not-this-format', 'read matlab: it starts with no header of a MAT file', {
    format: 'matlab',
    offset: 0,
    supported: ['MAT 4', 'MAT 5', 'MAT 7', 'MAT 7.3'],
  });
}
