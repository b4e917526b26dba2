import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { thisMachine } from '../results/machine.js';
import { newProgress, type Progress } from '../run/progress.js';
import { type BrowserAccess, IN_BROWSER, openBrowser } from './browser-access.js';
import type { AccessJob } from './child.js';
import { type Arrays, CONTAINERS, type Container } from './containers.js';
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
  const browser = await openBrowser(server.origin);
  const results: ContainerResult[] = [];
  const slices: SliceResult[] = [];
  // After each container: what is measured is kept when the run is ended.
  const keep = (): AccessResults => {
    const told: AccessResults = {
      kind: 'access',
      machine: thisMachine(),
      arrays: used,
      latencyMs: LATENCY_MS,
      chromium: typeof browser === 'string' ? browser : browser.version,
      containers: results,
      slices,
    };
    writeFileSync(join(out, 'access.json'), `${JSON.stringify(told, null, 1)}\n`);
    writeFileSync(join(out, 'access.md'), accessMarkdown(told));
    return told;
  };
  try {
    const run: Run = { folder, server, browser, arrays: used, flags };
    const start = performance.now();
    const withSlices = !flags.quick && containers.some(({ id }) => id === 'hdf5-h5py');
    const steps = containers.length + (withSlices ? 1 : 0);
    const tell = (done: number, what: string): void => sayProgress(progress, start, done / steps, what);
    for (const [i, container] of containers.entries()) {
      tell(i, container.title);
      results.push(await measureContainer(run, container));
      keep();
    }
    if (steps > containers.length) {
      tell(containers.length, 'a slice of 2 GiB of HDF5');
      slices.push(...(await measureSlices(run)));
    }
  } finally {
    progress.end();
    if (typeof browser !== 'string') await browser.close();
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
  readonly browser: BrowserAccess | string;
  readonly arrays: Arrays;
  readonly flags: AccessFlags;
}

async function measureContainer(run: Run, container: Container): Promise<ContainerResult> {
  const { arrays, folder } = run;
  const path = join(folder, `${container.id}${container.extension}`);
  try {
    const begun = performance.now();
    const made =
      container.layout === 'h5py'
        ? makeWithH5py(path, arrays)
          ? { ms: performance.now() - begun, bytes: statSync(path).size }
          : undefined
        : await inChild<ContainerResult['made']>(
            { kind: 'make', container, path, arrays },
            run.flags.timeoutSeconds,
          );
    if (made === undefined) return { container, failed: 'Python with h5py is not here', rounds: [] };
    // Before anything is appended.
    const url = `${run.server.origin}/${container.id}${container.extension}`;
    const http = await inChild<ContainerResult['http']>(
      { kind: 'http', container, url, arrays },
      run.flags.timeoutSeconds * 4,
    );
    const browser =
      typeof run.browser === 'string' || !IN_BROWSER.includes(container.format)
        ? undefined
        : await run.browser.reads(container, url, arrays);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const local = await inChild<Round['local']>(
        { kind: 'local', container, path, arrays },
        run.flags.timeoutSeconds * 4,
      );
      rounds.push({ local, python: measurePython(container.id, path, arrays) });
    }
    return {
      container,
      made,
      rounds,
      ...(http === undefined ? {} : { http }),
      ...(browser === undefined ? {} : { browser }),
    };
  } catch (error) {
    return { container, failed: error instanceof Error ? error.message : String(error), rounds: [] };
  } finally {
    rmSync(path, { force: true });
    rmSync(`${path}.flx`, { force: true });
  }
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
      if (late) return reject(new Error(`${job.kind}: not done after ${seconds} s`));
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
