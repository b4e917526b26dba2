import { ndarray, Pairs, Tagged, table } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { yaml } from '../src/index.js';

const samples = {
  'numbers by name': {
    a: ndarray(Float64Array.of(1, -0, 0.1, 1e300, 1e21, 1e-7, 123456789012345680000)),
    b: ndarray(BigInt64Array.of(1n, -(2n ** 63n))),
  },
  'strings that look like something else': [
    ...[
      'yes',
      'No',
      'on',
      'y',
      'null',
      '~',
      '',
      '1',
      '0x1f',
      '017',
      '1_000',
      '12:30:00',
      '1e5',
      '.5',
      '.inf',
    ],
    ...[
      '2024-02-29',
      '2024-02-29T01:02:03.123456789',
      '- a',
      'a: b',
      'a #b',
      ':',
      '<<',
      '=',
      '---',
      '...',
      '%YAML',
      '@x',
      '`',
      "it's",
      '"',
      '\\',
    ],
    ...[
      ' a',
      'a ',
      'a\nb',
      'a\n',
      '\na',
      'a\n\n',
      ' a\nb',
      'a\n b\n',
      'a\n \nb',
      '\t',
      '\u0000',
      '\u2028',
      '\ufeff',
      '🌍',
      '\ud800',
    ],
  ],
  'keys of all kinds': new Pairs([
    [1, 'one'],
    [null, 'nothing'],
    [true, 'yes'],
    ['a: b', [1, 'x', { deep: [] }]],
    [[1, 2], { '': {}, ' ': [[]], 'a\nb': 'c\nd' }],
    [{ a: 1 }, new Date(0)],
  ]),
  'a long key': { ['k'.repeat(3000)]: 1, [`${'x y: '.repeat(400)}`]: [{ a: 'b' }] },
  'lists in lists': [[[], [1]], [['a', ['b']], { c: [{ d: 'e' }] }], [[{}]]],
  'tags of YAML': [
    new Tagged('set', ['a', 1]),
    new Tagged('omap', new Pairs([['b', 1]])),
    new Tagged('timestamp', '2024-02-29T00:00:00.123456Z'),
    new Tagged('!local', 'x'),
    new Tagged('!local', [1, ['y']]),
    new Tagged('!map', { a: [] }),
  ],
  'a table of all kinds': table({
    x: [1.5, null, Number.NaN],
    name: ['a', 'b: c', null],
    when: [new Date(0), new Date(1.7e12), null],
    ok: [true, false, null],
  }),
};

const sequence = { documents: 'list' };
conformance(yaml, { runner: { describe, it }, samples, sequence });
conformance(yaml, { runner: { describe, it }, engine: 'typed', samples, sequence });
conformance(yaml, {
  runner: { describe, it },
  engine: 'js-yaml',
  small: { a: 1, b: 'text', c: { d: [true, null] } },
  skip: { 'entries: many': 'the entries of the kit are arrays, the engine holds trees' },
});
