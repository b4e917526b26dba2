import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bytesSink,
  bytesSource,
  countingSink,
  countingSource,
  fileSink,
  fileSource,
  type IoCounts,
  type Range,
  type Sink,
  type Source,
} from '@formatlab/core';
import type { Subject } from './subject.js';

/** What a piece of work moved, in bytes; undefined where it can't be counted on this platform. */
export interface Moved {
  readonly read: number | undefined;
  readonly written: number | undefined;
  /** Of the bytes written, those over bytes that were there; not known for engines that open the path themselves. */
  readonly rewritten: number | undefined;
}

/** Without an extension: a format with several of them is not held to the first. */
const NAME = 'file';

/** A file of this call that is read; in memory, or on the disk for engines that want a path. */
export async function withSource<T>(
  subject: Subject,
  bytes: Uint8Array,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  if (subject.io !== 'path') return work(bytesSource(bytes, NAME));
  return withPath(subject, bytes, async (path) => {
    const source = fileSource(path);
    try {
      return await work(source);
    } finally {
      await source.close();
    }
  });
}

/** Runs `work` on a counted source. */
export async function countReads(
  subject: Subject,
  bytes: Uint8Array,
  work: (source: Source) => Promise<void>,
): Promise<Moved> {
  return withSource(subject, bytes, async (inner) => {
    const { source, counts } = countingSource(inner);
    if (subject.io === 'path') return systemMoved(() => work(source));
    await work(source);
    return movedOf(counts);
  });
}

/** Bytes as a source, with what each call read. */
export function windowedSource(bytes: Uint8Array): { readonly source: Source; readonly calls: number[] } {
  const inner = bytesSource(bytes, NAME);
  const calls: number[] = [];
  const count = (ranges: readonly Range[]): void =>
    void calls.push(ranges.reduce((sum, { length }) => sum + length, 0));
  const source: Source = {
    ...inner,
    read(ranges, signal) {
      count(ranges);
      return inner.read(ranges, signal);
    },
    readSync(ranges) {
      count(ranges);
      return inner.readSync!(ranges);
    },
    readInto(at, target) {
      count([{ at, length: target.byteLength }]);
      inner.readInto!(at, target);
    },
  };
  return { source, calls };
}

/** Runs `work` on a counted sink that holds `bytes`; what it holds afterwards is `after`. */
export async function countWrites(
  subject: Subject,
  bytes: Uint8Array,
  work: (sink: Sink) => Promise<void>,
): Promise<Moved & { readonly after: Uint8Array }> {
  let moved: Moved | undefined;
  const after = await withSink(subject, bytes, async (inner) => {
    const { sink, counts } = countingSink(inner);
    if (subject.io === 'path') moved = { ...(await systemMoved(() => work(sink))), rewritten: undefined };
    else {
      await work(sink);
      moved = movedOf(counts);
    }
  });
  return { ...moved!, after };
}

/** Runs `work` on a sink that holds `bytes`, and returns what it holds afterwards. */
export async function withSink(
  subject: Subject,
  bytes: Uint8Array,
  work: (sink: Sink) => Promise<void>,
): Promise<Uint8Array> {
  if (subject.io !== 'path') {
    const sink = bytesSink(bytes, NAME);
    await work(sink);
    return sink.bytes().slice();
  }
  return withPath(subject, bytes, async (path) => {
    const sink = fileSink(path);
    try {
      await work(sink);
    } finally {
      await sink.close();
    }
    return new Uint8Array(readFileSync(path));
  });
}

/**
 * Runs `work` on a new sink, with what tells how many bytes were written so far: undefined where the system does not
 * count. Engines that open the path themselves, or keep a journal of their own beside it, get a file.
 */
export async function whileWriting(
  subject: Subject,
  work: (sink: Sink, written: () => number | undefined) => Promise<void>,
): Promise<number> {
  if (subject.io !== 'path' && subject.format.journal !== 'own') {
    const { sink, counts } = countingSink(bytesSink(undefined, NAME));
    await work(sink, () => counts.bytesWritten);
    return sink.size;
  }
  return withPath(subject, new Uint8Array(0), async (path) => {
    const sink = fileSink(path);
    const before = processIo()?.written;
    try {
      await work(sink, () => (before === undefined ? undefined : processIo()!.written - before));
    } finally {
      await sink.close();
    }
    return readFileSync(path).byteLength;
  });
}

async function withPath<T>(
  subject: Subject,
  bytes: Uint8Array,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'formatlab-testkit-'));
  try {
    const path = join(folder, `${NAME}${subject.format.extensions[0] ?? ''}`);
    writeFileSync(path, bytes);
    return await work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function movedOf(counts: IoCounts): Moved {
  return { read: counts.bytesRead, written: counts.bytesWritten, rewritten: counts.bytesRewritten };
}

/** What the process moved through system calls, for engines that do their own I/O: Linux counts it. */
async function systemMoved(work: () => Promise<void>): Promise<Moved> {
  const before = processIo();
  await work();
  const after = processIo();
  if (before === undefined || after === undefined)
    return { read: undefined, written: undefined, rewritten: undefined };
  return { read: after.read - before.read, written: after.written - before.written, rewritten: undefined };
}

function processIo(): { readonly read: number; readonly written: number } | undefined {
  try {
    const text = readFileSync('/proc/self/io', 'latin1');
    const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
    return { read: field('rchar'), written: field('wchar') };
  } catch {
    return undefined;
  }
}
