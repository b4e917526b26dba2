import { describe, expect, test } from 'vitest';
import { FormatError, formatErrorLine, isFormatError, lossLine, withDetails } from '../src/index.js';

describe('FormatError', () => {
  test('is recognised by its mark, also from another copy of the package', () => {
    const foreign = { [Symbol.for('formatlab.error')]: true };
    expect(isFormatError(new FormatError('io', 'x'))).toBe(true);
    expect(isFormatError(foreign)).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'io', { code: 'io' }])
      expect(isFormatError(other)).toBe(false);
  });

  test('fills in only what is missing, and keeps stack and cause', () => {
    const cause = new Error('disk');
    const error = new FormatError('corrupt', 'read: cut', { path: '/a', cause });
    const filled = withDetails(error, { format: 'npy', path: 'file.npy' });
    expect(filled).toMatchObject({ code: 'corrupt', message: 'read: cut', format: 'npy', path: '/a', cause });
    expect(filled.stack).toBe(error.stack);
    expect(withDetails(filled, { format: 'csv' })).toBe(filled);
  });

  test('makes one line for a terminal, and says nothing twice', () => {
    const error = new FormatError('options', "set option 'x':\n  no such option", {
      format: 'csv',
      path: 'a.csv',
      offset: 4,
      supported: ['y', 'z'],
    });
    expect(formatErrorLine(error)).toBe(
      "csv: set option 'x': no such option (in 'a.csv'; at byte 4; accepted: y, z)",
    );
    expect(formatErrorLine(new FormatError('io', "read 'a': gone", { path: 'a' }))).toBe("read 'a': gone");
  });

  test('lossLine says what becomes what', () => {
    expect(lossLine({ path: '/a', kind: 'precision', from: 'int64', to: 'float64', count: 1 })).toBe(
      '/a: int64 becomes float64 (precision, 1 value)',
    );
    expect(lossLine({ path: '', kind: 'null', from: 'null', to: "''" })).toBe(
      "the root: null becomes '' (null)",
    );
  });
});
