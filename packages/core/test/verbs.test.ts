import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  bytesSink,
  bytesSource,
  createLab,
  type Format,
  firstDifference,
  type Loss,
  NDArray,
  ndarray,
  Tagged,
  table,
  type Value,
  zeros,
} from '../src/index.js';
import { testFolder } from './folder.js';
import { lines, type ToyOptions, toy } from './toy-formats.js';

const at = testFolder();
const lab = createLab([toy, lines]);

const value: Value = {
  temps: ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
  cities: table([
    { city: 'Bern', people: 134_000 },
    { city: 'Chur', people: 38_000 },
  ]),
  note: { text: 'hello', list: [1, true, null] },
};

function expectSame(left: Value, right: Value): void {
  expect(firstDifference(left, right)).toBe(undefined);
}

describe('save and load', () => {
  test.each(['a.toy', 'a.lines', 'a.toy.gz', 'a.toy.br', 'a.lines.zst', 'A.TOY.GZ'])('%s', async (name) => {
    const report = await lab.save(at(name), value);
    expect(report).toMatchObject({ format: name.toLowerCase().split('.')[1], losses: [] });
    expect(report.bytes).toBe(statSync(at(name)).size);
    expectSame(await lab.load(at(name)), value);
    expect(readdirSync(at())).toEqual([name]);
  });

  test('options beat the name', async () => {
    const report = await lab.save(at('a.dat'), value, {
      format: 'toy',
      compression: 'gzip',
      level: 1,
      durable: true,
    });
    expect(report).toMatchObject({ format: 'toy', compression: 'gzip' });
    expect(readFileSync(at('a.dat'))[0]).toBe(0x1f);
    expectSame(await lab.load(at('a.dat')), value);
    expectSame(await lab.load(at('a.dat'), { format: 'toy' }), value);
    await expect(lab.load(at('a.dat'), { format: 'lines' })).rejects.toMatchObject({
      code: 'corrupt',
      format: 'lines',
    });
  });

  test('write to a sink, and leave it open', async () => {
    const sink = bytesSink(new Uint8Array(10_000), 'memory.toy.gz');
    const { bytes, compression } = await lab.save(sink, value);
    expect([sink.size, compression]).toEqual([bytes, 'gzip']);
    expectSame(await lab.load(sink), value);
    expectSame(await lab.load(sink), value);
  });

  test('encode and decode bytes', async () => {
    const bytes = await lab.encode(value, 'toy', { options: { indent: 2 } });
    expect(new TextDecoder().decode(bytes)).toContain('\n  "note"');
    expectSame(await lab.decode(bytes), value);
  });

  test('a name that no format has is refused before anything is written', async () => {
    await expect(lab.save(at('a.what'), value)).rejects.toMatchObject({
      code: 'options',
      supported: ['.toy', '.lines'],
    });
    await expect(lab.save('https://example.org/a.toy', value)).rejects.toMatchObject({ code: 'unsupported' });
    expect(readdirSync(at())).toEqual([]);
  });

  test('the old file stays where encoding fails', async () => {
    await lab.save(at('a.toy'), 1);
    await expect(lab.save(at('a.toy'), zeros('object', [1]))).rejects.toMatchObject({ code: 'unsupported' });
    expect(await lab.load(at('a.toy'))).toBe(1);
    expect(readdirSync(at())).toEqual(['a.toy']);
  });

  test('a selector picks an entry, a slice, and columns', async () => {
    for (const name of ['a.toy', 'a.lines', 'a.toy.gz']) {
      const file = at(name);
      await lab.save(file, value);
      expectSame(await lab.load(`${file}#/temps[1,:]`), ndarray(Float64Array.of(4, 5, 6)));
      expectSame(await lab.load(`${file}#/cities[0:1]{people}`), table([{ people: 134_000 }]));
      expect(await lab.load(`${file}#/note/list/0`)).toBe(1);
      await expect(lab.load(`${file}#/none`)).rejects.toMatchObject({ code: 'not-found', path: '/none' });
      await expect(lab.load(`${file}#/note[0]`)).rejects.toMatchObject({
        code: 'bad-selection',
        path: '/note',
      });
      await expect(lab.load(`${file}#/temps[9]`)).rejects.toMatchObject({
        code: 'bad-selection',
        path: file,
      });
    }
  });

  test('errors name format and file', async () => {
    writeFileSync(at('a.toy'), 'TOY\n{');
    await expect(lab.load(at('a.toy'))).rejects.toMatchObject({
      code: 'corrupt',
      format: 'toy',
      path: at('a.toy'),
      offset: 4,
    });
    writeFileSync(at('a.toy.gz'), readFileSync(await packed('a.toy.gz')).subarray(0, -3));
    await expect(lab.load(at('a.toy.gz'))).rejects.toMatchObject({
      code: 'corrupt',
      format: 'toy',
      path: at('a.toy.gz'),
    });
  });

  async function packed(name: string): Promise<string> {
    await lab.save(at(name), value);
    return at(name);
  }

  test('errors of the engine about memory and nesting become limits', async () => {
    const deep: Format<object> = { ...lines, id: 'deep', decode: () => recurse(0) };
    const recurse = (depth: number): number => recurse(depth + 1) + 1;
    const broken: Format<object> = { ...lines, id: 'broken', decode: () => zeros('int8', [2 ** 60]) };
    for (const format of [deep, broken]) {
      await expect(createLab([format]).decode(new TextEncoder().encode('@a\t1\n'))).rejects.toMatchObject({
        code: 'limit',
        format: format.id,
      });
    }
  });

  test('a budget bounds file and content', async () => {
    await lab.save(at('a.toy.gz'), 'x'.repeat(100_000));
    const size = statSync(at('a.toy.gz')).size;
    const content = 100_000 + 6;
    expect(await lab.load(at('a.toy.gz'), { budget: { bytes: size + content } })).toHaveLength(100_000);
    for (const bytes of [0, size - 1, size, size + content - 1]) {
      await expect(lab.load(at('a.toy.gz'), { budget: { bytes } })).rejects.toMatchObject({
        code: 'limit',
        path: at('a.toy.gz'),
      });
    }
    await expect(lab.load(at('a.toy.gz'), { budget: { items: 0 } })).rejects.toMatchObject({
      code: 'limit',
      format: 'toy',
    });
  });

  test('an aborted signal stops before anything is done', async () => {
    await lab.save(at('a.toy'), value);
    const signal = AbortSignal.abort();
    const aborted = { code: 'aborted' };
    await expect(lab.load(at('a.toy'), { signal })).rejects.toMatchObject(aborted);
    await expect(lab.save(at('b.toy'), value, { signal })).rejects.toMatchObject(aborted);
    await expect(lab.edit(at('b.toy'), { signal })).rejects.toMatchObject(aborted);
    expect(readdirSync(at())).toEqual(['a.toy']);
  });
});

describe('options', () => {
  const fails = (options: object): Promise<unknown> =>
    lab.encode(1, 'toy', { options: options as Record<string, unknown> });

  test.each([
    [{ inden: 2 }, "set option 'inden' of toy: there is no such option"],
    [{ toString: 2 }, "set option 'toString' of toy: there is no such option"],
    [{ engine: 'x' }, "set option 'engine' of toy: there is no such option"],
    [{ indent: 9 }, "set option 'indent' of toy to 9: must lie in 0 … 8"],
    [{ indent: -1 }, "set option 'indent' of toy to -1: must lie in 0 … 8"],
    [{ indent: 1.5 }, "set option 'indent' of toy to 1.5: must be an integer"],
    [{ indent: '2' }, "set option 'indent' of toy to '2': must be an integer"],
    [{ style: 'Fancy' }, "set option 'style' of toy to 'Fancy': must be one of plain, fancy"],
    [{ onlyRead: 1 }, "set option 'onlyRead' of toy to 1: must be a boolean"],
    [{ ratio: Number.NaN }, "set option 'ratio' of toy to NaN: must lie in -Infinity … Infinity"],
    [{ ratio: {} }, "set option 'ratio' of toy to an object: must be a number"],
  ])('%j is refused', async (options, message) => {
    await expect(fails(options)).rejects.toMatchObject({ code: 'options', format: 'toy', message });
  });

  test('are filled in for the direction they are for', async () => {
    const seen: object[] = [];
    const spy: Format<ToyOptions> = {
      ...toy,
      encode(given, context) {
        seen.push(context.options);
        return toy.encode(given, context);
      },
      decode(bytes, context) {
        seen.push(context.options);
        return toy.decode(bytes, context);
      },
    };
    const spied = createLab([spy]);
    const hook = { any: 'thing' };
    await spied.decode(await spied.encode(1, 'toy', { options: { hook, ratio: undefined } }));
    expect(seen).toEqual([
      { indent: 0, style: 'plain', hook },
      { style: 'plain', onlyRead: true },
    ]);
  });
});

describe('engines', () => {
  const loads: string[] = [];
  const two: Format<ToyOptions> = {
    ...toy,
    defaultEngine: 'own',
    engines: {
      other: {
        title: 'Other',
        can: toy.can,
        load: async () => {
          loads.push('other');
          return { encode: () => new TextEncoder().encode('TOY\n"other"'), decode: () => 'other' };
        },
      },
    },
  };

  test('are chosen by an option, and loaded when used', async () => {
    const engines = createLab([two]);
    expect(await engines.decode(await engines.encode('x', 'toy'))).toBe('x');
    expect(loads).toEqual([]);
    const report = await engines.save(at('a.toy'), 'x', { options: { engine: 'other' } });
    expect(report.engine).toBe('other');
    expect(await engines.load(at('a.toy'), { options: { engine: 'other' } })).toBe('other');
    expect(await engines.load(at('a.toy'), { options: { engine: 'own' } })).toBe('other');
    await expect(engines.load(at('a.toy'), { options: { engine: 'third' } })).rejects.toMatchObject({
      code: 'options',
      message: "set option 'engine' of toy to 'third': must be one of own, other",
    });
  });
});

describe('losses', () => {
  const shorts = new NDArray({ dtype: 'int16', shape: [2], data: Int16Array.of(1, 2) });

  test('are told for every conversion, in the report and to the caller', async () => {
    const seen: Loss[] = [];
    const big = new NDArray({ dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 2n ** 53n + 1n) });
    const report = await lab.save(
      at('a.toy'),
      { deep: [shorts, new Tagged('set', [big])] },
      { onLoss: (loss) => seen.push(loss) },
    );
    expect(report.losses).toEqual([
      { path: '/deep/0', kind: 'dtype', from: 'int16', to: 'float64', count: 2 },
      { path: '/deep/1/0', kind: 'dtype', from: 'int64', to: 'float64', count: 2 },
      { path: '/deep/1/0', kind: 'precision', from: 'int64', to: 'float64', count: 1 },
    ]);
    expect(seen).toEqual(report.losses);
    expect(firstDifference((await lab.load(`${at('a.toy')}#/deep/0`)) as Value, ndarray([1, 2]))).toBe(
      undefined,
    );
  });

  test('are refused under strict, and nothing is written', async () => {
    await expect(lab.save(at('a.toy'), { a: shorts }, { strict: true })).rejects.toMatchObject({
      code: 'lossy',
      format: 'toy',
      path: '/a',
      message: 'keep /a: int16 becomes float64 (dtype, 2 values): refused under strict',
    });
    expect(existsSync(at('a.toy'))).toBe(false);
  });

  test('are planned without writing', async () => {
    expect(await lab.plan({ a: shorts }, 'toy', { strict: true })).toMatchObject({
      format: 'toy',
      possible: true,
      losses: [{ path: '/a', kind: 'dtype' }],
      refusal: undefined,
    });
    expect(await lab.plan(zeros('complex64', [1]), 'toy')).toMatchObject({
      possible: false,
      refusal: { code: 'unsupported' },
    });
    await expect(lab.plan(1, 'toy', { options: { indent: 99 } })).rejects.toMatchObject({ code: 'options' });
    await expect(lab.plan(1, 'nope')).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('convert', () => {
  test('goes from one format to another, whole or by selector, with the losses of both', async () => {
    await lab.save(at('a.toy'), value);
    const report = await lab.convert(at('a.toy'), at('b.lines.gz'), { to: { level: 9 } });
    expect(report).toMatchObject({ format: 'lines', compression: 'gzip', losses: [] });
    expectSame(await lab.load(at('b.lines.gz')), value);
    const part = await lab.convert(`${at('b.lines.gz')}#/temps[0]`, at('row.toy'), {
      to: { options: { style: 'fancy' } },
    });
    expect(part.losses).toEqual([{ path: '', kind: 'order', from: 'plain', to: 'fancy' }]);
    expectSame(await lab.load(at('row.toy')), ndarray([1, 2, 3]));
  });
});

describe('open', () => {
  test.each(['a.toy', 'a.lines', 'a.lines.gz', 'a.toy.zst'])('%s lists and reads entries', async (name) => {
    await lab.save(at(name), value);
    const file = await lab.open(`${at(name)}#/temps[0]`);
    expect(file).toMatchObject({
      format: { id: name.split('.')[1] },
      selector: { path: '/temps', slice: '0' },
    });
    const entries = await file.entries();
    expect(entries.map((entry) => entry.path)).toEqual([
      '/temps',
      '/cities',
      '/note',
      '/note/text',
      '/note/list',
    ]);
    expect(entries[0]).toMatchObject({ kind: 'array', dtype: 'float64', shape: [2, 3] });
    expectSame(await file.read('/temps', { slice: [{}, -1] }), ndarray([3, 6]));
    expect(await file.attributes('/temps')).toEqual({});
    await expect(file.read('/none')).rejects.toMatchObject({ code: 'not-found' });
    await file.close();
    await file.close();
  });

  test('gives tables in batches, also where the format cannot', async () => {
    const long = table({
      x: Float64Array.from({ length: 25 }, (_, i) => i),
      s: Array.from({ length: 25 }, (_, i) => `${i}`),
    });
    await lab.save(at('a.toy'), long);
    const file = await lab.open(at('a.toy'));
    const sizes: number[] = [];
    for await (const batch of file.batches('', { rows: 10, columns: ['x'], slice: '2:' })) {
      expect(batch.columns.map((column) => column.name)).toEqual(['x']);
      sizes.push(batch.rows);
    }
    expect(sizes).toEqual([10, 10, 3]);
    await expect(file.batches('/no')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'not-found',
    });
    await file.close();
  });

  test("closes its own file and not the caller's source", async () => {
    let closed = 0;
    const bytes = await lab.encode(value, 'lines');
    const source = { ...bytesSource(bytes, 'a.lines'), close: () => void closed++ };
    const file = await lab.open(source);
    await file.close();
    await lab.load(source);
    expect(closed).toBe(0);
    expectSame(await lab.load(source), value);
  });

  test('lets a source without synchronous reads be opened by an engine that wants them, or a path', async () => {
    const bytes = await lab.encode(value, 'lines');
    const seen: (string | undefined)[] = [];
    for (const io of ['sync', 'path'] as const) {
      const wanting: Format<object> = {
        ...lines,
        io,
        open(source, context) {
          seen.push(io === 'path' ? source.path : typeof source.readSync);
          return lines.open!(source, context);
        },
      };
      const file = await createLab([wanting]).open(new Blob([bytes as Uint8Array<ArrayBuffer>]));
      expectSame(await file.read(''), value);
      await file.close();
    }
    expect(seen[0]).toBe('function');
    expect(existsSync(seen[1]!)).toBe(false);
  });
});
