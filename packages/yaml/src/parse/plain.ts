import {
  BLANK,
  COLON,
  COMMA,
  END,
  HASH,
  isFlowIndicator,
  isIndicator,
  isSpace,
  LINE_FEED,
  MINUS,
  QUESTION,
  STOPS,
  TAB,
} from './chars.js';
import { type Cursor, isBlank, isMarker } from './cursor.js';

/**
 * Passes over the part of a plain scalar in this line and returns where its text ends; the cursor stands behind
 * the blanks that follow (YAML 1.2.2, section 7.3.3).
 */
export function plainLine(cursor: Cursor, flow: boolean): number {
  const { text } = cursor;
  const most = flow ? 2 : 1;
  let at = cursor.at;
  let end = at;
  for (;;) {
    const code = text.charCodeAt(at);
    const stop = code < 128 ? STOPS[code]! : 0;
    if (stop === 0 || stop > most) {
      end = ++at;
      continue;
    }
    if (code === BLANK || code === TAB) at++;
    else if (code === COLON) {
      const next = text.charCodeAt(at + 1);
      if (isSpace(next) || (flow && isFlowIndicator(next))) break;
      end = ++at;
    } else if (code === HASH) {
      if (isBlank(text.charCodeAt(at - 1))) break;
      end = ++at;
    } else break;
  }
  cursor.at = at;
  return end;
}

/** @throws FormatError where no plain scalar may begin */
export function checkPlainStart(cursor: Cursor, flow: boolean): void {
  const code = cursor.code();
  if (!isIndicator(code)) return;
  if (code === MINUS || code === QUESTION || code === COLON) {
    const next = cursor.next();
    if (!isSpace(next) && !(flow && isFlowIndicator(next))) return;
    throw cursor.error(
      code === MINUS ? 'an item of a list is not allowed here' : 'a member of a map is not allowed here',
    );
  }
  if (code === HASH) throw cursor.error('a comment has to be separated by a blank');
  if (code === COMMA || isFlowIndicator(code)) throw cursor.error('does not belong here');
  throw cursor.error('no plain text begins with this; quote it');
}

/**
 * The text of a plain scalar of which the first line, from `start` to `end`, was passed over, with the lines that
 * follow folded into it. Lines go on while they are indented by `least` blanks.
 */
export function plainText(cursor: Cursor, start: number, end: number, least: number, flow: boolean): string {
  const { text } = cursor;
  let folded = text.slice(start, end);
  while (text.charCodeAt(cursor.at) === LINE_FEED) {
    let lineStart = cursor.at + 1;
    let breaks = 1;
    let at = lineStart;
    let indent = 0;
    for (;;) {
      at = lineStart;
      while (text.charCodeAt(at) === BLANK) at++;
      indent = at - lineStart;
      while (isBlank(text.charCodeAt(at))) at++;
      if (text.charCodeAt(at) !== LINE_FEED) break;
      lineStart = at + 1;
      breaks++;
    }
    const code = text.charCodeAt(at);
    if (code === END || code === HASH || indent < least || isMarker(text, lineStart)) return folded;
    const before = { at: cursor.at, lineStart: cursor.lineStart };
    cursor.at = at;
    cursor.lineStart = lineStart;
    const behind = plainLine(cursor, flow);
    if (behind === at) {
      cursor.at = before.at;
      cursor.lineStart = before.lineStart;
      return folded;
    }
    folded += (breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)) + text.slice(at, behind);
  }
  return folded;
}
