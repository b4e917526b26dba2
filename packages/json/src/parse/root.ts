import { newRecord, type Value } from '@formatlab/core';
import type { Rules } from '../options.js';
import { CLOSE_RECORD, COMMA, OPEN_LIST, OPEN_RECORD } from './ascii.js';
import { readNumberArray } from './number-lists.js';
import type { JsonParser } from './parser.js';
import { readTable } from './tables.js';

/** The document's value: arrays and tables where the rules see them, and lists and records elsewhere. */
export function readRoot(parser: JsonParser, rules: Rules): Value {
  hookLists(parser, rules);
  const first = parser.peek();
  if (first === OPEN_LIST) return readList(parser, rules, hereOf(rules), 0) ?? parser.list(0);
  if (first === OPEN_RECORD) return readEntries(parser, rules) ?? parser.value(0);
  return parser.value(0);
}

/** Makes the parser see arrays and tables everywhere, where the rules say so. */
export function hookLists(parser: JsonParser, rules: Rules): void {
  const everywhere = { arrays: rules.arrays === 'always', tables: rules.tables === 'always' };
  if (everywhere.arrays || everywhere.tables)
    parser.listHook = (at, depth) => readList(at, rules, everywhere, depth);
}

/** What lists may become at a place. */
export interface Wanted {
  readonly arrays: boolean;
  readonly tables: boolean;
}

/** At the root, and where all members of the root are arrays or tables. */
export function hereOf(rules: Rules): Wanted {
  return { arrays: rules.arrays !== 'never', tables: rules.tables !== 'never' };
}

/** A list as array or table; undefined, with nothing read, where it is neither. */
function readList(parser: JsonParser, rules: Rules, wanted: Wanted, depth: number): Value | undefined {
  const { at } = parser;
  parser.at++;
  const first = parser.peek();
  parser.at = at;
  if (first === OPEN_RECORD) return wanted.tables ? readTable(parser, rules, depth) : undefined;
  return wanted.arrays ? readNumberArray(parser, depth === 0) : undefined;
}

/** A record all of whose members are arrays or tables; undefined, with nothing read, where one is not. */
function readEntries(parser: JsonParser, rules: Rules): Value | undefined {
  const start = parser.at;
  const { rounded } = parser;
  const entries = newRecord();
  parser.at++;
  const giveUp = (): undefined => {
    parser.at = start;
    parser.rounded = rounded;
  };
  if (parser.peek() === CLOSE_RECORD) return giveUp();
  for (;;) {
    const name = parser.key(undefined).text;
    // The parser proper reports what stands twice.
    if (Object.hasOwn(entries, name) || parser.peek() !== OPEN_LIST) return giveUp();
    const entry = readList(parser, rules, hereOf(rules), 1);
    if (entry === undefined) return giveUp();
    entries[name] = entry;
    const next = parser.peek();
    if (next === COMMA) parser.at++;
    else if (next === CLOSE_RECORD) break;
    else throw parser.error("',' or '}'");
  }
  parser.at++;
  return entries;
}
