import { readFileSync } from 'node:fs';
import { createLab, firstDifference, isNDArray, NDArray, ndarray, table, type Value } from '@formatlab/core';
import protobufjs from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeProtobuf, encodeProtobuf, loadSchema, protobuf } from '../src/index.js';

const lab = createLab([protobuf]);

function plain(value: Value): unknown {
  return JSON.parse(JSON.stringify(value, (_name, item) => (typeof item === 'bigint' ? `${item}n` : item)));
}

// What protobufjs does is stated too: when it is mended, these fail and the reasons in the README go.
describe('where protobufjs changes values', () => {
  const schema = 'syntax = "proto3"; message M { int64 a = 1; repeated double d = 2; }';
  const theirs = protobufjs.parse(schema, { keepCase: true }).root.lookupType('M');

  it('a bigint is written as what it is', () => {
    expect([...encodeProtobuf({ a: 5n }, { schema })]).toEqual([8, 5]);
    expect([...theirs.encode({ a: 5n }).finish()]).not.toEqual([8, 5]);
  });

  it('a typed array is taken, and comes back as one', () => {
    const d = ndarray(Float64Array.of(1.5, -0, Number.NaN));
    const back = decodeProtobuf(encodeProtobuf({ d }, { schema }), { schema }) as { readonly d: Value };
    expect(firstDifference(back.d, d)).toBeUndefined();
    expect(theirs.verify({ d: Float64Array.of(1) })).not.toBeNull();
  });

  it('fields that the schema lacks are kept and written back', () => {
    const bytes = Uint8Array.of(8, 5, 0x98, 0x06, 7, 0xa2, 0x06, 1, 65);
    const message = decodeProtobuf(bytes, { schema, defaults: false });
    expect(Object.keys(message as object)).toEqual(['a', '#unknown']);
    expect([...encodeProtobuf(message, { schema })]).toEqual([...bytes]);
    expect(theirs.encode(theirs.decode(bytes)).finish().length).toBe(2);
  });

  it('reads what protobufjs writes, and the other way', () => {
    const bytes = theirs.encode({ a: 300, d: [1, 2] }).finish();
    const message = decodeProtobuf(bytes, { schema });
    expect([...encodeProtobuf(message, { schema })]).toEqual([...bytes]);
  });
});

describe('messages', () => {
  it('numbers unpacked, packed and in pieces are one array', () => {
    const schema = 'syntax = "proto3"; message M { repeated int32 n = 1; }';
    const message = decodeProtobuf(Uint8Array.of(8, 1, 10, 2, 2, 3, 8, 4), { schema }) as {
      readonly n: Value;
    };
    expect(isNDArray(message.n) && [...(message.n.data as Int32Array)]).toEqual([1, 2, 3, 4]);
  });

  it('required fields are asked for on both ways', () => {
    const schema =
      'syntax = "proto2"; message M { required int32 a = 1; optional int32 b = 2 [default = 7]; }';
    expect(() => encodeProtobuf({ b: 1 }, { schema })).toThrow(/required field 'a'/);
    expect(() => decodeProtobuf(Uint8Array.of(16, 1), { schema })).toThrow(/required field 'a'/);
  });

  it('closed enums keep strange numbers as unknown fields, open ones as numbers', () => {
    const body = 'enum E { A = 0; B = 1; } message M { repeated E e = 1; }';
    const bytes = Uint8Array.of(8, 1, 8, 9);
    const closed = decodeProtobuf(bytes, { schema: `syntax = "proto2"; ${body}` }) as { readonly e: Value };
    expect(closed.e).toEqual(['B']);
    expect(decodeProtobuf(bytes, { schema: `syntax = "proto3"; ${body}` })).toMatchObject({ e: ['B', 9] });
    const schema = `syntax = "proto2"; ${body}`;
    expect([...encodeProtobuf(closed as unknown as Value, { schema })]).toEqual([...bytes]);
  });

  it('text that is not UTF-8 is refused in proto3, and bytes in proto2', () => {
    const bytes = Uint8Array.of(10, 1, 0xff);
    const body = 'message M { optional string s = 1; }';
    expect(() => decodeProtobuf(bytes, { schema: `syntax = "proto3"; ${body}` })).toThrow(/UTF-8/);
    const schema = `syntax = "proto2"; ${body}`;
    const message = decodeProtobuf(bytes, { schema });
    expect(message).toMatchObject({ s: Uint8Array.of(0xff) });
    expect([...encodeProtobuf(message, { schema })]).toEqual([...bytes]);
  });

  it('groups, extensions, message sets and editions', () => {
    const schema = `edition = "2023"; package p;
      message M { extensions 100 to max; Inner inner = 1 [features.message_encoding = DELIMITED];
        int32 n = 2 [features.field_presence = IMPLICIT]; repeated int32 r = 3 [features.repeated_field_encoding = EXPANDED]; }
      message Inner { int32 a = 1; }
      extend M { string extra = 100; }`;
    const value = { inner: { a: 1 }, n: 0, r: ndarray(Int32Array.of(1, 2)), '[p.extra]': 'x' };
    const bytes = encodeProtobuf(value, { schema, type: 'p.M' });
    expect([...bytes]).toEqual([11, 8, 1, 12, 24, 1, 24, 2, 0xa2, 0x06, 1, 120]);
    const back = decodeProtobuf(bytes, { schema, type: 'p.M', defaults: false });
    expect(plain(back)).toMatchObject({ inner: { a: 1 }, '[p.extra]': 'x' });
  });

  it('what the message has no place for is refused by its path', () => {
    const schema = 'syntax = "proto3"; message M { M m = 1; int32 a = 2; }';
    expect(() => encodeProtobuf({ m: { b: 1 } }, { schema })).toThrow(/'\/m\/b'/);
    expect(() => encodeProtobuf({ m: { a: 1.5 } }, { schema })).toThrow(/'\/m\/a'.*1.5/);
    expect(() => encodeProtobuf({ m: { a: 2 ** 31 } }, { schema })).toThrow(/int32/);
  });

  it('schemas are taken in every form', () => {
    const text = 'syntax = "proto3"; package p; message M { map<int32, string> m = 1; }';
    const json = {
      nested: { p: { nested: { M: { fields: { m: { keyType: 'int32', type: 'string', id: 1 } } } } } },
    };
    const value = { m: { 5: 'x' } };
    const bytes = encodeProtobuf(value, { schema: text });
    for (const schema of [{ 'p.proto': text }, json, loadSchema(text)])
      expect([...encodeProtobuf(value, { schema })]).toEqual([...bytes]);
    expect(() => loadSchema('message M { Missing m = 1; }')).toThrow(/'Missing'/);
    expect(() => loadSchema('message M { int32 a }')).toThrow(/line 1/);
  });
});

describe('streams', () => {
  const schema = `syntax = "proto3"; enum E { A = 0; B = 1; }
    message Row { int64 id = 1; double x = 2; string s = 3; bool ok = 4; optional sint32 n = 5; E e = 6; fixed64 f = 7; bytes b = 8; }`;
  const options = { schema, type: 'Row', stream: true } as const;

  it('a table goes row by row, and comes back', async () => {
    const rows = table([
      { id: 1n, x: 0.5, s: 'a', ok: true, e: 'B', b: Uint8Array.of(1) },
      { id: -(2n ** 63n), x: -0, s: '', ok: false, e: 'A', b: Uint8Array.of() },
    ]);
    const bytes = await lab.encode(rows, 'protobuf', { options });
    const back = await lab.decode(bytes, { format: 'protobuf', options });
    const list = await lab.decode(bytes, { format: 'protobuf', options: { ...options, rows: 'list' } });
    const again = await lab.encode(list, 'protobuf', { options });
    expect([...again]).toEqual([...bytes]);
    expect([...(await lab.encode(back, 'protobuf', { options }))]).toEqual([...bytes]);
  });

  it('rows with fields that the schema lacks are records that keep them', async () => {
    const bytes = Uint8Array.of(2, 8, 1, 5, 8, 2, 0x98, 0x06, 7);
    const list = await lab.decode(bytes, { format: 'protobuf', options: { ...options, defaults: false } });
    expect(list).toMatchObject([{ id: 1n }, { id: 2n, '#unknown': Uint8Array.of(0x98, 0x06, 7) }]);
    expect([...(await lab.encode(list, 'protobuf', { options }))]).toEqual([...bytes]);
  });
});

describe('bad input', () => {
  const schema =
    'syntax = "proto2"; message M { optional M m = 1; optional group G = 2 { } repeated double d = 3; optional string s = 4; }';
  const options = { schema, type: 'M' };

  it.each([
    ['a varint that the end cuts', [8, 0x80]],
    ['a varint of eleven bytes', [0x28, ...new Array(10).fill(0xff), 1]],
    ['field number 0', [0, 1]],
    ['wire type 7', [15]],
    ['a length beyond the end', [34, 5, 65]],
    ['a huge length', [34, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a length of 64 bits', [34, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 65]],
    ['a group that does not end', [19]],
    ['a group that ends as another', [19, 28]],
    ['the end of a group that did not start', [20]],
    ['packed doubles that are cut', [26, 4, 0, 0, 0, 0]],
    ['a message that ends within a field', [10, 1, 34, 1, 65]],
  ])('%s is refused with its place', (_what, bytes) => {
    expect(() => decodeProtobuf(Uint8Array.from(bytes), options)).toThrowError(
      expect.objectContaining({ code: 'corrupt', format: 'protobuf', offset: expect.any(Number) }),
    );
  });

  it('messages 101 deep are refused, known and unknown', () => {
    const deep = (depth: number): Uint8Array => {
      let bytes: number[] = [];
      for (let i = 0; i < depth; i++) {
        const size = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
        bytes = [10, ...size, ...bytes];
      }
      return Uint8Array.from(bytes);
    };
    expect(() => decodeProtobuf(deep(99), options)).not.toThrow();
    expect(() => decodeProtobuf(deep(100), options)).toThrowError(expect.objectContaining({ code: 'limit' }));
    const groups = new Uint8Array(200_000).fill(51);
    expect(() => decodeProtobuf(groups, options)).toThrowError(expect.objectContaining({ code: 'limit' }));
  });
});

describe('formatlab.proto', () => {
  const schema = readFileSync(new URL('../formatlab.proto', import.meta.url), 'utf8');

  it('says what files without a schema are', async () => {
    const value = {
      x: ndarray(
        Float64Array.from({ length: 100 }, (_, i) => i / 7),
        [10, 10],
      ),
      t: new NDArray({ dtype: 'datetime64', shape: [1], data: BigInt64Array.of(-5n), unit: 'ns' }),
      rows: table([
        { a: 1, b: 'x' },
        { a: null, b: 'y' },
      ]),
      list: [1, 2.5, null, 5n, 2n ** 70n, new Date(5), Uint8Array.of(1), { deep: true }],
    };
    const bytes = await lab.encode(value, 'protobuf');
    const options = { schema, type: 'formatlab.File' };
    const file = decodeProtobuf(bytes, { ...options, defaults: false });
    expect(JSON.stringify(plain(file))).not.toContain('#unknown');
    const again = encodeProtobuf(file, options);
    expect(firstDifference(await lab.decode(again, { format: 'protobuf' }), value)).toBeUndefined();
  });

  it('is the descriptor beside it', () => {
    const descriptor = loadSchema(
      new Uint8Array(readFileSync(new URL('../formatlab.binpb', import.meta.url))),
    );
    const shape = (source: typeof descriptor): unknown =>
      source.own.map(({ fullName, fields }) => [
        fullName,
        fields.map(({ name, number, kind, packed, presence }) => [name, number, kind, packed, presence]),
      ]);
    expect(shape(descriptor)).toEqual(shape(loadSchema(schema)));
  });
});
