import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSink, fileSource, writeFileAtomic } from '../src/index.js';
import { tempFile } from '../src/io/temp-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-files-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('writeFileAtomic', () => {
  test('writes a new file, and over an old one, leaving nothing else', () => {
    writeFileAtomic(path, bytes('one'));
    writeFileAtomic(path, [bytes('tw'), bytes('o')], { durable: true });
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('leaves the old file when writing fails', () => {
    writeFileSync(path, 'old');
    const bad = { byteLength: 3 } as Uint8Array;
    expect(() => writeFileAtomic(path, [bytes('new'), bad])).toThrow(
      expect.objectContaining({ code: 'io', path }),
    );
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('follows a symbolic link, and keeps it one', () => {
    const link = join(folder, 'link');
    writeFileSync(path, 'old');
    symlinkSync(path, link);
    writeFileAtomic(link, bytes('new'));
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  test('keeps the permissions of the old file', () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o606);
    writeFileAtomic(path, bytes('new'));
    expect(statSync(path).mode & 0o777).toBe(0o606);
  });

  test('refuses a folder, and a folder that is not there', () => {
    mkdirSync(path);
    expect(() => writeFileAtomic(path, bytes('x'))).toThrow(`write '${path}': is a folder, not a file`);
    const lost = join(folder, 'no', 'file');
    expect(() => writeFileAtomic(lost, bytes('x'))).toThrow(`write '${lost}': no such folder`);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('writes through what is no file instead of replacing it', () => {
    expect(() => writeFileAtomic('/dev/null', bytes('x'))).not.toThrow();
    expect(statSync('/dev/null').isFile()).toBe(false);
  });
});

describe('fileSource', () => {
  test('names what is wrong', () => {
    expect(() => fileSource(path)).toThrow(expect.objectContaining({ code: 'not-found', path }));
    expect(() => fileSource(folder)).toThrow(expect.objectContaining({ code: 'io' }));
  });

  test('a file that shrinks while being read is an io error', () => {
    writeFileSync(path, 'content');
    const source = fileSource(path);
    writeFileSync(path, 'c');
    expect(() => source.readSync!([{ at: 0, length: 7 }])).toThrow(expect.objectContaining({ code: 'io' }));
    source.close();
  });
});

describe('fileSink', () => {
  test('makes the file only when it may', () => {
    expect(() => fileSink(path, { create: false })).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(existsSync(path)).toBe(false);
    fileSink(path).close();
    expect(existsSync(path)).toBe(true);
  });
});

describe('tempFile', () => {
  test('is gone after it is closed', async () => {
    const file = await tempFile();
    await file.write(0, bytes('x'));
    expect(existsSync(file.path)).toBe(true);
    await file.close();
    expect(existsSync(join(file.path, '..'))).toBe(false);
  });
});

describe('locks', () => {
  const held = expect.objectContaining({
    code: 'io',
    message: expect.stringContaining('it is being written by'),
  });
  const start = Math.round(Date.now() - process.uptime() * 1000);

  async function lockOver(content: string): Promise<void> {
    writeFileSync(path, '');
    writeFileSync(`${path}.lock`, content);
    const sink = fileSink(path);
    try {
      await sink.lock();
      expect(readlinkSync(`${path}.lock`)).toMatch(new RegExp(`^${process.pid} `));
    } finally {
      sink.close();
    }
  }

  test('let one writer in, also through a symbolic link, and go with it', async () => {
    writeFileSync(path, '');
    const link = join(folder, 'link');
    symlinkSync(path, link);
    const one = fileSink(path);
    const other = fileSink(path);
    const third = fileSink(link);
    await one.lock();
    await one.lock();
    await expect(other.lock()).rejects.toEqual(held);
    await expect(third.lock()).rejects.toEqual(held);
    other.close();
    one.close();
    await third.lock();
    third.close();
    expect(readdirSync(folder).sort()).toEqual(['file', 'link']);
  });

  test('of a process that is gone are taken over', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    await lockOver(`${gone} ${hostname()} ${start}\n`);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('of an earlier process with the same number are taken over', async () => {
    await lockOver(`${process.pid} ${hostname()} ${start - 3_600_000}\n`);
  });

  test('of a live process, and of another host, are refused and left', async () => {
    for (const holder of [
      `${process.ppid} ${hostname()} ${start}\n`,
      `1 elsewhere ${start}\n`,
      `${process.pid} ${hostname()} ${start}\n`,
    ]) {
      await expect(lockOver(holder)).rejects.toEqual(held);
      expect(readFileSync(`${path}.lock`, 'utf8')).toBe(holder);
    }
  });

  test('that say nothing are refused while they may be being written, and taken over after', async () => {
    await expect(lockOver('')).rejects.toEqual(held);
    writeFileSync(`${path}.lock`, '');
    utimesSync(`${path}.lock`, 1, 1);
    const sink = fileSink(path);
    await sink.lock();
    sink.close();
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('in a folder that is not writable are an io error', async () => {
    if (process.getuid?.() === 0) return;
    writeFileSync(path, '');
    const sink = fileSink(path);
    chmodSync(folder, 0o500);
    await expect(sink.lock()).rejects.toMatchObject({ code: 'io' });
    chmodSync(folder, 0o700);
    sink.close();
  });
});
