import {
  createLab,
  firstDifference,
  isNDArray,
  type NDArray,
  ndarray,
  newRecord,
  Pairs,
  Tagged,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeMarshal, encodeMarshal, marshal } from '../src/index.js';

const lab = createLab([marshal]);
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const decode = (text: string, options = {}): Promise<Value> =>
  lab.decode(bytesOf(text), { format: 'marshal', options });

describe('arrays', () => {
  it('what marshal.dumps keeps of an ndarray is its bytes: dtype and shape have to be stored beside them', async () => {
    // marshal.dumps(numpy.array([1.5, 2.5]))
    const file = bytesOf('\xf3\x10\0\0\0\0\0\0\0\0\0\xf8?\0\0\0\0\0\0\x04@');
    expect(await lab.decode(file, { format: 'marshal' })).toBeInstanceOf(Uint8Array);
    const array = ndarray(Float64Array.of(1.5, 2.5));
    expect(firstDifference(decodeMarshal(encodeMarshal(array)), array)).toBeUndefined();
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('large data is read as a view, %i letters into the file', (letters) => {
    const value = { before: 'x'.repeat(letters), array: ndarray(new Float64Array(1000), [10, 100]) };
    const file = encodeMarshal(value);
    const back = decodeMarshal(file) as { array: NDArray };
    expect((back.array.data as Float64Array).buffer).toBe(file.buffer);
  });

  it('the data of a large array is a piece of its own on write', async () => {
    const array = ndarray(new Float64Array(10_000));
    const pieces = marshal.encode(array, {
      options: {},
      budget: { maxDepth: 10 },
      loss() {},
      progress() {},
    } as never) as readonly Uint8Array[];
    expect(pieces.some((piece) => piece.buffer === (array.data as Float64Array).buffer)).toBe(true);
  });

  it('an array in two places is one array again', () => {
    const array = ndarray(Int16Array.of(1, 2));
    const back = decodeMarshal(encodeMarshal([array, { again: array }])) as [NDArray, { again: NDArray }];
    expect(isNDArray(back[0]) && back[1].again).toBe(back[0]);
  });
});

describe('references', () => {
  it('Pairs that contain themselves come back as one object', () => {
    const entries: [Value, Value][] = [['first', 1]];
    const pairs = new Pairs(entries);
    entries.push(['self', pairs], [2, new Tagged('tuple', [pairs])]);
    const back = decodeMarshal(encodeMarshal(pairs)) as Pairs;
    expect(back.entries[1]![1]).toBe(back);
    expect((back.entries[2]![1] as Tagged).value).toStrictEqual([back]);
  });

  it('before version 3 a shared value is copied with a loss, and a cycle refused', async () => {
    const shared: Value = ['x'];
    const plan = await lab.plan([shared, shared], 'marshal', { options: { version: 2 } });
    expect(plan.losses.map(({ kind }) => kind)).toContain('reference');
    const cycle: Value[] = [];
    cycle.push(cycle);
    await expect(lab.encode(cycle, 'marshal', { options: { version: 2 } })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  it('a reference to what is not complete is refused', async () => {
    await expect(decode('\xbe\x01\0\0\0r\0\0\0\0')).rejects.toMatchObject({ code: 'corrupt', offset: 5 });
    await expect(decode('[\x01\0\0\0r\x05\0\0\0')).rejects.toMatchObject({ code: 'corrupt', offset: 5 });
  });

  it('None, True, False and Ellipsis take no number, flagged or not', async () => {
    expect(await decode('\xdb\x05\0\0\0\xce\xd4\xc6\xe9\x07\0\0\0r\x01\0\0\0')).toStrictEqual([
      null,
      true,
      false,
      7,
      7,
    ]);
  });
});

describe('numbers and text', () => {
  it('integers of any size are exact', () => {
    for (let bits = 0; bits < 400; bits++) {
      for (const value of [2n ** BigInt(bits), 2n ** BigInt(bits) - 1n, -(2n ** BigInt(bits)) - 1n])
        expect(BigInt(decodeMarshal(encodeMarshal(value)) as number | bigint)).toBe(value);
    }
    const huge = 7n ** 100_000n;
    expect(decodeMarshal(encodeMarshal(huge))).toBe(huge);
  });

  it('digits of 16 bits and zeros in front are refused, as CPython does', async () => {
    await expect(decode('l\x01\0\0\0\0\x80')).rejects.toMatchObject({ code: 'corrupt' });
    await expect(decode('l\x02\0\0\0\x01\0\0\0')).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('lone surrogates survive in every version', () => {
    for (const version of [0, 1, 2, 3, 4]) {
      const value = Object.assign(newRecord(), { '\ud800': 'a\udc00b' });
      expect(decodeMarshal(encodeMarshal(value, { version }))).toEqual(value);
    }
  });

  it('text that is not UTF-8 is refused with its place', async () => {
    await expect(decode('[\x01\0\0\0u\x02\0\0\0\xc3(')).rejects.toMatchObject({ code: 'corrupt', offset: 5 });
  });

  it('floats as text are no blanks, hexadecimals or underscores', async () => {
    expect(await decode('f\x0410.5')).toBe(10.5);
    expect(await decode('f\x04-inf')).toBe(Number.NEGATIVE_INFINITY);
    for (const text of [' 1', '0x10', '1_0', '1e', ''])
      await expect(decode(`f${String.fromCharCode(text.length)}${text}`)).rejects.toMatchObject({
        code: 'corrupt',
      });
  });
});

describe('containers', () => {
  it('keys that Python could not hash are not written as keys', async () => {
    const pairs = new Pairs([
      [[1], 'list'],
      [true, 'bool'],
      [1, 'the same key to Python'],
    ]);
    const file = encodeMarshal(pairs);
    expect(file[1]).not.toBe('['.charCodeAt(0));
    expect(firstDifference(decodeMarshal(file), pairs)).toBeUndefined();
  });

  it('a dict of the user with our mark is kept', () => {
    const value = Object.assign(newRecord(), { __formatlab__: 'table', rows: 'mine' });
    expect(firstDifference(decodeMarshal(encodeMarshal(value)), value)).toBeUndefined();
  });

  it('a slice is native from version 5 on and kept before', () => {
    const slice = new Tagged('slice', [1, null, -1]);
    expect(encodeMarshal(slice, { version: 5 })[0]! & 0x7f).toBe(':'.charCodeAt(0));
    for (const version of [4, 5])
      expect(firstDifference(decodeMarshal(encodeMarshal(slice, { version })), slice)).toBeUndefined();
  });

  it('what follows the value is refused, or read as a stream', async () => {
    const two = 'i\x01\0\0\0i\x02\0\0\0';
    await expect(decode(two)).rejects.toMatchObject({ code: 'corrupt', offset: 5 });
    expect(await decode(two, { stream: true })).toStrictEqual([1, 2]);
    const back = decodeMarshal(encodeMarshal([['a', 'a'], { b: 1 }], { stream: true }), { stream: true });
    expect(back).toEqual([['a', 'a'], { b: 1 }]);
  });

  it('depth ends where CPython ends, whatever the budget allows', async () => {
    const budget = { depth: 1e6 };
    const nested = (levels: number): Uint8Array => bytesOf(`${'[\x01\0\0\0'.repeat(levels)}N`);
    expect(await lab.decode(nested(2000), { format: 'marshal', budget })).toHaveLength(1);
    await expect(lab.decode(nested(2001), { format: 'marshal', budget })).rejects.toMatchObject({
      code: 'limit',
    });
    await expect(lab.decode(nested(501), { format: 'marshal' })).rejects.toMatchObject({ code: 'limit' });
    await expect(
      lab.decode(bytesOf(`${')\x01'.repeat(50_000)}N`), { format: 'marshal', budget }),
    ).rejects.toMatchObject({ code: 'limit' });
  });

  it('lengths beyond the file are refused before anything is allocated', async () => {
    for (const code of '(<>[sutaAl')
      await expect(decode(`${code}\xff\xff\xff\x7f`)).rejects.toMatchObject({ code: 'corrupt' });
    for (const code of '(<>[suta')
      await expect(decode(`${code}\xff\xff\xff\xff`)).rejects.toMatchObject({ code: 'corrupt' });
  });
});

describe('files of Python 2', () => {
  it('byte strings are bytes, or text where asked', async () => {
    expect(await decode('s\x02\0\0\0hi')).toStrictEqual(bytesOf('hi'));
    expect(await decode('s\x02\0\0\0hi', { strings: 'text' })).toBe('hi');
    expect(await decode('s\x01\0\0\0\xff', { strings: 'text' })).toStrictEqual(bytesOf('\xff'));
  });

  it('interned strings are named again by number', async () => {
    expect(await decode('[\x02\0\0\0t\x02\0\0\0hiR\0\0\0\0')).toStrictEqual(['hi', 'hi']);
    await expect(decode('R\0\0\0\0')).rejects.toMatchObject({ code: 'corrupt' });
    expect(await decode('t\x01\0\0\0\xff', { python: '2.7' })).toStrictEqual(bytesOf('\xff'));
  });
});
