import { FormatError } from '@formatlab/core';
import { placeOf } from './place.js';

/** A document as UTF-8, and what its first line says. */
export interface XmlInput {
  readonly bytes: Uint8Array;
  /** Where the prolog goes on behind a byte order mark and the XML declaration. */
  readonly start: number;
  readonly declared: boolean;
  readonly version: string;
  readonly encoding: string;
  readonly standalone: boolean | undefined;
  /** The offset in the file of a byte of `bytes`; undefined where the encoding does not tell. */
  locate(at: number): number | undefined;
}

const DECLARATION_BYTES = 512;
const S = '[\\x20\\t\\r\\n]';
/** Productions 23 to 26, 32, 80 and 81. */
const DECLARATION = new RegExp(
  `^<\\?xml${S}+version${S}*=${S}*(?:"(1\\.[0-9]+)"|'(1\\.[0-9]+)')` +
    `(?:${S}+encoding${S}*=${S}*(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?` +
    `(?:${S}+standalone${S}*=${S}*(?:"(yes|no)"|'(yes|no)'))?${S}*\\?>`,
);

/**
 * Finds the encoding as Appendix F has it (byte order mark, then the declaration) and gives the text as UTF-8.
 *
 * @throws FormatError `corrupt` for a wrong declaration or bytes that are not of the encoding, `unsupported`
 * for an encoding that this platform does not know
 */
export function openInput(bytes: Uint8Array): XmlInput {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return inUtf8(bytes, 3, true);
  if (a === 0xff && b === 0xfe) return inUtf16(bytes, 2, 'utf-16le');
  if (a === 0xfe && b === 0xff) return inUtf16(bytes, 2, 'utf-16be');
  // Without a mark the declaration shows: `<?` in two bytes each.
  if (a === 0x3c && b === 0 && c === 0x3f && d === 0) return inUtf16(bytes, 0, 'utf-16le');
  if (a === 0 && b === 0x3c && c === 0 && d === 0x3f) return inUtf16(bytes, 0, 'utf-16be');
  return inUtf8(bytes, 0, false);
}

function inUtf8(bytes: Uint8Array, mark: number, marked: boolean): XmlInput {
  const found = declarationOf(bytes, mark, (at) => at);
  const encoding = found.encoding ?? 'UTF-8';
  const name = encoding.toLowerCase();
  if (name === 'utf-8' || name === 'utf8') return { ...found, bytes, encoding: 'UTF-8', locate: (at) => at };
  if (marked || /^(?:utf-?16|ucs-?[24]|utf-?32|iso-10646-ucs)/.test(name)) {
    throw fault(
      bytes,
      mark,
      mark,
      `the declaration says ${encoding}, but the bytes are ${marked ? 'marked as UTF-8' : 'not'}`,
    );
  }
  if (name === 'us-ascii' || name === 'ascii') {
    const beyond = bytes.findIndex((byte) => byte >= 0x80);
    if (beyond >= 0) throw fault(bytes, beyond, beyond, `byte 0x${hex(bytes[beyond]!)} is not ${encoding}`);
    return { ...found, bytes, encoding, locate: (at) => at };
  }
  const latin1 = name === 'iso-8859-1' || name === 'latin1' || name === 'iso_8859-1' || name === 'l1';
  const text = latin1 ? latin1Text(bytes) : decoded(bytes, encoding);
  const converted = encoder.encode(text);
  const single = latin1 || /^(?:iso-8859-|windows-|koi8|cp125|ibm866|macintosh)/.test(name);
  return {
    ...found,
    bytes: converted,
    encoding,
    locate: (at) => (single ? charactersBefore(converted, at) : undefined),
  };
}

function inUtf16(bytes: Uint8Array, mark: number, label: 'utf-16le' | 'utf-16be'): XmlInput {
  const converted = encoder.encode(decoded(bytes.subarray(mark), label));
  const locate = (at: number): number =>
    mark + 2 * new TextDecoder().decode(converted.subarray(0, at)).length;
  const found = declarationOf(converted, 0, locate);
  const name = found.encoding?.toLowerCase() ?? 'utf-16';
  if (name !== 'utf-16' && name !== label && name !== 'iso-10646-ucs-2' && name !== 'ucs-2') {
    throw fault(converted, 0, 0, `the declaration says ${found.encoding}, but the bytes are UTF-16`);
  }
  return { ...found, bytes: converted, encoding: 'UTF-16', locate };
}

interface Declaration {
  readonly start: number;
  readonly declared: boolean;
  readonly version: string;
  readonly encoding: string | undefined;
  readonly standalone: boolean | undefined;
}

function declarationOf(
  bytes: Uint8Array,
  mark: number,
  locate: (at: number) => number | undefined,
): Declaration {
  const head = new TextDecoder('latin1').decode(bytes.subarray(mark, mark + DECLARATION_BYTES));
  if (!/^<\?xml[\x20\t\r\n]/.test(head)) {
    return { start: mark, declared: false, version: '1.0', encoding: undefined, standalone: undefined };
  }
  const match = DECLARATION.exec(head);
  if (match === null) throw fault(bytes, mark, locate(mark), 'the XML declaration is malformed');
  const standalone = match[5] ?? match[6];
  return {
    start: mark + match[0].length,
    declared: true,
    version: match[1] ?? match[2] ?? '1.0',
    encoding: match[3] ?? match[4],
    standalone: standalone === undefined ? undefined : standalone === 'yes',
  };
}

function decoded(bytes: Uint8Array, label: string): string {
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  } catch (cause) {
    throw new FormatError('unsupported', `read XML in encoding '${label}': this platform does not know it`, {
      format: 'xml',
      offset: 0,
      feature: 'encodings',
      found: label,
      cause,
    });
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new FormatError('corrupt', `read XML in encoding '${label}': the bytes are not of it`, {
      format: 'xml',
      offset: 0,
      cause,
    });
  }
}

/** The platform's decoder of this name is that of windows-1252. */
function latin1Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

const CHUNK = 4096;
const encoder = new TextEncoder();

function charactersBefore(bytes: Uint8Array, at: number): number {
  let count = 0;
  for (let i = 0; i < at; i++) if ((bytes[i]! & 0xc0) !== 0x80) count++;
  return count;
}

function fault(bytes: Uint8Array, at: number, offset: number | undefined, state: string): FormatError {
  const { line, column } = placeOf(bytes, at);
  return new FormatError('corrupt', `read XML at line ${line}, column ${column}: ${state}`, {
    format: 'xml',
    offset,
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
