import { AMPERSAND, BANG, isFlowIndicator, isSpace } from './chars.js';
import type { Cursor } from './cursor.js';

/** What stands before a node: its anchor and its tag (YAML 1.2.2, section 6.9). */
export interface Properties {
  readonly anchor: string | undefined;
  /** The whole tag: `tag:yaml.org,2002:int`, `!local`; `!` alone asks for no resolution. */
  readonly tag: string | undefined;
}

export const CORE_PREFIX = 'tag:yaml.org,2002:';

const TAG_CHARACTER = /^(?:[\w\-;/?:@&=+$.~*'()#]|%[0-9a-fA-F]{2})*$/;
const URI = /^(?:[\w\-;/?:@&=+$,.!~*'()[\]#]|%[0-9a-fA-F]{2})+$/;

/** Reads anchor and tag in any order, as far as they stand in this line. */
export function readProperties(
  cursor: Cursor,
  handles: ReadonlyMap<string, string>,
  flow: boolean,
): Properties {
  let anchor: string | undefined;
  let tag: string | undefined;
  for (;;) {
    const code = cursor.code();
    if (code === AMPERSAND) {
      if (anchor !== undefined) throw cursor.error('a node has one anchor');
      anchor = readName(cursor);
    } else if (code === BANG) {
      if (tag !== undefined) throw cursor.error('a node has one tag');
      tag = readTag(cursor, handles);
    } else return { anchor, tag };
    if (!isSpace(cursor.code()) && !(flow && isFlowIndicator(cursor.code())))
      throw cursor.error('a blank is needed behind an anchor or tag');
    cursor.skipInline();
  }
}

export function mergeProperties(
  cursor: Cursor,
  outer: Properties | undefined,
  inner: Properties | undefined,
): Properties | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  if (outer.anchor !== undefined && inner.anchor !== undefined) throw cursor.error('a node has one anchor');
  if (outer.tag !== undefined && inner.tag !== undefined) throw cursor.error('a node has one tag');
  return { anchor: outer.anchor ?? inner.anchor, tag: outer.tag ?? inner.tag };
}

/** The name behind `&` or `*`. */
export function readName(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at + 1;
  let at = start;
  while (!isSpace(text.charCodeAt(at)) && !isFlowIndicator(text.charCodeAt(at))) at++;
  if (at === start) throw cursor.error('an anchor or alias needs a name');
  cursor.at = at;
  return text.slice(start, at);
}

function readTag(cursor: Cursor, handles: ReadonlyMap<string, string>): string {
  const { text } = cursor;
  const start = cursor.at;
  if (text[start + 1] === '<') {
    const end = text.indexOf('>', start);
    const uri = text.slice(start + 2, end);
    if (end < 0 || !URI.test(uri) || uri === '!') throw cursor.error('a verbatim tag is no URI');
    cursor.at = end + 1;
    return unescapeUri(cursor, uri);
  }
  let at = start + 1;
  while (!isSpace(text.charCodeAt(at)) && !isFlowIndicator(text.charCodeAt(at))) at++;
  const whole = text.slice(start, at);
  const bang = whole.lastIndexOf('!');
  const handle = whole.slice(0, bang + 1);
  const suffix = whole.slice(bang + 1);
  if (!TAG_CHARACTER.test(suffix) || !/^!(?:[\w-]*!)?$/.test(handle)) throw cursor.error('this is no tag');
  if (handle === '!' && suffix === '') {
    cursor.at = at;
    return '!';
  }
  const prefix = handles.get(handle);
  if (prefix === undefined) throw cursor.error(`no directive declares the tag handle '${handle}'`);
  if (suffix === '') throw cursor.error('a tag needs a name behind its handle');
  const tag = prefix + unescapeUri(cursor, suffix);
  cursor.at = at;
  return tag;
}

function unescapeUri(cursor: Cursor, uri: string): string {
  if (!uri.includes('%')) return uri;
  try {
    return decodeURIComponent(uri);
  } catch {
    throw cursor.error('the escapes of a tag are not UTF-8');
  }
}
