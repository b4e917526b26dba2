import { bytesSink, createLab, firstDifference, type NDArray, ndarray } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeText, text } from '../src/index.js';

const lab = createLab([text]);
const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);
const read = (content: string, options = {}): NDArray => decodeText(bytesOf(content), options);
const written = (array: NDArray, options = {}): string =>
  new TextDecoder().decode(encodeText(array, options));

describe('types', () => {
  it('are those of the whole file', () => {
    expect(read('1 2\n3 4').dtype).toBe('int64');
    expect(read('1 2\n3 4.0').dtype).toBe('float64');
    expect(read('1 2\n3 4j').dtype).toBe('complex128');
    expect(read('1 nan').dtype).toBe('float64');
    expect(read('0 -0').dtype).toBe('float64');
  });

  it('change no value: integers up to int64 are exact, larger ones are rounded with a loss', async () => {
    expect(read('9223372036854775807 -9223372036854775808').data).toEqual(
      BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)),
    );
    const wide = await lab.decode(bytesOf('9223372036854775809'), { format: 'text' });
    expect((wide as NDArray).dtype).toBe('float64');
    await expect(
      lab.decode(bytesOf('9223372036854775809'), { format: 'text', strict: true }),
    ).rejects.toMatchObject({ code: 'lossy' });
    await expect(
      lab.decode(bytesOf('9007199254740993 0.5'), { format: 'text', strict: true }),
    ).rejects.toMatchObject({ code: 'lossy' });
    await expect(lab.decode(bytesOf('1e5000'), { format: 'text', strict: true })).rejects.toMatchObject({
      code: 'lossy',
    });
  });

  it('are refused where the option says otherwise', () => {
    expect(() => read('1.5', { dtype: 'int64' })).toThrowError(/line 1, byte 0: '1.5' is no integer/);
    expect(() => read('1\n2j', { dtype: 'float64' })).toThrowError(/line 2, byte 2: '2j' is complex/);
    expect(read('1 2', { dtype: 'complex128' }).data).toEqual(Float64Array.of(1, 0, 2, 0));
  });

  it('complex numbers are read in every form that NumPy has written', () => {
    const forms = '(1+2j) 1-2j 3j (4+-5j) ( 6.0 + 7.0j) (nan+infj) (8)';
    expect([...(read(forms).data as Float64Array)]).toEqual([
      1,
      2,
      1,
      -2,
      0,
      3,
      4,
      -5,
      6,
      7,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      8,
      0,
    ]);
    for (const bad of ['(1+2j', '1+2', '1+j2', 'j', '(1+2j)j'])
      expect(() => read(bad, { as: 'numbers' })).toThrowError();
  });
});

describe('rows', () => {
  it('of another length are refused with line and byte', async () => {
    await expect(lab.decode(bytesOf('1 2\n# c\n3 4 5\n'), { format: 'text' })).rejects.toMatchObject({
      code: 'corrupt',
      offset: 8,
      message: expect.stringContaining('line 3, byte 8: the row has 3 cells, the first one 2'),
    });
    await expect(lab.decode(bytesOf('1 2\n3\n'), { format: 'text' })).rejects.toMatchObject({ offset: 4 });
  });

  it('with something else in them are refused, not read as lines', async () => {
    await expect(lab.decode(bytesOf('1 2\n3 x\n'), { format: 'text' })).rejects.toMatchObject({
      code: 'corrupt',
      offset: 6,
    });
    for (const bad of ['1_000', '0x10', '1e', '--1', '1.2.3', 'infinit', 'nanx', '1d5'])
      expect(() => read(bad, { as: 'numbers' })).toThrowError(/is no number/);
  });

  it('have empty cells only where the option says so', () => {
    expect(() => read('1,,3', { delimiter: ',' })).toThrowError(/'' is no number/);
    expect([...(read('1,,3', { delimiter: ',', missing: 'nan' }).data as Float64Array)]).toEqual([
      1,
      Number.NaN,
      3,
    ]);
  });

  it('are chosen by the options that NumPy has', () => {
    expect(firstDifference(read('1 2\n3 4\n5 6', { maxRows: 2 }), read('1 2\n3 4'))).toBeUndefined();
    expect(() => read('1 2\n3 4', { usecols: [2] })).toThrowError(/no column 2/);
    expect(() => read('1', { usecols: 'a' })).toThrowError(/usecols/);
    expect(() => read('1', { delimiter: '::' })).toThrowError(/delimiter/);
  });

  it('no rows are an empty array', () => {
    for (const empty of ['', '\n\n', '# only a comment\n']) expect(read(empty).shape).toEqual([0]);
  });
});

describe('formats', () => {
  it.each([
    ['%d', 2.7, '2'],
    ['%5d', -3, '   -3'],
    ['%05d', -3, '-0003'],
    ['%+d', 3, '+3'],
    ['%.18e', 0.1, '1.000000000000000056e-01'],
    ['%e', 0, '0.000000e+00'],
    ['%.0e', 25, '2e+01'],
    ['%.0f', 0.5, '0'],
    ['%.0f', 1.5, '2'],
    ['%.1f', 0.25, '0.2'],
    ['%.1f', 0.35, '0.3'],
    ['%.2f', 1e22, '10000000000000000000000.00'],
    ['%g', 1e-5, '1e-05'],
    ['%g', 123456789, '1.23457e+08'],
    ['%g', 100000, '100000'],
    ['%.3g', 0.00012345, '0.000123'],
    ['%#.3g', 1, '1.00'],
    ['%G', 1e-10, '1E-10'],
    ['%8.3f', -1.5, '  -1.500'],
    ['%-8.3fx', 1.5, '1.500   x'],
    ['%08.2f', -1.5, '-0001.50'],
    ['% f', 1, ' 1.000000'],
    ['%f', Number.NaN, 'nan'],
    ['%5.1f', Number.NEGATIVE_INFINITY, ' -inf'],
    ['%F', Number.POSITIVE_INFINITY, 'INF'],
    ['%s', 0.1, '0.1'],
    ['%10s', 2, '       2.0'],
    ['%%%.1f%%', 5, '%5.0%'],
  ])('%s of %d is %s, as in C', (fmt, value, expected) => {
    expect(written(ndarray(Float64Array.of(value)), { fmt })).toBe(`${expected}\n`);
  });

  it('stand for each column, or for the whole row', () => {
    const array = ndarray(Float64Array.of(1, 2.5), [1, 2]);
    expect(written(array, { fmt: ['%d', '%.2f'] })).toBe('1 2.50\n');
    expect(written(array, { fmt: 'x=%d; y=%.1f' })).toBe('x=1; y=2.5\n');
    expect(() => written(array, { fmt: ['%d'] })).toThrowError(/fmt/);
    expect(() => written(array, { fmt: '%q' })).toThrowError(/fmt/);
    expect(() => written(array, { fmt: '%d %d %d' })).toThrowError(/3 conversions for 2 columns/);
    expect(written(ndarray(Float64Array.of(1, -2), [1], 'complex128'), { fmt: '%.1f' })).toBe(
      ' (1.0-2.0j)\n',
    );
  });

  it('that round are a loss, and those that do not are none', async () => {
    const array = ndarray(Float64Array.of(0.1, 0.5));
    const losses = async (fmt: string) => (await lab.plan(array, 'text', { options: { fmt } })).losses;
    expect(await losses('%.18e')).toEqual([]);
    expect(await losses('%.1f')).toEqual([]);
    expect((await losses('%.0f')).map(({ kind }) => kind)).toEqual(['precision', 'dtype']);
    expect(await losses('%.5f')).toEqual([]);
    const wide = ndarray(BigInt64Array.of(2n ** 53n + 1n));
    expect(
      (await lab.plan(wide, 'text', { options: { fmt: '%.18e' } })).losses.map(({ kind }) => kind),
    ).toEqual(['precision', 'dtype']);
    expect((await lab.plan(wide, 'text', { options: { fmt: '%d' } })).losses).toEqual([]);
  });

  it('%d refuses NaN', () => {
    expect(() => written(ndarray(Float64Array.of(Number.NaN)), { fmt: '%d' })).toThrowError(/no integer/);
  });
});

describe('lines', () => {
  it('are what the file is, without its line ends', () => {
    expect(read('a\r\nb\n\nc', { as: 'lines' }).data).toEqual(['a', 'b', '', 'c']);
    expect(read('one line').data).toEqual(['one line']);
    expect(read('1\n2', { as: 'lines' }).data).toEqual(['1', '2']);
    expect(read('# c\na', { as: 'lines', maxRows: 1 }).data).toEqual(['# c']);
  });

  it('that look like numbers are refused unless both sides say lines', () => {
    const lines = ndarray(['1', 'x']);
    expect(() => written(lines)).toThrowError(/as/);
    expect(firstDifference(read(written(lines, { as: 'lines' }), { as: 'lines' }), lines)).toBeUndefined();
  });

  it('with line ends or half a surrogate pair are refused', () => {
    expect(() => written(ndarray(['a\nb']))).toThrowError(/line end/);
    expect(() => written(ndarray(['\ud800']))).toThrowError(/surrogate/);
  });

  it('a byte order mark is not text, but one that is comes back', () => {
    expect(read('\ufeff1 2').dtype).toBe('int64');
    const marked = ndarray(['\ufeffa']);
    expect(firstDifference(decodeText(encodeText(marked)), marked)).toBeUndefined();
  });
});

describe('encodings', () => {
  it('invalid UTF-8 is refused with its place, in lines and in comments', async () => {
    const lines = Uint8Array.of(0x61, 0x0a, 0x62, 0xc3, 0x28);
    await expect(lab.decode(lines, { format: 'text' })).rejects.toMatchObject({ code: 'corrupt', offset: 3 });
    const comment = Uint8Array.of(0x23, 0xff, 0x0a, 0x31);
    await expect(lab.decode(comment, { format: 'text' })).rejects.toMatchObject({
      code: 'corrupt',
      offset: 1,
    });
  });

  it.each(['utf-8', 'utf-16le', 'latin1'] as const)('%s comes back', (encoding) => {
    const lines = ndarray(['größe', 'x']);
    expect(firstDifference(decodeText(encodeText(lines, { encoding }), { encoding }), lines)).toBeUndefined();
    const numbers = ndarray(Float64Array.of(1.5, 2), [1, 2]);
    expect(
      firstDifference(decodeText(encodeText(numbers, { encoding, header: 'größe' }), { encoding }), numbers),
    ).toBeUndefined();
  });

  it('latin1 has no other letters', () => {
    expect(() => encodeText(ndarray(['日本']), { encoding: 'latin1' })).toThrowError(/latin1/);
  });
});

describe('appended rows', () => {
  it.each(['1.5 2.5\n', '1.5 2.5', '# head\r\n1.5 2.5\r\n', '1 2\n3.5 4\n'])(
    'go behind %j',
    async (before) => {
      const sink = bytesSink(bytesOf(before));
      const editor = await lab.edit(sink, { format: 'text' });
      await editor.append('', ndarray(Float64Array.of(7, 8)));
      const commit = await editor.commit();
      expect(commit.rewritten).toBe(0);
      await editor.close();
    },
  );

  it('that would change the numbers before them are refused', async () => {
    const editor = await lab.edit(bytesSink(bytesOf('1 2\n')), { format: 'text' });
    await expect(editor.append('', ndarray(Float64Array.of(1.5, 2)))).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(editor.append('', ndarray(BigInt64Array.of(1n), [1, 1]))).rejects.toMatchObject({
      code: 'unsupported',
    });
    await editor.close();
  });
});
