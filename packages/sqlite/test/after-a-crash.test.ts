import { copyFileSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createLab, firstDifference, type Table, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { removeStaleLock, sqlite } from '../src/index.js';
import { testFolder } from './folder.js';

const lab = createLab([sqlite]);
const at = testFolder();
const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).pathname;

describe('a write-ahead log', () => {
  it('is read with the database, up to its last whole commit', async () => {
    const path = at('log.db');
    copyFileSync(fixture('log.db'), path);
    const log = readFileSync(fixture('log.db-wal'));
    writeFileSync(`${path}-wal`, log);
    const whole = (await lab.load(path)) as Readonly<Record<string, Value>>;
    expect(Object.keys(whole)).toEqual(['t', 'later']);
    // Cut within its last frame: the last commit is gone, the ones before stay.
    writeFileSync(`${path}-wal`, log.subarray(0, log.byteLength - 100));
    const cut = (await lab.load(path)) as Readonly<Record<string, Table>>;
    expect(cut.later!.rows).toBe(0);
    const damaged = Uint8Array.from(log);
    damaged[200]! ^= 1;
    writeFileSync(`${path}-wal`, damaged);
    expect(Object.keys((await lab.load(path)) as object)).toEqual(['t']);
  });

  it('does not stop an edit, which moves it into the database', async () => {
    const path = at('log-edit.db');
    copyFileSync(fixture('log.db'), path);
    copyFileSync(fixture('log.db-wal'), `${path}-wal`);
    const before = (await lab.load(path)) as Readonly<Record<string, Table>>;
    const file = await lab.edit(path);
    await file.put('/added', 5);
    await file.commit();
    await file.close();
    const after = (await lab.load(path)) as Readonly<Record<string, Value>>;
    expect(after.added).toBe(5);
    expect(firstDifference(after.t!, before.t!)).toBeUndefined();
    expect(firstDifference(after.later!, before.later!)).toBeUndefined();
  });

  it('need not be there', async () => {
    const { t } = (await lab.load(fixture('log-moved.db'))) as Readonly<Record<string, Table>>;
    expect(t!.rows).toBe(1);
  });
});

describe('what a killed process leaves', () => {
  it('as a journal is read as what was there before, and taken back when editing', async () => {
    const path = at('hot.db');
    copyFileSync(fixture('integers.db'), path);
    const before = readFileSync(path);
    const pageSize = before.readUInt16BE(16);
    // The change that was cut off had written over the second page and added another.
    writeFileSync(`${path}-journal`, journalOf(before, pageSize, [2]));
    writeFileSync(path, Buffer.concat([before, Buffer.alloc(pageSize, 0xee)]));
    writePage(path, 2, Buffer.alloc(pageSize, 0xee));
    expect(((await lab.load(`${path}#/n`)) as Table).rows).toBe(26);
    const file = await lab.edit(path);
    await file.close();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-journal`)).toBe(false);
  });

  it('as a lock does not stop reading, is named when editing, and is removed when it is old', async () => {
    const path = at('locked.db');
    copyFileSync(fixture('integers.db'), path);
    mkdirSync(`${path}.lock`);
    expect(((await lab.load(`${path}#/n`)) as Table).rows).toBe(26);
    await expect(lab.edit(path)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('.lock'),
    });
    await expect(removeStaleLock(path)).rejects.toThrow('may be in use');
    const past = new Date(Date.now() - 3_600_000);
    utimesSync(`${path}.lock`, past, past);
    expect(await removeStaleLock(path)).toBe(true);
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(await removeStaleLock(path)).toBe(false);
    const file = await lab.edit(path);
    await file.put('/x', 1);
    await file.commit();
    await file.close();
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(await lab.load(`${path}#/x`)).toBe(1);
  });
});

/** A rollback journal of these pages (file format, 3). */
function journalOf(database: Buffer, pageSize: number, pages: readonly number[]): Buffer {
  const sector = 512;
  const header = Buffer.alloc(sector);
  header.set([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
  header.writeUInt32BE(pages.length, 8);
  header.writeUInt32BE(7, 12);
  header.writeUInt32BE(database.length / pageSize, 16);
  header.writeUInt32BE(sector, 20);
  header.writeUInt32BE(pageSize, 24);
  const records = pages.map((page) => {
    const record = Buffer.alloc(pageSize + 8);
    record.writeUInt32BE(page, 0);
    database.copy(record, 4, (page - 1) * pageSize, page * pageSize);
    let sum = 7;
    for (let i = pageSize - 200; i > 0; i -= 200) sum += record[4 + i]!;
    record.writeUInt32BE(sum, 4 + pageSize);
    return record;
  });
  return Buffer.concat([header, ...records]);
}

function writePage(path: string, page: number, bytes: Buffer): void {
  const whole = readFileSync(path);
  bytes.copy(whole, (page - 1) * bytes.length);
  writeFileSync(path, whole);
}
