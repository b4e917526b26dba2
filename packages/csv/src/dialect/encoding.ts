import { type Budget, FormatError } from '@formatlab/core';
import type { CsvOptions } from '../options.js';

/** A file's text as UTF-8 without byte order mark, and the way back to its own offsets. */
export interface Utf8Text {
  readonly bytes: Uint8Array;
  /** Offset in the file of a byte of `bytes`. */
  offsetInFile(offset: number): number;
}

type FileEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * The file as UTF-8: a view where it is that already. A byte order mark wins over the option.
 *
 * @throws FormatError `corrupt` for bytes that UTF-16 has no meaning for, `limit`
 */
export function toUtf8(bytes: Uint8Array, encoding: CsvOptions['encoding'], budget: Budget): Utf8Text {
  const found = encodingOf(bytes, encoding);
  const content = found.mark === 0 ? bytes : bytes.subarray(found.mark);
  if (found.encoding === 'utf-8') return { bytes: content, offsetInFile: (offset) => offset + found.mark };
  budget.takeBytes(content.length * 3, `text of ${content.length} bytes in ${found.encoding}`);
  const text = decodeWhole(content, found.encoding);
  const transcoded = new TextEncoder().encode(text);
  const unit = found.encoding === 'windows-1252' ? 1 : 2;
  // Only errors ask for offsets, so the way back is walked when it is needed.
  const offsetInFile = (offset: number): number =>
    found.mark + new TextDecoder().decode(transcoded.subarray(0, offset)).length * unit;
  return { bytes: transcoded, offsetInFile };
}

/** The encoding of a file that begins with `head`, and the length of its byte order mark. */
export function encodingOf(
  head: Uint8Array,
  encoding: CsvOptions['encoding'],
): { readonly encoding: FileEncoding; readonly mark: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  return { encoding: encoding === 'latin1' ? 'windows-1252' : (encoding ?? 'utf-8'), mark: 0 };
}

/**
 * UTF-8 in the encoding that the option asks for; UTF-16 begins with a byte order mark unless it is appended.
 *
 * @throws FormatError `unsupported` for characters that windows-1252 does not have
 */
export function fromUtf8(bytes: Uint8Array, encoding: CsvOptions['encoding'], mark = true): Uint8Array {
  if (encoding === 'utf-16le') {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    return utf16(mark ? `\ufeff${text}` : text);
  }
  if (encoding === 'latin1') return windows1252(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  return bytes;
}

function decodeWhole(content: Uint8Array, encoding: FileEncoding): string {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
    // Node 20 decodes windows-1252 as if it were ISO 8859-1.
    return encoding === 'windows-1252'
      ? text.replace(/[\x80-\x9f]/g, (c1) => C1[c1.charCodeAt(0) - 0x80]!)
      : text;
  } catch (cause) {
    throw new FormatError('corrupt', `read text in ${encoding}: holds bytes that are no characters`, {
      format: 'csv',
      cause,
    });
  }
}

function utf16(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    out[2 * i] = unit & 0xff;
    out[2 * i + 1] = unit >>> 8;
  }
  return out;
}

// WHATWG's index of windows-1252: 0x80 … 0x9f are these, all other bytes are their own code points.
const C1 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

function windows1252(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const special = C1.indexOf(text[i]!);
    if (special >= 0) out[i] = 0x80 + special;
    else if (unit < 0x80 || (unit >= 0xa0 && unit <= 0xff)) out[i] = unit;
    else {
      throw new FormatError(
        'unsupported',
        `write '${String.fromCodePoint(text.codePointAt(i)!)}' in latin1: the encoding does not have it`,
        {
          format: 'csv',
          feature: 'encoding latin1',
          supported: ['utf-8', 'utf-16le'],
        },
      );
    }
  }
  return out;
}
