import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { consistency, widthsOf } from './dialect/detect-delimiter.js';
import { CR, type Dialect, dialectOf, LF } from './dialect/dialect.js';
import { encodingOf } from './dialect/encoding.js';

const NAMES: Readonly<Record<number, string>> = { 44: 'commas', 59: 'semicolons', 9: 'tabs', 124: 'bars' };
/** Lines of prose and of lists in YAML: what other formats read. */
const YAML_LINE = /^\s*(?:- |-$|[\w"'.-]+:(?: |$))/;
const MARKUP = /^\s*(?:[{[<|]|---|%YAML|#!)/;

/**
 * Text with the same number of delimiters in each line. Nothing in CSV says that it is CSV, so what begins as
 * JSON, XML, YAML or Markdown, or reads like prose, is left to others.
 */
export function probe({ head, size, name }: ProbeInput): ProbeResult | undefined {
  const named = name !== undefined && /\.(csv|tsv)$/i.test(name);
  const text = textOf(head, size);
  if (text === undefined || text.trim() === '') return undefined;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '');
  if (MARKUP.test(text) || looksLikeYaml(lines)) return undefined;
  const bytes = new TextEncoder().encode(text);
  const whole = size !== undefined && size <= head.length;
  for (const delimiter of Object.keys(NAMES).map(Number)) {
    const dialect: Dialect = dialectOf({}, delimiter);
    const widths = widthsOf(bytes, dialect, whole);
    if (widths.length < 1 || consistency(widths) < 1) continue;
    if (!named && isProse(lines, String.fromCharCode(delimiter))) continue;
    const what = `${widths[0]} cells between ${NAMES[delimiter]} in each of ${widths.length} lines`;
    if (widths.length >= 2) return { score: 0.5, why: what };
    return { score: named ? 0.3 : 0.15, why: what };
  }
  if (lines.length >= 2 && lines.every((line) => /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(line))) {
    return { score: 0.2, why: 'one number in each line' };
  }
  return named ? { score: 0.1, why: 'text in a file of this name' } : undefined;
}

function textOf(head: Uint8Array, size: number | undefined): string | undefined {
  const { encoding, mark } = encodingOf(head, undefined);
  if (encoding === 'utf-8') {
    for (const byte of head) if (byte < 0x20 && byte !== LF && byte !== CR && byte !== 0x09) return undefined;
  }
  const cut = size === undefined || size > head.length;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(head.subarray(mark), { stream: cut });
  } catch {
    return new TextDecoder('windows-1252').decode(head);
  }
}

function looksLikeYaml(lines: readonly string[]): boolean {
  return lines.filter((line) => YAML_LINE.test(line)).length * 2 > lines.length;
}

/** Words after the delimiter as in a sentence, or nothing behind it as in program text. */
function isProse(lines: readonly string[], delimiter: string): boolean {
  if (lines.every((line) => line.trimEnd().endsWith(delimiter) && line.split(delimiter).length === 2))
    return true;
  const sentence = new RegExp(
    `\\p{L}+ \\p{L}+[^${delimiter === '|' ? '\\|' : delimiter}]*${delimiter === '|' ? '\\|' : delimiter} \\p{Ll}+ \\p{L}+`,
    'u',
  );
  return lines.filter((line) => sentence.test(line)).length * 2 > lines.length;
}
