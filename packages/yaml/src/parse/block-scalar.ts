import { BLANK, END, GREATER, HASH, isDigit, LINE_FEED, MINUS, PLUS, TAB, ZERO } from './chars.js';
import { type Cursor, isBlank, isEnd, isMarker } from './cursor.js';

/**
 * The text of a literal (`|`) or folded (`>`) scalar whose indicator stands at the cursor (YAML 1.2.2, section 8.1).
 *
 * @param parent the column of the collection around it, -1 for none
 */
export function blockScalarText(cursor: Cursor, parent: number): string {
  const folded = cursor.code() === GREATER;
  const { chomp, indicated } = readHeader(cursor);
  if (cursor.atEnd && cursor.at !== cursor.lineStart) return '';
  const least = parent + 1;
  const indent = indicated === 0 ? detectIndent(cursor, least) : Math.max(parent, 0) + indicated;
  const { text, breaks } = readLines(cursor, indent, folded, least);
  if (chomp === MINUS) return text;
  if (chomp === PLUS) return text + '\n'.repeat(breaks);
  return text === '' ? '' : `${text}\n`;
}

function readHeader(cursor: Cursor): { chomp: number; indicated: number } {
  let chomp = 0;
  let indicated = 0;
  cursor.at++;
  for (;;) {
    const code = cursor.code();
    if ((code === MINUS || code === PLUS) && chomp === 0) chomp = code;
    else if (isDigit(code) && code !== ZERO && indicated === 0) indicated = code - ZERO;
    else break;
    cursor.at++;
  }
  const behind = cursor.at;
  cursor.skipInline();
  if (cursor.code() === HASH && cursor.at > behind) {
    while (!isEnd(cursor.code())) cursor.at++;
  }
  if (!isEnd(cursor.code())) throw cursor.error('the text of a block scalar begins on the next line');
  nextLine(cursor);
  return { chomp, indicated };
}

function nextLine(cursor: Cursor): void {
  if (cursor.code() !== LINE_FEED) return;
  cursor.at++;
  cursor.lineStart = cursor.at;
}

/** The indentation of the first line that is not empty; nothing is read. */
function detectIndent(cursor: Cursor, least: number): number {
  const { text } = cursor;
  let at = cursor.at;
  let widest = 0;
  let widestAt = at;
  for (;;) {
    const start = at;
    while (text.charCodeAt(at) === BLANK) at++;
    const indent = at - start;
    const code = text.charCodeAt(at);
    if (code === LINE_FEED) {
      if (indent > widest) {
        widest = indent;
        widestAt = at;
      }
      at++;
      continue;
    }
    if (code === END) return Math.max(least, widest, indent);
    if (indent < least) return Math.max(least, widest);
    if (widest > indent)
      throw cursor.error('an empty line is indented more than the text behind it', widestAt);
    return indent;
  }
}

/** Lines of the content, and how many line breaks stand behind it. */
function readLines(
  cursor: Cursor,
  indent: number,
  folded: boolean,
  least: number,
): { text: string; breaks: number } {
  const { text } = cursor;
  let out = '';
  /** Line breaks since the last line with text. */
  let breaks = 0;
  let started = false;
  let wasMore = false;
  for (;;) {
    const { lineStart } = cursor;
    let at = lineStart;
    const limit = lineStart + indent;
    while (at < limit && text.charCodeAt(at) === BLANK) at++;
    const code = text.charCodeAt(at);
    if (code === END && at >= text.length - 1) {
      // A last line of blanks alone ends at the end of the text as others at their break.
      if (at > lineStart && !started) breaks++;
      cursor.at = at;
      break;
    }
    if (code === LINE_FEED) {
      breaks++;
      cursor.at = at;
      nextLine(cursor);
      continue;
    }
    if (at < limit || isMarkerAt(cursor, lineStart, indent)) {
      cursor.at = lineStart;
      checkTab(cursor, at, least);
      break;
    }
    const more = code === BLANK || code === TAB;
    if (!folded) out += '\n'.repeat(breaks);
    else if (!started || more || wasMore) out += '\n'.repeat(breaks);
    else out += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
    let end = text.indexOf('\n', at);
    const last = end < 0;
    if (last) end = text.length - 1;
    out += text.slice(at, end);
    started = true;
    wasMore = more;
    cursor.at = end;
    breaks = 1;
    if (last) break;
    nextLine(cursor);
  }
  cursor.firstAt = -1;
  return { text: out, breaks };
}

function isMarkerAt(cursor: Cursor, lineStart: number, indent: number): boolean {
  return indent === 0 && isMarker(cursor.text, lineStart);
}

/** A tab does not indent: a line that begins with one ends the scalar, and is no empty line either. */
function checkTab(cursor: Cursor, at: number, least: number): void {
  const { text, lineStart } = cursor;
  if (text.charCodeAt(at) !== TAB || at - lineStart >= least + 1) return;
  while (isBlank(text.charCodeAt(at))) at++;
  if (isEnd(text.charCodeAt(at))) throw cursor.error('a tab does not indent', lineStart);
}
