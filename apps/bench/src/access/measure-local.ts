import { statSync } from 'node:fs';
import {
  type Commit,
  countingSink,
  countingSource,
  createLab,
  type Format,
  fileSink,
  fileSource,
} from '@formatlab/core';
import { median } from '../statistics/quantile.js';
import { type AccessOperation, type Arrays, type Container, READS } from './containers.js';
import { makeIndex, oneMore } from './make-container.js';
import { readOnce } from './read-container.js';

/** One operation, many times in one process. */
export interface Timed {
  readonly firstMs: number;
  readonly medianMs: number;
  readonly times: number;
}

export interface LocalRead extends Timed {
  /** Calls that read from the file, and bytes, of one time; bytes with those of an index beside it. */
  readonly reads: number;
  readonly bytes: number;
}

export interface LocalAppend extends Timed {
  readonly written: number;
  readonly rewritten: number;
  /** Written beside the file meanwhile; absent where the format keeps a journal of its own. */
  readonly journal?: number;
  readonly bytesRead: number;
  readonly fileBytes: number;
}

export type Local = { readonly [Operation in 'list' | 'one' | 'rows']: LocalRead } & {
  readonly append: LocalAppend;
};

const LEAST_TIMES = 3;
const MOST_TIMES = 300;
const LONG_ENOUGH_MS = 1000;
/** Reads are done this long before those that count; the first of them is a figure of its own. */
export const WARM_UP_MS = 300;
/** What takes this long is not repeated once more. */
const TOO_LONG_MS = 8000;

/** Reads and appends on the local file system; what was appended stays in the file. */
export async function measureLocal(
  container: Container,
  path: string,
  arrays: Arrays,
  formats: readonly Format[],
): Promise<Local> {
  const lab = createLab(formats);
  // The round before has appended to the file.
  await makeIndex(container, path, formats);
  const indexBytes = container.indexed === true ? statSync(`${path}.flx`).size : 0;
  const reads: Partial<Record<AccessOperation, LocalRead>> = {};
  for (const operation of READS) {
    const timed = await repeat((turn) => readOnce(lab, path, container, operation, arrays, turn), WARM_UP_MS);
    const { source, counts } = countingSource(fileSource(path));
    await readOnce(lab, source, container, operation, arrays, 0);
    await source.close();
    reads[operation] = { ...timed, reads: counts.reads, bytes: counts.bytesRead + indexBytes };
  }
  const append = await measureAppend(container, path, arrays, formats);
  return { list: reads.list!, one: reads.one!, rows: reads.rows!, append };
}

async function measureAppend(
  container: Container,
  path: string,
  arrays: Arrays,
  formats: readonly Format[],
): Promise<LocalAppend> {
  const lab = createLab(formats);
  const value = oneMore(container, arrays);
  const format = container.layout === 'mat73' ? 'hdf5' : container.format;
  const unique = `${process.pid}x`;
  const add = async (target: Parameters<typeof lab.edit>[0], name: string): Promise<Commit> => {
    const editor = await lab.edit(target, { format });
    try {
      const grows = container.layout === 'rows' || container.layout === 'stacked';
      await (grows ? editor.append('', value) : editor.put(`/${name}`, value));
      return await editor.commit();
    } finally {
      await editor.close();
    }
  };
  const timed = await repeat(async (turn) => void (await add(path, `more${unique}${turn}`)), 0, 20);
  // A sink of its own has no journal: what that takes is told by a commit on the path.
  const { journal } = await add(path, `more${unique}journal`);
  const inner = fileSink(path, { create: false });
  const { sink, counts } = countingSink(inner);
  const fileBytes = statSync(path).size;
  // SQLite's library works on the path itself: what it tells is taken.
  const commit = await add(sink, `more${unique}counted`);
  await inner.close();
  const counted = counts.bytesWritten > 0;
  return {
    ...timed,
    written: counted ? counts.bytesWritten : commit.written,
    rewritten: counted ? counts.bytesRewritten : commit.rewritten,
    ...(journal === undefined ? {} : { journal }),
    bytesRead: counts.bytesRead,
    fileBytes,
  };
}

async function repeat(
  work: (turn: number) => Promise<void>,
  warmUpMs: number,
  most = MOST_TIMES,
): Promise<Timed> {
  let turn = 0;
  const once = async (): Promise<number> => {
    const start = performance.now();
    await work(turn++);
    return performance.now() - start;
  };
  const firstMs = await once();
  for (let warm = firstMs; warm < warmUpMs; ) warm += await once();
  const times: number[] = [];
  let total = firstMs;
  while (times.length < most && total < (times.length < LEAST_TIMES ? TOO_LONG_MS : LONG_ENOUGH_MS)) {
    const ms = await once();
    times.push(ms);
    total += ms;
  }
  return { firstMs, medianMs: times.length === 0 ? firstMs : median(times), times: times.length + 1 };
}
