import { describe, expect, test } from 'vitest';
import { parseSelection, parseSelector, resolveSelection, shapeOfSpans } from '../src/index.js';

describe('parseSelection', () => {
  test('reads indices, ranges and steps, with blanks', () => {
    expect(parseSelection('0:10, :, -1')).toEqual([{ start: 0, stop: 10 }, {}, -1]);
    expect(parseSelection(' ::2 , 1: , :-3')).toEqual([{ step: 2 }, { start: 1 }, { stop: -3 }]);
    expect(parseSelection('')).toEqual([]);
  });

  test.each(['a', '1:2:3:4', '1..2', '1.5', '0x1', ',', '1,', '--1'])('refuses %s', (text) => {
    expect(() => parseSelection(text)).toThrow(expect.objectContaining({ code: 'bad-selection' }));
  });
});

describe('resolveSelection', () => {
  test('clamps ranges as Python does, and counts from the end', () => {
    expect(resolveSelection('-3:99', [10])).toEqual([{ start: 7, count: 3, step: 1, drop: false }]);
    expect(resolveSelection('5:2', [10])[0]!.count).toBe(0);
    expect(resolveSelection('::3', [10])[0]!.count).toBe(4);
    expect(resolveSelection('-99:', [10])[0]!.start).toBe(0);
    expect(shapeOfSpans(resolveSelection('0,:', [3, 4, 5]))).toEqual([4, 5]);
  });

  test.each([
    ['10', [10]],
    ['-11', [10]],
    ['0', [0]],
    ['::0', [3]],
    ['::-1', [3]],
    ['0,0', [3]],
  ])('refuses %s of %j', (text, shape) => {
    expect(() => resolveSelection(text, shape)).toThrow(expect.objectContaining({ code: 'bad-selection' }));
  });

  test('refuses numbers that are no whole numbers', () => {
    for (const item of [1.5, Number.NaN, { start: 0.5 }, { step: 1.5 }, { stop: Number.NaN }]) {
      expect(() => resolveSelection([item], [10])).toThrow(
        expect.objectContaining({ code: 'bad-selection' }),
      );
    }
  });
});

describe('parseSelector', () => {
  test('splits file, path, slice and columns', () => {
    expect(parseSelector('a.h5#/run3/temps[0:10,:]')).toEqual({
      file: 'a.h5',
      path: '/run3/temps',
      slice: '0:10,:',
      columns: undefined,
    });
    expect(parseSelector('a.parquet#[5:]{city, people}')).toEqual({
      file: 'a.parquet',
      path: '',
      slice: '5:',
      columns: ['city', 'people'],
    });
    expect(parseSelector('https://x.org/a.h5?v=1#/t').file).toBe('https://x.org/a.h5?v=1');
    expect(parseSelector('a.h5#/').path).toBe('');
  });

  test('takes a # that starts no selector as part of the name', () => {
    for (const name of ['run #3.json', 'a#b', 'a.json#', 'plain.csv'])
      expect(parseSelector(name).file).toBe(name);
  });
});
