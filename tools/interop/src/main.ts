import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPython } from './python.js';
import { type Result, readTheirs } from './read-theirs.js';
import { writeOurs } from './write-ours.js';

const folder = mkdtempSync(join(tmpdir(), 'formatlab-interop-'));
const ours = join(folder, 'ours');
const theirs = join(folder, 'theirs');
mkdirSync(ours);
mkdirSync(theirs);

const judged = JSON.parse(runPython('check.py', await writeOurs(ours))) as {
  results: Result[];
  versions: Record<string, string>;
};
runPython('make.py', theirs);
const read = await readTheirs(theirs);
rmSync(folder, { recursive: true, force: true });

console.log(
  `Judged by ${Object.entries(judged.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}`,
);
const rows = [...new Set([...judged.results, ...read].map(({ format }) => format))].map((format) => ({
  format,
  ...summary(
    'we write, Python reads',
    judged.results.filter((result) => result.format === format),
  ),
  ...summary(
    'Python writes, we read',
    read.filter((result) => result.format === format),
  ),
}));
console.table(rows);

const all = [
  ...judged.results.map((result) => ({ ...result, direction: 'Python reads ours' })),
  ...read.map((result) => ({ ...result, direction: 'we read' })),
];
const failed = all.filter(({ problem }) => problem !== null);
for (const { direction, format, file, problem } of failed)
  console.log(`failed: ${direction}: ${format} ${file}: ${problem}`);
console.log(`${all.reduce((sum, { values }) => sum + values, 0)} values compared in ${all.length} files`);
console.log(`${all.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

function summary(direction: string, results: readonly Result[]): Record<string, string> {
  const values = results.reduce((sum, result) => sum + result.values, 0);
  const wrong = results.filter(({ problem }) => problem !== null).length;
  return {
    [direction]: results.length === 0 ? '–' : `${results.length} files, ${values} values, ${wrong} wrong`,
  };
}
