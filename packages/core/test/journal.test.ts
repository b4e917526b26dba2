import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Editor, type Format, fileSink, type Sink, type Value } from '../src/index.js';
import { journalHeader, journalRecord, oldStateOf } from '../src/io/journal.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-journal-'));
  path = join(folder, 'file.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lines of text, edited in place: `append` adds one, `put` overwrites the first bytes. */
const log: Format = {
  id: 'log',
  title: 'Log',
  extensions: ['.log'],
  mediaTypes: [],
  can: {
    roots: ['tree'],
    dtypes: { read: [], write: [] },
    maxRank: 0,
    attributes: false,
    integrity: 'none',
    references: false,
    batches: { read: false, write: false },
    list: 'whole',
    readOne: 'whole',
    slice: 'none',
    append: 'tail',
    update: 'in-place',
  },
  options: {},
  probe: () => ({ score: 0.5, why: 'a test' }),
  encode: (value) => new TextEncoder().encode(String(value)),
  decode: (bytes) => new TextDecoder().decode(bytes),
  edit(sink): Editor {
    const write = (at: number, value: Value): Promise<void> =>
      sink.write(at, new TextEncoder().encode(String(value)));
    return {
      put: (_, value) => write(0, value),
      append: (_, value) => write(sink.size, value),
      remove: () => sink.truncate(1),
      commit: () => {
        if (sink.size > 100) throw new Error('too long');
        return { written: 1, rewritten: 0 };
      },
      close() {},
    };
  },
};
const lab = createLab([log]);
const text = (): string => readFileSync(path, 'utf8');

describe('a change of a file in place', () => {
  test('tells what was written beside the file', async () => {
    writeFileSync(path, 'old text');
    const commitOf = async (safety: 'journal' | 'copy' | 'none', value: string): Promise<unknown> => {
      const file = await lab.edit(path, { safety });
      await file.put('', value);
      const commit = await file.commit();
      await file.close();
      return commit;
    };
    const record = journalRecord({ at: 0 }, new Uint8Array(3)).byteLength;
    const journal = journalHeader(8, 0).byteLength + record;
    expect(await commitOf('journal', 'new')).toEqual({ written: 1, rewritten: 0, journal });
    expect(await commitOf('copy', 'two')).toEqual({ written: 1, rewritten: 0, journal: 8 });
    expect(await commitOf('none', 'six')).toEqual({ written: 1, rewritten: 0 });
  });

  test('is taken back when it is not committed', async () => {
    writeFileSync(path, 'old text');
    const file = await lab.edit(path);
    await file.put('', 'NEW');
    await file.append('', ' and more');
    await file.remove('');
    expect(text()).toBe('N');
    expect(existsSync(`${path}.journal`)).toBe(true);
    await file.close();
    expect(text()).toBe('old text');
    expect(existsSync(`${path}.journal`)).toBe(false);
  });

  test('stays when it is committed, and the next one begins anew', async () => {
    writeFileSync(path, 'old text');
    const file = await lab.edit(path, { durable: true });
    await file.put('', 'NEW');
    await file.commit();
    expect(existsSync(`${path}.journal`)).toBe(false);
    await file.put('', 'XXX');
    await file.close();
    expect(text()).toBe('NEW text');
  });

  test('is taken back when its commit fails', async () => {
    writeFileSync(path, 'old text');
    const file = await lab.edit(path);
    await file.append('', 'x'.repeat(100));
    await expect(file.commit()).rejects.toThrow('too long');
    expect(text()).toBe('old text');
    await file.close();
  });

  test.each(['journal', 'copy'] as const)(
    'with safety %s is read as it was by who comes between',
    async (safety) => {
      writeFileSync(path, 'old text');
      const file = await lab.edit(path, { safety });
      await file.put('', 'NEW');
      const said: string[] = [];
      expect(await lab.load(path, { onRecover: (message) => said.push(message) })).toBe('old text');
      expect(said).toHaveLength(safety === 'journal' ? 1 : 0);
      expect(text()).toBe(safety === 'journal' ? 'NEW text' : 'old text');
      await file.commit();
      await file.close();
      expect(text()).toBe('NEW text');
    },
  );

  test('without safety is what is in the file', async () => {
    writeFileSync(path, 'old text');
    const file = await lab.edit(path, { safety: 'none' });
    await file.put('', 'NEW');
    expect(existsSync(`${path}.journal`)).toBe(false);
    await file.close();
    expect(text()).toBe('NEW text');
  });
});

describe('a journal that a crash left', () => {
  /** As a writer leaves it that is killed: lock, journal and half a change. */
  async function crash(): Promise<void> {
    writeFileSync(path, 'old text');
    const sink: Sink = fileSink(path);
    const { journal } = sink;
    journal!.append(journalHeader(8, journal!.identity()));
    journal!.append(journalRecord({ at: 0 }, new TextEncoder().encode('old')));
    await sink.write(0, new TextEncoder().encode('NEW text and mo'));
    await sink.close();
  }

  test('restores the old state, for reading and in the file', async () => {
    await crash();
    const said: string[] = [];
    const onRecover = (message: string): void => void said.push(message);
    expect(await lab.load(path, { onRecover })).toBe('old text');
    const file = await lab.open(path, { onRecover });
    expect(await file.read('')).toBe('old text');
    await file.close();
    expect(text()).toBe('NEW text and mo');
    await (await lab.edit(path, { onRecover })).close();
    expect(text()).toBe('old text');
    expect(said).toEqual([
      `read '${path}': a change of it did not end; this is its state before`,
      `read '${path}': a change of it did not end; this is its state before`,
      `edit '${path}': a change of it did not end, and was taken back`,
    ]);
  });

  test('says nothing of another file that took the place', async () => {
    await crash();
    writeFileSync(`${path}.other`, 'another');
    renameSync(`${path}.other`, path);
    expect(await lab.load(path)).toBe('another');
    await crash();
    await lab.save(path, 'saved');
    expect(existsSync(`${path}.journal`)).toBe(false);
    expect(await lab.load(path)).toBe('saved');
  });

  test('counts as far as it is whole', () => {
    const whole = [journalHeader(8, 5), journalRecord({ at: 2 }, Uint8Array.of(1, 2, 3))];
    const bytes = Buffer.concat(whole);
    expect(oldStateOf(bytes, 5)).toMatchObject({ size: 8, saved: [{ at: 2 }] });
    for (let length = 0; length < bytes.length; length++) {
      const found = oldStateOf(bytes.subarray(0, length), 5);
      expect(found?.saved ?? []).toEqual([]);
      expect(found === undefined).toBe(length < whole[0]!.length);
    }
    bytes[bytes.length - 1]! ^= 1;
    expect(oldStateOf(bytes, 5)?.saved).toEqual([]);
    expect(oldStateOf(bytes, 6)).toBeUndefined();
  });
});

test('a lock that was lent to a library is taken over when its process is gone', async () => {
  writeFileSync(path, '');
  mkdirSync(`${path}.lock`);
  writeFileSync(`${path}.lock.owner`, `${process.pid} ${hostname()} 1`);
  const sink = fileSink(path);
  await sink.lock();
  sink.lendLock?.();
  expect(existsSync(`${path}.lock`)).toBe(false);
  expect(readFileSync(`${path}.lock.owner`, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  await sink.close();
  expect(existsSync(`${path}.lock.owner`)).toBe(false);
});
