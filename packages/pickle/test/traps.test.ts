import { FormatError, isNDArray, isTagged, ndarray, type Tagged } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodePickle, decodePickles, encodePickle, inspectPickle } from '../src/index.js';

const bytes = (...parts: (string | readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : part)),
  );

describe('safety', () => {
  const attack = bytes("cos\nsystem\n(S'echo pwned'\ntR.");

  it('shows a file that would run a command as data', () => {
    const value = decodePickle(attack) as Tagged;
    expect(value.tag).toBe('object');
    expect(value.value).toMatchObject({ made: 'call', args: ['echo pwned'] });
    expect(((value.value as { class: Tagged }).class as Tagged).value).toMatchObject({
      module: 'os',
      name: 'system',
    });
  });

  it('reports what it would import and call, with offsets', () => {
    const report = inspectPickle(attack);
    expect(report.globals).toEqual([{ at: 0, module: 'os', name: 'system' }]);
    expect(report.calls.map((call) => call.name)).toEqual(['REDUCE']);
    expect(report.protocol).toBe(0);
  });

  it('names globals that come from the stack', () => {
    const report = inspectPickle(
      bytes([0x80, 4, 0x8c, 2], 'os', [0x94, 0x8c, 6], 'system', [0x94, 0x93], '.'),
    );
    expect(report.globals).toEqual([{ at: 16, module: 'os', name: 'system' }]);
  });
});

describe('hostile files', () => {
  it.each([
    ['a LONG4 of 2 GiB', bytes([0x80, 2, 0x8b, 0xff, 0xff, 0xff, 0x7f, 1], '.')],
    ['text of 2^63 bytes', bytes([0x80, 4, 0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 'a.')],
    ['memo index 2^31', bytes('N', [0x72, 0, 0, 0, 0x80], '.')],
    ['a memo that is not there', bytes('h', [7], '.')],
    ['an empty stack', bytes('.')],
    ['a mark in the way', bytes('N(.')],
    ['an opcode that is none', bytes('N', [0xff], '.')],
    ['no STOP', bytes('N')],
    ['a frame behind the end', bytes([0x80, 4, 0x95, 0xff, 0, 0, 0, 0, 0, 0, 0], 'N.')],
    ['arguments that are no tuple', bytes('cos\nsystem\nNR.')],
    ['protocol 6', bytes([0x80, 6], 'N.')],
  ])('refuses %s', (_, file) => {
    expect(() => decodePickle(file)).toThrow(FormatError);
  });

  it('refuses deep nesting by the budget, and reads it where it is allowed', () => {
    const deep = bytes(']'.repeat(100_001), 'a'.repeat(100_000), '.');
    expect(() => decodePickle(deep)).toThrow(expect.objectContaining({ code: 'limit' }));
    expect(Array.isArray(decodePickle(deep, { budget: { depth: 200_000 } }))).toBe(true);
  });

  it('keeps a billion laughs linear', () => {
    let body = ']';
    for (let level = 0; level < 60; level++)
      body = `${body}q${String.fromCharCode(level)}](h${String.fromCharCode(level)}h${String.fromCharCode(level)}e`;
    const value = decodePickle(bytes(body.replace('\n', '\n'), '.')) as unknown[];
    expect(value[0]).toBe(value[1]);
  });
});

describe('numbers and text', () => {
  it.each([0, 1, 2, 3, 4, 5])('come back through protocol %i', (protocol) => {
    const value = [
      2n ** 200n,
      -(2n ** 63n),
      5n,
      -1n,
      2 ** 40,
      0.1,
      -0,
      '\ud800',
      'é\n\\u0041',
      Uint8Array.of(0, 255),
    ];
    expect(decodePickle(encodePickle(value, { protocol }))).toEqual(value);
  });

  it('reads inf of protocol 0 and integers of any size', () => {
    expect(decodePickle(bytes('(lF-inf\naL123456789012345678901L\na.'))).toEqual([
      Number.NEGATIVE_INFINITY,
      123456789012345678901n,
    ]);
  });
});

describe('arrays', () => {
  it.each([0, 1, 2, 3, 4, 5])('come back through protocol %i', (protocol) => {
    const array = ndarray(new Float64Array([1, 2, 3, 4, 5, 6]), [2, 3]);
    expect(decodePickle(encodePickle(array, { protocol }))).toEqual(array);
  });

  it('are views on the file where it is aligned', () => {
    const file = encodePickle(['odd', ndarray(new Float64Array(20_000))]);
    const [, array] = decodePickle(file) as readonly unknown[];
    expect(isNDArray(array) && (array.data as Float64Array).buffer).toBe(file.buffer);
  });
});

it('reads several pickles of one file', () => {
  const file = Uint8Array.from([...encodePickle(1), ...encodePickle('two')]);
  expect([...decodePickles(file)].map((one) => one.value)).toEqual([1, 'two']);
  expect(decodePickle(file, { stream: true })).toEqual([1, 'two']);
});

it('keeps a tuple that holds itself', () => {
  const list: unknown[] = [];
  // A tuple in a list in the tuple.
  const file = bytes([0x80, 2], ']q', [0], 'h', [0], [0x85], 'a.');
  const value = decodePickle(file) as unknown[];
  expect(isTagged(value[0]) && (value[0].value as unknown[])[0]).toBe(value);
  expect(list).toEqual([]);
});
