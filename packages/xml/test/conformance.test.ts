import { ndarray, Tagged, table, withAttributes } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { xml } from '../src/index.js';

conformance(xml, {
  runner: { describe, it },
  samples: {
    'names that are no tags': { 'a b': 1, entry: 2, '': 3, xmlFoo: 4, 'a:b': 5, 'a\u0000': 6, '\\': 7 },
    'columns whose names are no tags': table({
      'a b': ['x', '\u0000'],
      c1: ['', ' '],
      '1': new Float64Array([1, -0]),
    }),
    'attributes in attributes': withAttributes(
      { x: withAttributes(ndarray(Float64Array.of(1)), { unit: 'K' }) },
      { note: '<&>' },
    ),
    'a tagged value with attributes': new Tagged('a "tag"', ['x'], { y: 1n }),
  },
});
conformance(xml, {
  runner: { describe, it },
  engine: 'fast-xml-parser',
  small: { a: 'text', b: 'more', c: { d: 'deep' } },
  skip: { 'entries: many': 'the entries of the kit are arrays, the engine holds text by name' },
});
