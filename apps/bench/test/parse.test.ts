import type { Format } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import {
  parseChoices,
  parseCompressions,
  parseCount,
  parseList,
  parseOptions,
  parseSeconds,
  parseSize,
} from '../src/commands/parse.js';
import { UsageError } from '../src/commands/usage-error.js';
import type { LoadedFormat } from '../src/formats.js';

const loaded = [
  {
    module: '@formatlab/a',
    format: { id: 'a', options: { level: { type: 'integer' }, fast: { type: 'boolean' } } },
  },
  { module: '@formatlab/b', format: { id: 'b', options: {}, defaultEngine: 'one', engines: { two: {} } } },
  // What parsing looks at of a format.
] as unknown as LoadedFormat[] satisfies { format: Format }[];

describe('parsing options', () => {
  it('reads sizes with x or ×', () => {
    expect(parseSize('1000x20')).toEqual({ rows: 1000, columns: 20 });
    expect(parseSize('3 × 4')).toEqual({ rows: 3, columns: 4 });
  });

  it.each(['', '10', '10x', '0x5', '-1x5', '1e3x5', 'axb', '99999999999999999999x1'])(
    'refuses the size %j',
    (text) => {
      expect(() => parseSize(text)).toThrow(UsageError);
    },
  );

  it('reads counts and seconds, and refuses what is none', () => {
    expect(parseCount('--count', '12')).toBe(12);
    expect(parseSeconds('--timeout', '0.5')).toBe(0.5);
    for (const text of ['0', '-1', '1.5', '1e3', '', 'many'])
      expect(() => parseCount('--count', text)).toThrow(UsageError);
    for (const text of ['0', '-1', '', 'soon', 'Infinity'])
      expect(() => parseSeconds('--timeout', text)).toThrow(UsageError);
  });

  it('reads lists with commas or spaces, each name once', () => {
    expect(parseList('--x', 'a, b a', ['a', 'b', 'c'])).toEqual(['a', 'b']);
    expect(parseCompressions('none,zstd')).toEqual(['none', 'zstd']);
    expect(() => parseCompressions('lzma')).toThrow(/'lzma': there are none, gzip, brotli, zstd/);
    expect(() => parseList('--x', ' , ', ['a'])).toThrow(UsageError);
  });

  it('takes a format for all its engines', () => {
    const labels = (text: string | undefined): string[] =>
      parseChoices(text, loaded, []).map(({ format, engine }) => `${format}:${engine}`);
    expect(labels(undefined)).toEqual(['a:null', 'b:one']);
    expect(labels('b')).toEqual(['b:one', 'b:two']);
    expect(labels('b:two')).toEqual(['b:two']);
    expect(() => labels('c')).toThrow(/there are a, b, b:one, b:two/);
  });

  it('reads options of formats as their types', () => {
    expect(parseOptions(['a.level=3', 'a.fast=true'], loaded).get('a')).toEqual({ level: 3, fast: true });
    for (const text of ['level=3', 'a.level', 'c.level=3', 'a.constructor=3', 'a.slow=1']) {
      expect(() => parseOptions([text], loaded)).toThrow(UsageError);
    }
  });
});
