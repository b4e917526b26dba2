import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  bytesSink,
  concatTables,
  createLab,
  type Format,
  firstDifference,
  NDArray,
  ndarray,
  table,
  type Value,
} from '../src/index.js';
import { testFolder } from './folder.js';
import { lines, toy } from './toy-formats.js';

const at = testFolder();
const lab = createLab([toy, lines]);

function expectSame(left: Value, right: Value): void {
  expect(firstDifference(left, right)).toBe(undefined);
}

describe('edit', () => {
  test.each(['a.toy', 'a.toy.gz', 'a.lines', 'a.lines.zst'])(
    'adds, replaces and removes entries of %s',
    async (name) => {
      for (const inPlace of [false, true]) {
        const file = await lab.edit(at(name));
        expect(file).toMatchObject({ format: { id: name.split('.')[1] }, inPlace: name === 'a.lines' });
        await file.put('/a', inPlace ? 3 : 1);
        await file.put('/b', ndarray([1, 2]));
        await file.put('/gone', 'x');
        await file.remove('/gone');
        expect((await file.commit()).written).toBeGreaterThan(0);
        await file.close();
      }
      expectSame(await lab.load(at(name)), { a: 3, b: ndarray([1, 2]) });
      expect(readdirSync(at())).toEqual([name]);
    },
  );

  test('appends rows, slabs and elements by rewriting', async () => {
    await lab.save(at('a.toy'), { t: table([{ x: 1 }]), a: ndarray([1, 2], [1, 2]), l: [1] });
    const file = await lab.edit(at('a.toy'));
    await file.append('/t', table([{ x: 2 }]));
    await file.append('/a', ndarray([3, 4]));
    await file.append('/l', [2]);
    await file.put('/l/-', 3);
    await file.put('/deep/er/x', true);
    await expect(file.append('/none', 1)).rejects.toMatchObject({
      code: 'not-found',
      format: 'toy',
      path: '/none',
    });
    await expect(file.remove('/none')).rejects.toMatchObject({ code: 'not-found' });
    await expect(file.put('/l/9', 1)).rejects.toMatchObject({ code: 'not-found' });
    await expect(file.append('/t', 5)).rejects.toMatchObject({ code: 'unsupported' });
    const before = readFileSync(at('a.toy')).byteLength;
    const { written, rewritten } = await file.commit();
    expect([written, rewritten]).toEqual([readFileSync(at('a.toy')).byteLength, before]);
    expect(await file.commit()).toEqual({ written: 0, rewritten: 0 });
    await file.close();
    expectSame(await lab.load(at('a.toy')), {
      t: concatTables([table([{ x: 1 }]), table([{ x: 2 }])]),
      a: ndarray([1, 2, 3, 4], [2, 2]),
      l: [1, 2, 3],
      deep: { er: { x: true } },
    });
  });

  test('what is not committed is not in the file', async () => {
    await lab.save(at('a.toy'), { a: 1 });
    const file = await lab.edit(at('a.toy'));
    await file.put('/a', 2);
    await file.close();
    expect(await lab.load(`${at('a.toy')}#/a`)).toBe(1);
    await expect(file.put('/a', 3)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('closed'),
    });
    await file.close();
  });

  test.each(['a.toy', 'a.lines', 'a.toy.gz'])(
    'a new %s that is not committed leaves nothing',
    async (name) => {
      const file = await lab.edit(at(name));
      await file.put('/a', 1);
      await file.close();
      const untouched = await lab.edit(at(name));
      await untouched.commit();
      await untouched.close();
      expect(readdirSync(at())).toEqual([]);
    },
  );

  test('a new file that cannot be edited leaves nothing', async () => {
    await expect(lab.edit(at('a.what'))).rejects.toMatchObject({ code: 'options' });
    await expect(lab.edit(at('a.toy'), { options: { indent: 99 } })).rejects.toMatchObject({
      code: 'options',
    });
    await expect(lab.edit(at('a.toy'), { format: 'nope' })).rejects.toMatchObject({ code: 'unsupported' });
    await expect(lab.edit('https://example.org/a.toy')).rejects.toMatchObject({ code: 'unsupported' });
    const failing: Format<object> = {
      ...lines,
      edit() {
        throw new Error('engine down');
      },
    };
    await expect(createLab([failing]).edit(at('a.lines'))).rejects.toThrow('engine down');
    await expect(lab.edit(at('no/folder.toy'))).rejects.toMatchObject({ code: 'not-found' });
    expect(readdirSync(at())).toEqual([]);
  });

  test('an old file stays where it cannot be edited, and is never taken for a new one', async () => {
    writeFileSync(at('a.toy'), 'TOY\n{');
    const file = await lab.edit(at('a.toy'));
    for (let i = 0; i < 2; i++) {
      await expect(file.put('/a', 1)).rejects.toMatchObject({
        code: 'corrupt',
        format: 'toy',
        path: at('a.toy'),
      });
    }
    await file.close();
    writeFileSync(at('b.toy'), 'what?');
    await expect(lab.edit(at('b.toy'))).rejects.toMatchObject({ code: 'not-this-format' });
    expect(readFileSync(at('a.toy'), 'utf8')).toBe('TOY\n{');
    expect(readdirSync(at())).toEqual(['a.toy', 'b.toy']);
  });

  test('an empty file that was there stays there', async () => {
    writeFileSync(at('a.toy'), '');
    await (await lab.edit(at('a.toy'))).close();
    expect(existsSync(at('a.toy'))).toBe(true);
  });

  test('takes one writer at a time, on files and sinks', async () => {
    const sink = bytesSink(undefined, 'memory.toy');
    for (const target of [at('a.toy'), sink]) {
      const first = await lab.edit(target);
      await expect(lab.edit(target)).rejects.toMatchObject({ code: 'io' });
      await first.put('/a', 1);
      await first.commit();
      await first.close();
      const second = await lab.edit(target);
      await second.put('/b', 2);
      await second.commit();
      await second.close();
      expectSame(await lab.load(target), { a: 1, b: 2 });
    }
    expect(readdirSync(at())).toEqual(['a.toy']);
  });

  test('lets go of lock and file where the editor fails to close', async () => {
    const failing: Format<object> = {
      ...lines,
      async edit(sink, context) {
        const editor = await lines.edit!(sink, context);
        return {
          put: editor.put.bind(editor),
          append: editor.append.bind(editor),
          remove: editor.remove.bind(editor),
          commit: () => editor.commit(),
          close: () => Promise.reject(new Error('stuck')),
        };
      },
    };
    const file = await createLab([failing]).edit(at('a.lines'));
    await file.put('/a', 1);
    await file.commit();
    await expect(file.close()).rejects.toThrow('stuck');
    expect(readdirSync(at())).toEqual(['a.lines']);
    await (await lab.edit(at('a.lines'))).close();
  });

  test('reports losses by the path of the entry, and refuses them under strict', async () => {
    const shorts = new NDArray({ dtype: 'int8', shape: [1], data: Int8Array.of(1) });
    const losses: string[] = [];
    const file = await lab.edit(at('a.lines'), {
      onLoss: (loss) => losses.push(`${loss.path} ${loss.from}`),
    });
    await file.put('/a', shorts);
    await file.put('/b', { c: shorts });
    async function* batches() {
      yield table({ x: Int8Array.of(1) });
    }
    await file.writeBatches!('/t', batches());
    await file.commit();
    await file.close();
    expect(losses).toEqual(['/a int8', '/b/c int8', '/t/x int8']);
    const strict = await lab.edit(at('a.lines'), { strict: true });
    await expect(strict.put('/a', shorts)).rejects.toMatchObject({ code: 'lossy', path: '/a' });
    await expect(strict.writeBatches!('/t', batches())).rejects.toMatchObject({
      code: 'lossy',
      path: '/t/x',
    });
    await strict.close();
  });

  test('rewrites where the sink has not what the engine wants', async () => {
    const wanting: Format<object> = { ...lines, io: 'path' };
    const sink = bytesSink(undefined, 'memory.lines');
    const file = await createLab([wanting]).edit(sink);
    expect(file.inPlace).toBe(false);
    await file.put('/a', 1);
    await file.commit();
    await file.close();
    expectSame(await lab.load(sink), { a: 1 });
  });

  test('files with # and ? in their names are themselves', async () => {
    const file = await lab.edit(at('run #1?.toy'));
    await file.put('/a', 1);
    await file.commit();
    await file.close();
    expect(readdirSync(at())).toEqual(['run #1?.toy']);
    expectSame(await lab.load(at('run #1?.toy')), { a: 1 });
  });
});
