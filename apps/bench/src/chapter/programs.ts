import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLab, isNDArray, type NDArray, ndarray, toNested, type Value } from '@formatlab/core';
import { hdf5 } from '@formatlab/hdf5';
import { json } from '@formatlab/json';
import { matlab } from '@formatlab/matlab';
import { pickle } from '@formatlab/pickle';
import { sqlite } from '@formatlab/sqlite';
import { float64OfBytes } from '../peers/arrays.js';
import { median } from '../statistics/quantile.js';
import { type ChapterRow, type ChapterSettings, MANY_RAW, ONE_RAW, type Program } from './chapter-row.js';

const lab = createLab([hdf5, json, matlab, pickle, sqlite]);

/** The chapter's programs here, doing what those in `python/` do. */
export const HERE: Readonly<Record<Program, (settings: ChapterSettings) => Promise<ChapterRow[]>>> = {
  scalars,
  counter,
  check,
  single_array: singleArray,
  many_arrays: manyArrays,
};

async function scalars({ folder, repeats }: ChapterSettings): Promise<ChapterRow[]> {
  const path = join(folder, 'scalars.h5');
  const write = await timed(() => lab.save(path, { a: 23n, b: 19n }), repeats);
  const read = await timed(async () => {
    const file = await lab.open(path);
    const values: Record<string, number> = {};
    for (const entry of await file.entries())
      values[entry.path.slice(1)] = Number(plain(await file.read(entry.path)));
    await file.close();
    return values;
  }, repeats);
  return [row('hdf5', read.found, { path, writeMs: write.ms, readMs: read.ms })];
}

async function counter({ folder, repeats }: ChapterSettings): Promise<ChapterRow[]> {
  const path = join(folder, 'counter.h5');
  rmSync(path, { force: true });
  const values = async (): Promise<Record<string, number>> => {
    const file = await lab.open(path);
    const found: Record<string, number> = {};
    for (const entry of await file.entries())
      found[entry.path.slice(1)] = Number([plain(await file.read(entry.path))].flat()[0]);
    await file.close();
    return found;
  };
  const add = async (...names: readonly string[]): Promise<void> => {
    const counts = existsSync(path) ? await values() : {};
    const file = await lab.edit(path);
    for (const name of names)
      await file.put(`/${name}`, ndarray(BigInt64Array.of(BigInt(counts[name] ?? 0) + 1n)));
    await file.commit();
    await file.close();
  };
  await add('apples', 'pears');
  const one = await timed(() => add('apples'), repeats);
  const read = await timed(values, repeats);
  return [row('hdf5', read.found, { path, readMs: read.ms, oneMs: one.ms })];
}

async function check(settings: ChapterSettings): Promise<ChapterRow[]> {
  const path = join(settings.folder, 'data.h5');
  await lab.save(path, { data: theArray(settings) });
  const look = await timed(async () => {
    const file = await lab.open(path);
    const found = [];
    for (const slice of [undefined, '0']) {
      const array = await file.read('/data', { slice });
      if (isNDArray(array))
        found.push({ rows: array.shape[0], type: array.dtype, size: array.size, shape: [...array.shape] });
    }
    await file.close();
    return found;
  }, settings.repeats);
  return [row('hdf5', look.found, { path, oneMs: look.ms })];
}

async function singleArray(settings: ChapterSettings): Promise<ChapterRow[]> {
  const array = theArray(settings);
  const rows: ChapterRow[] = [];
  for (const { id } of [json, pickle, matlab, hdf5]) {
    // A file of random access is not written through gzip.
    for (const compression of id === 'hdf5' ? (['none'] as const) : (['none', 'gzip'] as const)) {
      const job = compression === 'gzip' ? `${id}.gz` : id;
      const path = join(settings.folder, `one.${job}`);
      const write = await timed(() => lab.save(path, array, { format: id, compression }), settings.repeats);
      const read = await timed(() => lab.load(path, { format: id }), settings.repeats);
      rows.push(row(job, digest([read.found]), { path, writeMs: write.ms, readMs: read.ms }));
    }
  }
  return rows;
}

async function manyArrays(settings: ChapterSettings): Promise<ChapterRow[]> {
  const { folder, repeats, count } = settings;
  const all = theArrays(settings);
  const names = all.map((_, i) => `array${i}`);
  const arrays = Object.fromEntries(names.map((name, i) => [name, all[i]!]));
  const rows: ChapterRow[] = [];
  for (const { id, can } of [json, pickle, matlab, hdf5, sqlite]) {
    const path = join(folder, `many.${id}`);
    const write = await timed(() => lab.save(path, arrays, { format: id }), repeats);
    const read = await timed(async () => {
      const found = (await lab.load(path, { format: id })) as { readonly [name: string]: Value };
      return names.map((name) => found[name]!);
    }, repeats);
    const whole = digest(read.found);
    const common = { path, writeMs: write.ms, readMs: read.ms };
    if (can.readOne !== 'seek') {
      rows.push(row(id, whole, common));
      continue;
    }
    const singles = await timed(async () => {
      const found: Value[] = [];
      for (const name of names) {
        const file = await lab.open(path, { format: id });
        found.push(await file.read(`/${name}`));
        await file.close();
      }
      return found;
    }, 1);
    rows.push(row(id, [whole, digest(singles.found)], { ...common, oneMs: singles.ms / count }));
  }
  return rows;
}

async function timed<T>(work: () => Promise<T>, repeats: number): Promise<{ ms: number; found: T }> {
  const times: number[] = [];
  for (;;) {
    const start = performance.now();
    const found = await work();
    times.push(performance.now() - start);
    if (times.length >= repeats) return { ms: median(times), found };
  }
}

interface Figures {
  readonly path: string;
  readonly writeMs?: number;
  readonly readMs?: number;
  readonly oneMs?: number;
}

function row(job: string, facts: unknown, { path, writeMs, readMs, oneMs }: Figures): ChapterRow {
  return {
    job,
    facts,
    bytes: statSync(path).size,
    writeMs: writeMs ?? null,
    readMs: readMs ?? null,
    oneMs: oneMs ?? null,
  };
}

/** The same as `digest` of `python/measure.py`. */
export function digest(arrays: readonly Value[]): string {
  const state = createHash('sha256');
  for (const array of arrays) {
    // JSON has no arrays of its own: nested lists come back as what they are.
    const { shape, data } = isNDArray(array)
      ? (array as NDArray)
      : arrayOfLists(array as readonly (readonly number[])[]);
    state.update(JSON.stringify(shape));
    const { buffer, byteOffset, byteLength } = data as Float64Array;
    state.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return state.digest('hex');
}

function arrayOfLists(lists: readonly (readonly number[])[]): NDArray {
  return ndarray(Float64Array.from(lists.flat()), [lists.length, lists[0]?.length ?? 0]);
}

function theArray({ folder, rows, columns }: ChapterSettings): NDArray {
  return ndarray(float64OfBytes(readFileSync(join(folder, ONE_RAW))), [rows, columns]);
}

function theArrays({ folder, rows, columns, count }: ChapterSettings): NDArray[] {
  const all = float64OfBytes(readFileSync(join(folder, MANY_RAW)));
  const size = rows * columns;
  return Array.from({ length: count }, (_, i) =>
    ndarray(all.slice(i * size, (i + 1) * size), [rows, columns]),
  );
}

function plain(value: Value): Value {
  return isNDArray(value) ? toNested(value) : value;
}
