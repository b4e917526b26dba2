import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  bytesSink,
  compress,
  countingSource,
  createLab,
  fileSource,
  firstDifference,
  joinBytes,
  sliceTable,
  type Table,
  table,
} from '@formatlab/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csv } from '../src/index.js';

const lab = createLab([csv]);
const ROWS = 20_000;
const EVERY = 16 * 1024;
const LINES = Array.from(
  { length: ROWS },
  (_, i) => `${i},"a ""quoted""\n${i}",${i / 7},${i < 16_000 ? i : 'late text'},${i % 9 === 0 ? '' : i}\n`,
);
const TEXT = `id,text,x,late,nulls\n${LINES.join('')}`;

let folder = '';
let told: string[] = [];
/** Other work on the machine must not fail what is slow there. */
const LONG = 120_000;
const call = { onIndex: (message: string) => told.push(message) };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-index-'));
  told = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Rows that are read, and bytes of the file that reading them touches. */
async function rowsOf(path: string, slice: string): Promise<{ value: Table; bytes: number }> {
  const { source, counts } = countingSource(fileSource(path));
  const file = await lab.open(source, call);
  const value = (await file.read('', { slice })) as Table;
  await file.close();
  return { value, bytes: counts.bytesRead };
}

describe('rows of an indexed file', { timeout: LONG }, () => {
  const slices = ['0:1', '-1', '10000:10003', '7:20000:999', '19999:20000', '5:5', ':'];

  it('are those of the whole, with its types, and touch one stretch of it', async () => {
    const path = write('a.csv', TEXT);
    const whole = (await lab.load(path)) as Table;
    const report = await lab.index(path, { every: EVERY });
    expect(report).toMatchObject({ target: `${path}.flx`, format: 'csv', of: TEXT.length });
    expect(report.bytes).toBe(statSync(`${path}.flx`).size);
    expect(report.bytes).toBeLessThan(TEXT.length / 200);
    for (const slice of slices) {
      const { value } = await rowsOf(path, slice);
      expect(firstDifference(value, sliceTable(whole, { slice })), slice).toBeUndefined();
    }
    // Both ends for the check, and the stretch between two positions.
    expect((await rowsOf(path, '10000:10003')).bytes).toBeLessThan(4 * 4096 + 2 * EVERY);
    expect(told).toEqual([]);
  });

  it('are found behind a byte order mark, blank lines and carriage returns', async () => {
    const lines = Array.from({ length: 9000 }, (_, i) => `${i},b${i}${i % 5 === 0 ? '\r\n\r\n' : '\r'}`);
    const path = write('a.csv', `\ufeffn,s\r\n${lines.join('')}`);
    const whole = (await lab.load(path)) as Table;
    await lab.index(path, { every: 1024 });
    for (const slice of ['0:2', '4999:5003', '-3:']) {
      const { value } = await rowsOf(path, slice);
      expect(firstDifference(value, sliceTable(whole, { slice })), slice).toBeUndefined();
    }
  });

  it('are found in files without header, of one column, and of none', async () => {
    for (const text of ['1,2\n3,4\n', '5\n\n7\n', 'a\n', '']) {
      const path = write('a.csv', text);
      const options = { format: 'csv', ...call };
      await lab.index(path, options);
      const open = async (index: boolean): Promise<unknown> => {
        const file = await lab.open(path, index ? options : { ...options, index: false });
        try {
          return [await file.entries(), await file.read('', { slice: '-1:' })];
        } finally {
          await file.close();
        }
      };
      expect(await open(true)).toEqual(await open(false));
    }
  });

  it('are given in batches and columns as without', async () => {
    const path = write('a.csv', TEXT);
    const whole = (await lab.load(path)) as Table;
    await lab.index(path);
    const file = await lab.open(path, call);
    let row = 0;
    for await (const batch of file.batches('', { rows: 7000, columns: ['late', 'id'] })) {
      const part = sliceTable(whole, {
        slice: [{ start: row, stop: row + 7000 }],
        columns: ['late', 'id'],
      });
      expect(firstDifference(batch, part)).toBeUndefined();
      row += batch.rows;
    }
    await file.close();
    expect(row).toBe(ROWS);
  });
});

describe('rows of a compressed file', { timeout: LONG }, () => {
  it('need the part of the gzip file around them', async () => {
    // Three places of 2 MiB and more, in two members.
    const text = `id,text,x,late,nulls\n${LINES.join('').repeat(6)}`;
    const half = text.length >> 1;
    const packed = joinBytes([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))]);
    const path = write('a.csv.gz', packed);
    const whole = (await lab.load(path)) as Table;
    await lab.index(path);
    for (const slice of ['0:1', '60000:60002', '-1', '119990:']) {
      const { value, bytes } = await rowsOf(path, slice);
      expect(firstDifference(value, sliceTable(whole, { slice })), slice).toBeUndefined();
      expect(bytes, slice).toBeLessThan(packed.length * 0.7);
    }
    expect(await lab.explain(`${path}#[9]`)).toMatchObject({ how: 'seek', index: { used: true } });
  });

  it('need one frame of a zstd file of several', async () => {
    const cuts = [0, 150_000, 150_001, 600_000, TEXT.length];
    const frames = await Promise.all(
      cuts.slice(1).map(async (end, i) => {
        const part = new TextEncoder().encode(TEXT.slice(cuts[i], end));
        return joinBytes(await compress([part], 'zstd'));
      }),
    );
    const skippable = Uint8Array.of(0x5e, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
    const path = write('a.csv.zst', joinBytes([...frames.slice(0, 2), skippable, ...frames.slice(2)]));
    const whole = (await lab.load(path)) as Table;
    await lab.index(path);
    for (const slice of ['0:1', '8000:8002', '-1']) {
      const { value } = await rowsOf(path, slice);
      expect(firstDifference(value, sliceTable(whole, { slice })), slice).toBeUndefined();
    }
    const { read } = await lab.explain(`${path}#[0]`);
    expect(read.bytes).toBeLessThan(statSync(path).size / 2);
  });

  it('are refused by name where there is no place to begin', async () => {
    const brotli = write('a.csv.br', brotliCompressSync('a,b\n1,2\n'));
    await expect(lab.index(brotli)).rejects.toMatchObject({
      code: 'unsupported',
      feature: 'index of brotli',
    });
    const zeros = new Uint8Array(17 * 2 ** 20).fill(0x31);
    const one = write('b.csv.zst', joinBytes(await compress([zeros], 'zstd')));
    await expect(lab.index(one, { format: 'csv' })).rejects.toMatchObject({
      code: 'unsupported',
      feature: 'index of large zstd frames',
    });
    const wide = write('c.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'));
    await expect(lab.index(wide, { format: 'csv' })).rejects.toMatchObject({ feature: 'index of utf-16le' });
    await expect(
      lab.index(write('d.csv', 'a\n1\n'), { options: { engine: 'papaparse' } }),
    ).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('an index that does not fit', { timeout: LONG }, () => {
  it('is told of and not used: another size, another time, other content, other options', async () => {
    const path = write('a.csv', 'a,b\n1,2\n3,4\n');
    const fits = async (options = {}): Promise<boolean> => {
      told = [];
      const { index } = await lab.explain(`${path}#[0]`, { options });
      await lab.load(`${path}#[0]`, { ...call, options });
      expect(told.length).toBe(index?.used ? 0 : 1);
      if (!index?.used) expect(told[0]).toContain("run 'index' again");
      return index?.used === true;
    };
    await lab.index(path);
    const { atime, mtime } = statSync(path);
    expect(await fits()).toBe(true);
    expect(await fits({ header: 'no' })).toBe(false);
    expect(await fits({ delimiter: ';' })).toBe(false);
    expect(await fits({ newline: 'crlf' })).toBe(true);
    utimesSync(path, atime, new Date(mtime.getTime() + 1000));
    expect(await fits()).toBe(false);
    expect(told[0]).toContain('older than the file');
    await lab.index(path);
    expect(await fits()).toBe(true);
    writeFileSync(path, 'a,b\n1,2\n5,4\n');
    expect(await fits()).toBe(false);
    expect(((await lab.load(`${path}#[1]`, call)) as Table).columns[0]!.values).toMatchObject({
      data: BigInt64Array.of(5n),
    });
    writeFileSync(path, 'a,b\n1,2\n');
    expect(await fits()).toBe(false);
    expect(await lab.explain(`${path}#[0]`, { index: false })).toMatchObject({ index: undefined });
  });

  it('is ignored wherever it is damaged or cut, and never believed', async () => {
    const path = write('a.csv', 'a,b\n1,2\n3,4\n');
    await lab.index(path, { every: 1024 });
    const good = readFileSync(`${path}.flx`);
    const right = await lab.load(`${path}#[1]`, { index: false });
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at]! ^= 0x21;
      for (const bytes of [bad, good.subarray(0, at)]) {
        told = [];
        writeFileSync(`${path}.flx`, bytes);
        expect(firstDifference(await lab.load(`${path}#[1]`, call), right), `byte ${at}`).toBeUndefined();
        expect(told.length, `byte ${at}`).toBe(1);
      }
    }
    await expect(lab.load(`${path}#[1]`, { index: `${path}.flx` })).rejects.toMatchObject({
      feature: 'index',
    });
  });

  it('is an error where the caller named it', async () => {
    const path = write('a.csv', 'a,b\n1,2\n3,4\n');
    const other = write('b.csv', 'a,b\n1,2\n');
    await lab.index(other);
    await expect(lab.load(`${path}#[1]`, { index: `${other}.flx` })).rejects.toMatchObject({
      code: 'options',
    });
    await expect(lab.load(`${path}#[1]`, { index: true })).rejects.toMatchObject({ code: 'not-found' });
    await expect(lab.index(path, { every: 10 })).rejects.toMatchObject({ code: 'options' });
    await expect(lab.index(new Uint8Array([0x61, 10]), { format: 'csv' })).rejects.toMatchObject({
      code: 'options',
    });
  });

  it('is not written by a pass that was aborted', async () => {
    const path = write('a.csv', TEXT);
    const controller = new AbortController();
    const pass = lab.index(path, {
      signal: controller.signal,
      onProgress: (done, total) => {
        expect(done).toBeLessThanOrEqual(total!);
        controller.abort();
      },
    });
    await expect(pass).rejects.toMatchObject({ code: 'aborted' });
    expect(() => statSync(`${path}.flx`)).toThrow();
  });
});

describe('an index and its file', { timeout: LONG }, () => {
  it('grows with rows that are appended, and is left behind by a rewrite', async () => {
    const path = write('a.csv', 'n,s\n1,a\n2,b');
    await lab.index(path, { every: 1024 });
    const used = async (): Promise<boolean | undefined> => (await lab.explain(`${path}#[0]`)).index?.used;
    for (let round = 0; round < 3; round++) {
      const editor = await lab.edit(path);
      await editor.append(
        '',
        table({ n: BigInt64Array.from({ length: 500 }, (_, i) => BigInt(i)), s: Array(500).fill('ü"x') }),
      );
      await editor.commit();
      await editor.append('', table({ n: BigInt64Array.of(7n), s: ['last'] }));
      await editor.commit();
      await editor.close();
      expect(await used()).toBe(true);
    }
    const whole = (await lab.load(path)) as Table;
    expect(whole.rows).toBe(2 + 3 * 501);
    for (const slice of ['0:3', '501:505', '-1:', ':'])
      expect(
        firstDifference((await rowsOf(path, slice)).value, sliceTable(whole, { slice })),
        slice,
      ).toBeUndefined();
    const editor = await lab.edit(path);
    await editor.put('', table({ n: [1n] }));
    await editor.commit();
    await editor.close();
    expect(await used()).toBe(false);
  });

  it('are two files on a web server, the second asked for by the caller', async () => {
    const path = write('a.csv', TEXT);
    await lab.index(path, { every: EVERY });
    let bytes = 0;
    const server = createServer((request, response) => {
      const body = readFileSync(join(folder, request.url!.slice(1)));
      const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? [];
      const part = from === undefined ? body : body.subarray(Number(from), to ? Number(to) + 1 : undefined);
      bytes += part.length;
      response.writeHead(from === undefined ? 200 : 206, {
        etag: '"1"',
        'content-length': part.length,
        'accept-ranges': 'bytes',
        ...(from === undefined
          ? {}
          : { 'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${body.length}` }),
      });
      response.end(part);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.csv`;
      const right = (await rowsOf(path, '12000:12002')).value;
      for (const index of [true, `${url}.flx`, readFileSync(`${path}.flx`)]) {
        bytes = 0;
        const value = await lab.load(`${url}#[12000:12002]`, { index });
        expect(firstDifference(value, right)).toBeUndefined();
        expect(bytes).toBeLessThan(TEXT.length / 4);
      }
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('may be bytes on both sides', async () => {
    const sink = bytesSink();
    const bytes = new TextEncoder().encode(TEXT);
    await lab.index(bytes, { target: sink });
    const file = await lab.open(bytes, { index: sink.bytes() });
    const part = (await file.read('', { slice: '100:102' })) as Table;
    expect([...(part.columns[0]!.values as { data: BigInt64Array }).data]).toEqual([100n, 101n]);
  });
});
