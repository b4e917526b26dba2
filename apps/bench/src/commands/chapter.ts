import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import type { ChapterRow } from '../chapter/chapter-row.js';
import { type ChapterPair, runChapter } from '../chapter/run-chapter.js';
import { pythonOf } from '../peers/python.js';
import { formatBytes, formatMs } from '../report/units.js';
import { columns } from './columns.js';
import { parseCount, parseSize } from './parse.js';

export interface ChapterFlags {
  readonly size: string;
  readonly count: string;
  readonly repeats: string;
  readonly seed: string;
  readonly python?: string;
  readonly temp?: string;
  readonly json?: boolean;
}

/** Runs the five programs in Python and here, and prints them side by side; exit code 1 where values differ. @throws UsageError, FormatError */
export async function chapter(flags: ChapterFlags): Promise<void> {
  const size = parseSize(flags.size);
  const folder = mkdtempSync(join(flags.temp ?? tmpdir(), 'formatlab-chapter-'));
  try {
    const settings = {
      folder,
      repeats: parseCount('--repeats', flags.repeats),
      rows: size.rows,
      columns: size.columns,
      count: parseCount('--count', flags.count),
    };
    const { pairs, notThere } = await runChapter(
      settings,
      pythonOf(flags.python),
      parseCount('--seed', flags.seed),
    );
    for (const reason of notThere) console.error(pc.yellow(`left out in Python: ${reason}`));
    console.log(flags.json === true ? JSON.stringify(pairs, null, 2) : table(pairs));
    if (pairs.some(({ same }) => same === false)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const HEAD = ['program', 'file', 'written', 'read', 'one', 'size'];

function table(pairs: readonly ChapterPair[]): string {
  const head = [
    ...HEAD.slice(0, 2),
    ...['Python', 'here'].flatMap((side) => HEAD.slice(2).map((name) => `${name}, ${side}`)),
    'values',
  ];
  const rows = pairs.map(({ program, job, python, here, same }) => [
    program.replace('_', ' '),
    job,
    ...figures(python),
    ...figures(here),
    same === null ? '–' : same ? 'the same' : pc.red('NOT the same'),
  ]);
  return `${columns(head, rows)}\nmedians, without the start of the process; one: reached, or changed, with the file opened for it`;
}

function figures(row: ChapterRow | null): string[] {
  if (row === null) return ['–', '–', '–', '–'];
  const time = (ms: number | null): string => (ms === null ? '–' : formatMs(ms));
  return [
    time(row.writeMs),
    time(row.readMs),
    time(row.oneMs),
    row.bytes === null ? '–' : formatBytes(row.bytes),
  ];
}
