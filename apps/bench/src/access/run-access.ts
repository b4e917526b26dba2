import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { thisMachine } from '../results/machine.js';
import { newProgress, type Progress } from '../run/progress.js';
import { type BrowserAccess, openBrowser } from './browser-access.js';
import type { AccessJob } from './child.js';
import { type Arrays, arraysOf, CONTAINERS, type Container } from './containers.js';
import { earlierResults, mergedContainers } from './merge-access.js';
import { makeLargeWithH5py, makeWithH5py, measurePython } from './python-access.js';
import { type RangeServer, startRangeServer } from './range-server.js';
import { accessMarkdown, accessTable } from './render-access.js';
import type { AccessResults, ContainerResult, Round, SliceResult } from './results.js';

export interface AccessFlags {
  readonly quick: boolean;
  readonly formats: readonly string[] | undefined;
  readonly count: number | undefined;
  readonly seed: number;
  readonly timeoutSeconds: number;
  readonly out: string;
  readonly temp: string | undefined;
  readonly progress: boolean;
}

const FULL: Arrays = { count: 10_000, rows: 100, columns: 100, seed: 1 };
const QUICK: Arrays = { ...FULL, count: 500 };
const LATENCY_MS = 50;
const ROUNDS = 3;
/** What one container may take in all: the whole suite ends in about 25 minutes. */
const CONTAINER_SECONDS = 180;
/** 2 GiB of float64. */
const LARGE = { rows: 16_384, columns: 16_384 };
const LARGE_SLICE = '8000:8010,4096:8192';
const LARGE_SLICE_BYTES = 10 * 4096 * 8;
const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
const PAGE = fileURLToPath(new URL('../page/access.js', import.meta.url));
/** Values of 800 MB and the bytes made of them. */
const HEAP_MB = 12_000;

/** Reads and appends single arrays of large files, on the file system, over HTTP, and beside Python. */
export async function runAccess(flags: AccessFlags): Promise<void> {
  const arrays = { ...(flags.quick ? QUICK : FULL), seed: flags.seed };
  const used = flags.count === undefined ? arrays : { ...arrays, count: flags.count };
  const containers = CONTAINERS.filter(
    ({ id, format }) =>
      flags.formats === undefined || flags.formats.some((name) => name === id || name === format),
  );
  const out = resolve(flags.out);
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(flags.temp ?? tmpdir(), 'formatlab-access-'));
  const progress = newProgress(process.stderr, flags.progress);
  const server = await startRangeServer(folder, LATENCY_MS, existsSync(PAGE) ? PAGE : undefined);
  const run: Run = { folder, server, browser: await openBrowser(server.origin), arrays: used, flags };
  const before = earlierResults(join(out, 'access.json'), used, thisMachine());
  const measured: ContainerResult[] = [];
  const slices: SliceResult[] = [];
  // After each container: what is measured is kept when the run is ended.
  const keep = (): AccessResults => {
    const told: AccessResults = {
      kind: 'access',
      machine: thisMachine(),
      arrays: used,
      latencyMs: LATENCY_MS,
      chromium: typeof run.browser === 'string' ? run.browser : run.browser.version,
      containers: mergedContainers(before?.containers ?? [], measured),
      slices: slices.length > 0 ? slices : (before?.slices ?? []),
    };
    writeFileSync(join(out, 'access.json'), `${JSON.stringify(told, null, 1)}\n`);
    writeFileSync(join(out, 'access.md'), accessMarkdown(told));
    return told;
  };
  try {
    const start = performance.now();
    const withSlices = !flags.quick && containers.some(({ id }) => id === 'hdf5-h5py');
    const steps = containers.length + (withSlices ? 1 : 0);
    const tell = (done: number, what: string): void => sayProgress(progress, start, done / steps, what);
    for (const [i, container] of containers.entries()) {
      tell(i, `${container.title}, ${i + 1} of ${steps}`);
      measured.push(await measureContainer(run, container));
      keep();
    }
    if (steps > containers.length) {
      tell(containers.length, 'a slice of 2 GiB of HDF5');
      slices.push(...(await measureSlices(run)));
    }
  } finally {
    progress.end();
    if (typeof run.browser !== 'string') await run.browser.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const told = keep();
  console.log(accessTable(told));
  console.log(
    `${pc.bold('results:')} ${join(out, 'access.json')}\n${pc.bold('report:')}  ${join(out, 'access.md')}`,
  );
}

interface Run {
  readonly folder: string;
  readonly server: RangeServer;
  browser: BrowserAccess | string;
  readonly arrays: Arrays;
  readonly flags: AccessFlags;
}

async function measureContainer(run: Run, container: Container): Promise<ContainerResult> {
  const { folder } = run;
  const arrays = arraysOf(container, run.arrays);
  const path = join(folder, `${container.id}${container.extension}`);
  const rounds: Round[] = [];
  const result: { -readonly [Key in keyof ContainerResult]: ContainerResult[Key] } = {
    container,
    rounds,
    ...(arrays.count < run.arrays.count ? { count: arrays.count } : {}),
  };
  const until = performance.now() + CONTAINER_SECONDS * 1000;
  const child = <T>(job: AccessJob, most = Number.POSITIVE_INFINITY): Promise<T> =>
    inChild<T>(job, Math.max(1, Math.min(most, (until - performance.now()) / 1000)));
  try {
    const begun = performance.now();
    if (container.layout !== 'h5py')
      result.made = await child({ kind: 'make', container, path, arrays }, run.flags.timeoutSeconds);
    else if (makeWithH5py(path, arrays))
      result.made = { ms: performance.now() - begun, bytes: statSync(path).size };
    else return { ...result, failed: 'Python with h5py is not here' };
    // Before anything is appended.
    const url = `${run.server.origin}/${container.id}${container.extension}`;
    result.http = await child({ kind: 'http', container, url, arrays });
    // What Node.js gave up is not waited for again.
    const gaveUp = result.http !== undefined && 'reason' in result.http.one;
    const browser = gaveUp ? undefined : await inBrowser(run, container, url, arrays);
    if (browser !== undefined) result.browser = browser;
    for (let round = 0; round < ROUNDS; round++) {
      const local = await child<Round['local']>({ kind: 'local', container, path, arrays });
      rounds.push({ local, python: measurePython(container.id, path, arrays) });
    }
  } catch (error) {
    result.failed =
      performance.now() >= until
        ? `not finished in ${CONTAINER_SECONDS} s: ${rounds.length} of ${ROUNDS} rounds`
        : error instanceof Error
          ? error.message
          : String(error);
  } finally {
    rmSync(path, { force: true });
    rmSync(`${path}.flx`, { force: true });
  }
  return result;
}

/** Undefined without a browser, or a format in it. A page that broke down is opened anew, once. */
async function inBrowser(
  run: Run,
  container: Container,
  url: string,
  arrays: Arrays,
): Promise<ContainerResult['browser']> {
  for (let tries = 0; tries < 2 && typeof run.browser !== 'string'; tries++) {
    if (!run.browser.formats.includes(container.format)) return undefined;
    try {
      return await run.browser.reads(container, url, arrays);
    } catch {
      await run.browser.close().catch(() => undefined);
      run.browser = await openBrowser(run.server.origin);
    }
  }
  return undefined;
}

async function measureSlices({ folder, server, browser, flags }: Run): Promise<SliceResult[]> {
  const name = 'large.h5';
  const path = join(folder, name);
  const { rows, columns } = LARGE;
  if (!makeLargeWithH5py(path, rows, columns)) return [];
  const url = `${server.origin}/${name}`;
  const node = await inChild<SliceResult['node']>(
    { kind: 'slice', url, path: '/grid', slice: LARGE_SLICE },
    flags.timeoutSeconds,
  );
  const told: SliceResult = {
    title: `HDF5 by h5py, ${rows} × ${columns} float64 in chunks of 256 × 512`,
    fileBytes: statSync(path).size,
    slice: LARGE_SLICE,
    sliceBytes: LARGE_SLICE_BYTES,
    node,
    ...(typeof browser === 'string' ? {} : { browser: await browser.slice(url, '/grid', LARGE_SLICE) }),
  };
  rmSync(path, { force: true });
  return [told];
}

/** Work in a process of its own. @throws Error with what it says, or that it took too long */
function inChild<T>(job: AccessJob, seconds: number): Promise<T> {
  return new Promise((resolveWith, reject) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, CHILD, JSON.stringify(job)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.stdout.on('data', (piece: Buffer) => {
      text += piece.toString('utf8');
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (late) return reject(new Error(`${job.kind}: not finished in ${Math.round(seconds)} s`));
      try {
        const told = JSON.parse(text.trim().split('\n').at(-1)!) as { value: T; failed?: string }; // of child.ts
        if (told.failed !== undefined) reject(new Error(told.failed));
        else resolveWith(told.value);
      } catch {
        reject(new Error(`${job.kind}: the process ended with ${signal ?? code}`));
      }
    });
  });
}

function sayProgress(progress: Progress, start: number, share: number, what: string): void {
  const spent = performance.now() - start;
  progress.update(share, what, share === 0 ? undefined : (spent / share) * (1 - share));
}
