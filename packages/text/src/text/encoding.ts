import { type Budget, FormatError } from '@formatlab/core';
import type { TextOptions } from '../options.js';

/** A file's text as UTF-8 without byte order mark, and the way back to its own offsets. */
export interface Utf8Text {
  readonly bytes: Uint8Array;
  /** Offset in the file of a byte of `bytes`. */
  offsetInFile(offset: number): number;
}

type FileEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1';

/**
 * The file as UTF-8: a view where it is that already, whether valid or not. A byte order mark wins over the option.
 *
 * @throws FormatError `corrupt` for bytes that UTF-16 has no meaning for, `limit`
 */
export function toUtf8(bytes: Uint8Array, option: TextOptions['encoding'], budget: Budget): Utf8Text {
  const { encoding, mark } = encodingOf(bytes, option);
  const content = mark === 0 ? bytes : bytes.subarray(mark);
  if (encoding === 'utf-8') return { bytes: content, offsetInFile: (offset) => offset + mark };
  budget.takeBytes(content.length * 3, `text of ${content.length} bytes in ${encoding}`);
  const text = encoding === 'latin1' ? latin1Text(content) : utf16Text(content, encoding, mark);
  const transcoded = new TextEncoder().encode(text);
  const unit = encoding === 'latin1' ? 1 : 2;
  // Only errors ask for offsets, so the way back is walked when it is needed.
  const offsetInFile = (offset: number): number =>
    mark + new TextDecoder().decode(transcoded.subarray(0, offset)).length * unit;
  return { bytes: transcoded, offsetInFile };
}

/** The encoding of a file that begins with `head`, and the length of its byte order mark. */
export function encodingOf(
  head: Uint8Array,
  option: TextOptions['encoding'],
): { readonly encoding: FileEncoding; readonly mark: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  return { encoding: option ?? 'utf-8', mark: 0 };
}

/**
 * Text in the encoding that the option asks for; UTF-16 begins with a byte order mark where `mark` is set, UTF-8
 * only where the text begins with one of its own, which reading would take for the file's.
 *
 * @throws FormatError `unsupported` for characters that the encoding does not have
 */
export function bytesOfText(text: string, option: TextOptions['encoding'], mark: boolean): Uint8Array {
  if (/\p{Surrogate}/u.test(text))
    throw new FormatError('unsupported', 'write text: half a surrogate pair is no character', {
      format: 'text',
      feature: 'lone surrogates',
    });
  const marked = mark && (option === 'utf-16le' || text.startsWith('\ufeff')) ? `\ufeff${text}` : text;
  if (option === 'utf-16le') return utf16Bytes(marked);
  if (option !== 'latin1') return new TextEncoder().encode(marked);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0xff)
      throw new FormatError(
        'unsupported',
        `write '${String.fromCodePoint(text.codePointAt(i)!)}' in latin1: the encoding does not have it`,
        { format: 'text', feature: 'encoding latin1', supported: ['utf-8', 'utf-16le'] },
      );
    out[i] = unit;
  }
  return out;
}

/** ISO 8859-1, as Python's `latin1`: not windows-1252, which browsers take the name for. */
function latin1Text(content: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < content.length; at += 8192)
    pieces.push(String.fromCharCode(...content.subarray(at, at + 8192)));
  return pieces.join('');
}

function utf16Text(content: Uint8Array, encoding: 'utf-16le' | 'utf-16be', mark: number): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new FormatError('corrupt', `read text in ${encoding}: holds bytes that are no characters`, {
      format: 'text',
      offset: mark,
      cause,
    });
  }
}

function utf16Bytes(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    out[2 * i] = unit & 0xff;
    out[2 * i + 1] = unit >>> 8;
  }
  return out;
}
