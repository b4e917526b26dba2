import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesSink, createLab, firstDifference, NDArray, ndarray, table } from '@formatlab/core';
import { afterAll, describe, expect, it } from 'vitest';
import { numpy } from '../src/index.js';

const lab = createLab([numpy]);
const folder = mkdtempSync(join(tmpdir(), 'numpy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const matrix = (rows: number, from = 0) =>
  new NDArray({
    dtype: 'float64',
    shape: [rows, 3],
    data: Float64Array.from({ length: rows * 3 }, (_, i) => i + from),
  });

describe('npy', () => {
  it('grows in place: only rows and header are written', async () => {
    const path = join(folder, 'grow.npy');
    await lab.save(path, matrix(1000));
    const before = statSync(path).size;
    const file = await lab.edit(path);
    await file.append('', matrix(2, 3000));
    const { written, rewritten } = await file.commit();
    await file.close();
    expect({ written, rewritten }).toEqual({ written: 48 + 128, rewritten: 128 });
    expect(statSync(path).size).toBe(before + 48);
    expect(firstDifference(await lab.load(path), matrix(1002))).toBeUndefined();
  });

  it('adds a slab without its first dimension as one row', async () => {
    const sink = bytesSink(await lab.encode(matrix(2), 'numpy'), 'slab.npy');
    const file = await lab.edit(sink);
    await file.append('', ndarray(new Float64Array([6, 7, 8])));
    await file.commit();
    expect(firstDifference(await lab.decode(sink.bytes()), matrix(3))).toBeUndefined();
  });

  it('adds rows to a structured array', async () => {
    const rows = table({ x: new Float64Array([1, 2]), n: new BigInt64Array([3n, 4n]) });
    const sink = bytesSink(await lab.encode(rows, 'numpy'), 'rows.npy');
    const file = await lab.edit(sink);
    await file.append('', table({ x: new Float64Array([5]), n: new BigInt64Array([6n]) }));
    await file.commit();
    expect(
      firstDifference(
        await lab.decode(sink.bytes()),
        table({ x: new Float64Array([1, 2, 5]), n: new BigInt64Array([3n, 4n, 6n]) }),
      ),
    ).toBeUndefined();
  });

  it('refuses rows of another dtype or width', async () => {
    const sink = bytesSink(await lab.encode(matrix(2), 'numpy'), 'misfit.npy');
    const file = await lab.edit(sink);
    await file.append('', ndarray(new Float32Array([1, 2, 3]), [1, 3]));
    await expect(file.commit()).rejects.toMatchObject({ code: 'unsupported', format: 'numpy' });
  });

  it('refuses named entries', async () => {
    const file = await lab.edit(bytesSink(undefined, 'one.npy'));
    await expect(file.put('/a', matrix(1))).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('npz', () => {
  it('adds a member behind the rest, which stays as it is', async () => {
    const path = join(folder, 'add.npz');
    await lab.save(path, { a: matrix(2000), b: matrix(10) });
    const before = readFileSync(path);
    const file = await lab.edit(path);
    await file.put('/c', matrix(1, 50));
    expect(await file.commit()).toMatchObject({ rewritten: 0 });
    await file.close();
    expect(readFileSync(path).subarray(0, before.length).equals(before)).toBe(true);
    expect(
      firstDifference(await lab.load(path), { a: matrix(2000), b: matrix(10), c: matrix(1, 50) }),
    ).toBeUndefined();
  });

  it('replaces, extends and removes members', async () => {
    const sink = bytesSink(
      await lab.encode({ a: matrix(1), b: matrix(2), c: matrix(3) }, 'numpy'),
      'edit.npz',
    );
    const file = await lab.edit(sink);
    await file.put('/a', 5);
    await file.append('/b', matrix(1, 6));
    await file.remove('/c');
    await file.commit();
    expect(firstDifference(await lab.decode(sink.bytes()), { a: 5, b: matrix(3) })).toBeUndefined();
  });

  it('makes a new file', async () => {
    const sink = bytesSink(undefined, 'new.npz');
    const file = await lab.edit(sink);
    await file.put('/count', new NDArray({ dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) }));
    await file.commit();
    expect(
      firstDifference(await lab.decode(sink.bytes()), { count: ndarray(BigInt64Array.of(1n)) }),
    ).toBeUndefined();
  });

  it('names what is not there', async () => {
    const file = await lab.edit(bytesSink(await lab.encode({ a: 1 }, 'numpy'), 'missing.npz'));
    await expect(file.remove('/b')).rejects.toMatchObject({ code: 'not-found', path: '/b' });
    await expect(file.append('/b', matrix(1))).rejects.toMatchObject({ code: 'not-found' });
  });
});
