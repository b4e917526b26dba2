import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError } from '@formatlab/core';
import { pythonScript } from '../peers/python.js';
import { runChild } from '../processes/run-child.js';
import { seededRandom } from '../statistics/random.js';
import {
  type ChapterRow,
  type ChapterSettings,
  MANY_RAW,
  ONE_RAW,
  PROGRAMS,
  type Program,
} from './chapter-row.js';

/** One line of the table: a program with a format, in Python and here. */
export interface ChapterPair {
  readonly program: Program;
  readonly job: string;
  /** Null where Python or the library that it takes is not there. */
  readonly python: ChapterRow | null;
  readonly here: ChapterRow | null;
  /** Whether both found the same, to the bit; null with one side alone. */
  readonly same: boolean | null;
}

export interface ChapterOutcome {
  readonly pairs: readonly ChapterPair[];
  /** Libraries of Python that are not there, each in one line. */
  readonly notThere: readonly string[];
}

const TIMEOUT_MS = 600_000;

/** Runs each program in Python and then here, in fresh processes and on the same numbers. @throws FormatError */
export async function runChapter(
  settings: ChapterSettings,
  python: string,
  seed: number,
): Promise<ChapterOutcome> {
  const sides = ['python', 'here'].map((name) => join(settings.folder, name));
  const random = seededRandom(seed);
  const size = settings.rows * settings.columns;
  const one = Float64Array.from({ length: size }, () => random());
  const many = Float64Array.from({ length: size * settings.count }, () => random());
  for (const folder of sides) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, ONE_RAW), one);
    writeFileSync(join(folder, MANY_RAW), many);
  }
  const notThere = new Set<string>();
  const pairs: ChapterPair[] = [];
  for (const program of PROGRAMS) {
    const theirs = rowsOfPython(program, { ...settings, folder: sides[0]! }, python, notThere);
    const ours = await rowsHere(program, { ...settings, folder: sides[1]! });
    pairs.push(...pairUp(program, theirs, ours));
  }
  return { pairs, notThere: [...notThere] };
}

/** In the order of the programs here; what Python alone has comes behind. */
export function pairUp(
  program: Program,
  theirs: readonly ChapterRow[],
  ours: readonly ChapterRow[],
): ChapterPair[] {
  const jobs = [...new Set([...ours, ...theirs].map(({ job }) => job))];
  return jobs.map((job) => {
    const python = theirs.find((row) => row.job === job) ?? null;
    const here = ours.find((row) => row.job === job) ?? null;
    const same = python === null || here === null ? null : canonical(python.facts) === canonical(here.facts);
    return { program, job, python, here, same };
  });
}

/** JSON with the members of records in order. */
function canonical(facts: unknown): string {
  return JSON.stringify(facts, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function rowsOfPython(
  program: Program,
  { folder, repeats, rows, columns, count }: ChapterSettings,
  python: string,
  notThere: Set<string>,
): ChapterRow[] {
  const script = pythonScript(`chapter/python/${program}.py`);
  const done = spawnSync(python, [script, folder, ...[repeats, rows, columns, count].map(String)], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 64e6,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (done.error !== undefined) {
    notThere.add(`'${python}' could not be run: ${done.error.message}`);
    return [];
  }
  if (done.status !== 0) {
    const last = done.stderr.trim().split('\n').at(-1) ?? '';
    throw new FormatError('io', `run '${program}.py' with '${python}': ${last}`);
  }
  const told = JSON.parse(done.stdout) as (ChapterRow & { readonly absent?: string })[]; // of measure.py
  for (const { absent } of told) if (absent !== undefined) notThere.add(absent);
  return told.filter(({ absent }) => absent === undefined);
}

async function rowsHere(program: Program, settings: ChapterSettings): Promise<readonly ChapterRow[]> {
  const outcome = await runChild<'chapter'>(
    { kind: 'chapter', program, settings },
    { timeoutMs: TIMEOUT_MS },
  );
  if (!outcome.ok) throw new FormatError('io', `run '${program}' here: ${outcome.reason}`);
  return outcome.result.rows;
}
