import {
  columnOfValues,
  createLab,
  DTYPES,
  FIXED_DTYPES,
  firstDifference,
  NDArray,
  ndarray,
  newRecord,
  Pairs,
  scalarType,
  slotsPerItem,
  Table,
  Tagged,
  type Value,
  zeros,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { json } from '../src/index.js';
import { bytesOf, textOf } from './reading.js';

const lab = createLab([json]);
const options = { engine: 'typed' };
const encode = (value: Value): Promise<Uint8Array> => lab.encode(value, 'json', { options, strict: true });
const decode = (text: string | Uint8Array): Promise<Value> =>
  lab.decode(typeof text === 'string' ? bytesOf(text) : text, { format: 'json', options, strict: true });

async function expectKept(value: Value): Promise<void> {
  expect(firstDifference(value, await decode(await encode(value)))).toBeUndefined();
}

describe('the engine typed', () => {
  it.each(FIXED_DTYPES)('keeps arrays of %s to the bit', async (dtype) => {
    const unit =
      dtype.endsWith('64') && dtype.includes('t') && (dtype === 'datetime64' || dtype === 'timedelta64')
        ? 'ns'
        : undefined;
    const array = zeros(dtype, [2, 3, 2], unit);
    const bits = new Uint8Array((array.data as Uint8Array).buffer);
    for (let i = 0; i < bits.length; i++) bits[i] = dtype === 'bool' ? i % 2 : (i * 37 + 11) % 256;
    expect(slotsPerItem(dtype) * 12).toBe(array.data.length);
    await expectKept(array);
    await expectKept({ a: [array, { b: array }] });
  });

  it('keeps arrays of strings, bytes and objects', async () => {
    await expectKept(ndarray(['a', '\ud800', ''], [3, 1]));
    await expectKept(
      new NDArray({ dtype: 'bytes', shape: [2], data: [Uint8Array.of(0, 255), new Uint8Array(0)] }),
    );
    await expectKept(new NDArray({ dtype: 'object', shape: [3], data: [null, [1n, new Date(5)], { a: 1 }] }));
    expect(DTYPES).toHaveLength(FIXED_DTYPES.length + 3);
  });

  it('keeps every other value of the model', async () => {
    await expectKept([
      null,
      true,
      0,
      -0,
      1.5,
      2 ** 53,
      1e300,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      1n,
      -(2n ** 70n),
      'x',
      new Date(1.7e12),
      new Date(Number.NaN),
      Uint8Array.of(1, 2),
      [1, 2, 3],
      [[1.5], [2]],
      new Tagged('tuple', [1n], { a: new Date(0) }),
      new Pairs([
        [1n, 'a'],
        [[2], null],
      ]),
      newRecord(),
    ]);
  });

  it('keeps column types, nulls and empty tables', async () => {
    const decimal = scalarType('int64', { decimal: { precision: 9, scale: 2 }, nullable: true });
    await expectKept(
      new Table(2, [
        { name: 'd', type: decimal, values: ndarray(BigInt64Array.of(1n, 2n)), valid: Uint8Array.of(1, 0) },
        {
          name: 'list',
          type: { kind: 'list', item: scalarType('int64'), nullable: false },
          values: [[1n], []],
        },
        columnOfValues('t', [new Date(0), null]),
      ]),
    );
    await expectKept(
      new Table(0, [{ name: 'x', type: scalarType('float32'), values: zeros('float32', [0]) }]),
    );
  });

  it("keeps the user's records that look like envelopes", async () => {
    await expectKept({ $formatlab: 'ndarray', dtype: 'float32', shape: [1], data: '' });
    await expectKept({ $formatlab: { $formatlab: 'record', entries: [] } });
  });

  it('is JSON that any parser reads', async () => {
    const bytes = await encode({ a: ndarray(Float32Array.of(1, Number.NaN)), b: Number.NaN });
    expect(JSON.parse(textOf(bytes))).toEqual({
      a: { $formatlab: 'ndarray', dtype: 'float32', shape: [2], data: 'AACAPwAAwH8=' },
      b: { $formatlab: 'number', value: 'NaN' },
    });
  });

  it('reads plain JSON with every list as a list', async () => {
    expect(await decode('{"a":[1,2],"b":[{"c":1}]}')).toEqual({ a: [1, 2], b: [{ c: 1 }] });
  });

  it.each([
    ['an unknown kind', '{"$formatlab":"nonsense"}'],
    ['no kind', '{"$formatlab":1}'],
    ['an unknown dtype', '{"$formatlab":"ndarray","dtype":"float128","shape":[0],"data":""}'],
    ['a negative length', '{"$formatlab":"ndarray","dtype":"int8","shape":[-1],"data":""}'],
    [
      'a huge shape',
      '{"$formatlab":"ndarray","dtype":"int8","shape":[9007199254740991,9007199254740991],"data":""}',
    ],
    ['too few bytes', '{"$formatlab":"ndarray","dtype":"int16","shape":[2],"data":"AAA="}'],
    ['bits behind the end of base64', '{"$formatlab":"bytes","data":"AB=="}'],
    ['letters that are not base64', '{"$formatlab":"bytes","data":"A*AA"}'],
    ['base64 without padding', '{"$formatlab":"bytes","data":"AAA"}'],
    ['padding in the middle', '{"$formatlab":"bytes","data":"AA==AAAA"}'],
    ['a bigint that is none', '{"$formatlab":"bigint","value":"1.5"}'],
    ['a date that is none', '{"$formatlab":"date","value":"yesterday"}'],
    [
      'columns of several lengths',
      '{"$formatlab":"table","rows":2,"columns":[{"name":"a","type":{"kind":"scalar","dtype":"string","nullable":false},"values":{"$formatlab":"ndarray","dtype":"string","shape":[1],"items":["x"]}}]}',
    ],
    ['pairs of three', '{"$formatlab":"pairs","entries":[[1,2,3]]}'],
    ['a bool that is neither', '{"$formatlab":"ndarray","dtype":"bool","shape":[1],"data":"Ag=="}'],
    ['a time without a unit', '{"$formatlab":"ndarray","dtype":"datetime64","shape":[0],"data":""}'],
    [
      'a column whose type is not that of its values',
      '{"$formatlab":"table","rows":1,"columns":[{"name":"a","type":{"kind":"scalar","dtype":"int8","nullable":false},"values":{"$formatlab":"ndarray","dtype":"string","shape":[1],"items":["x"]}}]}',
    ],
  ])('refuses %s', async (_what, text) => {
    await expect(decode(text)).rejects.toMatchObject({ code: 'corrupt' });
  });
});
