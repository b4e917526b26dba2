import { HASH, PERCENT } from './chars.js';
import { type Cursor, isBlank, isEnd } from './cursor.js';
import { CORE_PREFIX } from './properties.js';

/** What the directives before a document say (YAML 1.2.2, section 6.8). */
export interface Directives {
  version: '1.1' | '1.2' | undefined;
  readonly handles: Map<string, string>;
}

export function defaultDirectives(): Directives {
  return {
    version: undefined,
    handles: new Map([
      ['!', '!'],
      ['!!', CORE_PREFIX],
    ]),
  };
}

/** Reads the directives at the cursor and returns how many there were. */
export function readDirectives(cursor: Cursor, directives: Directives): number {
  let count = 0;
  const seen = new Set<string>();
  for (;;) {
    cursor.skip();
    if (cursor.code() !== PERCENT || cursor.column !== 0) return count;
    readDirective(cursor, directives, seen);
    count++;
  }
}

function readDirective(cursor: Cursor, directives: Directives, seen: Set<string>): void {
  const { text } = cursor;
  const start = cursor.at;
  const words: string[] = [];
  cursor.at++;
  while (!isEnd(cursor.code())) {
    cursor.skipInline();
    if (cursor.code() === HASH && isBlank(text.charCodeAt(cursor.at - 1))) {
      while (!isEnd(cursor.code())) cursor.at++;
      break;
    }
    const from = cursor.at;
    while (!isEnd(cursor.code()) && !isBlank(cursor.code())) cursor.at++;
    if (cursor.at > from) words.push(text.slice(from, cursor.at));
  }
  const [name, ...rest] = words;
  if (name === 'YAML') {
    if (seen.has('YAML')) throw cursor.error('the version stands twice', start);
    seen.add('YAML');
    const version = /^(\d+)\.(\d+)$/.exec(rest[0] ?? '');
    if (rest.length !== 1 || version === null)
      throw cursor.error('a version is two numbers with a dot', start);
    if (version[1] !== '1') throw cursor.error('only versions 1.1 and 1.2 are known', start);
    directives.version = version[2] === '0' || version[2] === '1' ? '1.1' : '1.2';
  } else if (name === 'TAG') {
    const [handle = '', prefix = ''] = rest;
    if (rest.length !== 2 || !/^!(?:[\w-]*!)?$/.test(handle))
      throw cursor.error('this is no tag directive', start);
    if (seen.has(handle)) throw cursor.error(`the tag handle '${handle}' is declared twice`, start);
    seen.add(handle);
    directives.handles.set(handle, prefix);
  }
  // Others are reserved, and to be ignored.
}
