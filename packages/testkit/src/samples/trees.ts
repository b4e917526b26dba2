import { newRecord, Pairs, Tagged, type Value } from '@formatlab/core';
import { record } from './elements.js';
import { ODD_NAMES } from './tables.js';

export interface TreeSample {
  readonly what: string;
  readonly value: Value;
  /** Whether a tree format may refuse it. */
  readonly refusable: boolean;
}

/** What every tree format holds, in its own way or with a reported loss. */
export function treeSamples(): readonly TreeSample[] {
  const must = (what: string, value: Value): TreeSample => ({ what, value, refusable: false });
  const may = (what: string, value: Value): TreeSample => ({ what, value, refusable: true });
  return [
    must('strings', ['a', 'ÄÖÜ', '日本語', '😀']),
    must('a string', 'text'),
    must('a number', 1.5),
    must('true', true),
    must('false', false),
    must('numbers', [
      0,
      1,
      -1,
      0.1,
      1e21,
      1e-7,
      5e-324,
      Number.MAX_VALUE,
      Number.MAX_SAFE_INTEGER,
      2 ** 31,
      -(2 ** 31) - 1,
      2 ** 32,
    ]),
    must('a record in a record', record({ a: record({ b: record({ c: 'deep' }) }) })),
    may('null', null),
    may('negative zero', [-0]),
    may('NaN and infinities', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
    may('strings without text or with blanks', ['', ' ', ' a ', 'a\nb', 'a\r\nb', '\t']),
    may('strings that look like something else', [
      '007',
      '1e5',
      'NaN',
      'null',
      '~',
      'true',
      'yes',
      '2024-01-01',
      '0x10',
      '1_000',
      '=1',
      '- a',
      'a: b',
      '#',
      '&a',
      '*a',
      '!a',
      '%',
      '@',
      '`',
      '|',
      '>',
      '<a/>',
      '&amp;',
      ']]>',
      "'",
      '"',
      '\\',
    ]),
    may('strings with control characters', [
      'a\0b',
      '\u0001',
      '\u001f',
      '\u007f',
      '\u0085',
      '\u2028',
      '\ufeff',
      '\uffff',
    ]),
    may('mixed lists', [null, true, 1.5, 'x', [1, [2, []]], record({})]),
    may('lists in lists', [[1, 2], [3], [], [[4]]]),
    may('an empty list', []),
    may('an empty record', record({})),
    may('a list of records', [record({ a: 1, b: 'x' }), record({ a: 2 })]),
    may('a list of one', ['only']),
    may('bigints', [
      0n,
      1n,
      -1n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 64n - 1n,
      2n ** 100n,
      -(2n ** 100n),
    ]),
    may('dates', [new Date(0), new Date('2024-02-29T12:34:56.789Z'), new Date(-1), new Date(8.64e15)]),
    may('an invalid date', new Date(Number.NaN)),
    may('bytes', [
      new Uint8Array(0),
      Uint8Array.of(0, 1, 127, 128, 255),
      Uint8Array.from({ length: 256 }, (_, i) => i),
    ]),
    may('a tagged value', new Tagged('tuple', [1, 'a'])),
    may(
      'pairs',
      new Pairs([
        [1, 'one'],
        ['2', 'two'],
        [[3], null],
      ]),
    ),
  ];
}

/** Records whose names programs trip over; alone, and with a record behind them. */
export function oddRecords(): readonly TreeSample[] {
  return ODD_NAMES.flatMap((name) => [
    { what: `a member named ${JSON.stringify(name)}`, value: named(name, 'text'), refusable: true },
    {
      what: `a record named ${JSON.stringify(name)}`,
      value: named(name, named('polluted', true)),
      refusable: true,
    },
  ]);
}

export function named(name: string, value: Value): Value {
  const made = newRecord();
  made[name] = value;
  return made;
}

/** Lists in lists, `depth` deep. */
export function deepList(depth: number): Value {
  let value: Value = 'bottom';
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}
