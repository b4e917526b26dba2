import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import type { Report } from './convert.js';
import { type Checked, convertAndCheck, generate } from './round-trip.js';
import { parseSize, sizeText } from './size.js';

const DEFAULT_CSV = '5GB';
const DEFAULT_PARQUET = '2GB';
const MOST_MEMORY = 500e6;
/** What a Parquet file of these rows takes as CSV, and what both files of a conversion take, at most. */
const PARQUET_AS_CSV = 2.5;
const ROOM = 1.7;

const HELP = `npm run huge -- [--size SIZE] [--parquet-size SIZE] [--folder FOLDER] [--seed N] [--only csv|parquet]

Makes a CSV file and a Parquet file, converts each into the other format in a process of its own, and compares all
values. Prints the time, the speed and the most memory that the process took, Node.js included: more than
${sizeText(MOST_MEMORY)}, or a value that differs, ends it with exit code 1.

  --size SIZE          of the CSV file, default ${DEFAULT_CSV}; 300MB and 1.5GB are sizes
  --parquet-size SIZE  of the Parquet file, default two fifths of the CSV file: ${DEFAULT_PARQUET}
  --folder FOLDER      where the files are made, and removed again; default the system's temporary folder
  --seed N             of the rows, default 1
  --only FORMAT        only the conversion from csv, or from parquet

The disk needs about 1.7 times the size of the CSV file.`;

const { values } = given();
if (values.help === true) console.log(HELP);
else process.exitCode = await main();

/** The command line; a wrong one ends the program. */
function given() {
  try {
    return parseArgs({
      options: {
        size: { type: 'string', default: DEFAULT_CSV },
        'parquet-size': { type: 'string' },
        folder: { type: 'string' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    // parseArgs throws errors.
    console.error(`${(error as Error).message}: --help tells the options`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const size = parseSize(values.size);
  const parquetSize =
    values['parquet-size'] === undefined ? size && size * 0.4 : parseSize(values['parquet-size']);
  const seed = Number(values.seed);
  const wrong =
    size === undefined
      ? `--size '${values.size}': write a size such as 300MB`
      : parquetSize === undefined
        ? `--parquet-size '${values['parquet-size']}': write a size such as 300MB`
        : !Number.isSafeInteger(seed)
          ? `--seed '${values.seed}': write a whole number`
          : values.only !== undefined && values.only !== 'csv' && values.only !== 'parquet'
            ? `--only '${values.only}': write csv or parquet`
            : undefined;
  const parent = values.folder ?? tmpdir();
  const problem = wrong ?? roomProblem(parent, Math.max(size!, parquetSize! * PARQUET_AS_CSV) * ROOM);
  if (problem !== undefined) {
    console.error(problem);
    return 2;
  }
  const folder = mkdtempSync(join(parent, 'formatlab-huge-'));
  // An interrupted run leaves no gigabytes.
  process.once('SIGINT', () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
  try {
    const jobs = [
      { from: 'csv', to: 'parquet', size: size! },
      { from: 'parquet', to: 'csv', size: parquetSize! },
    ] as const;
    let failed = false;
    for (const job of jobs) {
      if (values.only !== undefined && values.only !== job.from) continue;
      const done = await run(folder, job, seed);
      if (done.difference !== undefined || done.peak > MOST_MEMORY) failed = true;
      console.log(resultText(job.from, job.to, done));
    }
    return failed ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why so many bytes can't be written into a folder; undefined where they can. */
function roomProblem(folder: string, bytes: number): string | undefined {
  if (!existsSync(folder)) return `--folder '${folder}': there is no such folder`;
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  return free >= bytes
    ? undefined
    : `--folder '${folder}': ${sizeText(free)} are free, the files take ${sizeText(bytes)}`;
}

async function run(
  folder: string,
  job: { readonly from: 'csv' | 'parquet'; readonly to: 'csv' | 'parquet'; readonly size: number },
  seed: number,
): Promise<Checked> {
  const source = join(folder, `source.${job.from}`);
  const target = join(folder, `target.${job.to}`);
  const generated = await withBar(`make ${sizeText(job.size)} of ${job.from}`, (report) =>
    generate(source, job.from, job.size, seed, report),
  );
  const bar = newBar();
  try {
    bar.start(1, 0, { what: `${job.from} to ${job.to}` });
    return await convertAndCheck(
      generated,
      target,
      (share) => bar.update(share),
      (share) => bar.update(share, { what: `compare the ${job.to}` }),
    );
  } finally {
    bar.stop();
    rmSync(source, { force: true });
    rmSync(target, { force: true });
  }
}

async function withBar<T>(what: string, work: (report: Report) => Promise<T>): Promise<T> {
  const bar = newBar();
  bar.start(1, 0, { what });
  try {
    return await work((share) => bar.update(share));
  } finally {
    bar.stop();
  }
}

function newBar(): SingleBar {
  const format = '{bar} {percentage} %, {eta_formatted} left: {what}';
  return new SingleBar(
    { format, stream: process.stderr, noTTYOutput: true, notTTYSchedule: 10_000, hideCursor: true },
    Presets.shades_classic,
  );
}

function resultText(from: string, to: string, { seconds, peak, difference, ...sizes }: Checked): string {
  const speed = `${(sizes.from / 1e6 / seconds).toFixed(1)} MB/s`;
  const memory = `${sizeText(peak)} of memory${peak > MOST_MEMORY ? `, more than ${sizeText(MOST_MEMORY)}` : ''}`;
  const equal = difference === undefined ? 'all values are equal' : `values differ: ${difference}`;
  return `${from} to ${to}: ${sizeText(sizes.from)} to ${sizeText(sizes.to)} in ${seconds.toFixed(1)} s, ${speed}, ${memory}, ${equal}`;
}
