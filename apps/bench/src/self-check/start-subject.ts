import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cell, FormatChoice } from '../cells.js';
import type { GroupFiles } from '../processes/job.js';
import type { SubjectJob } from './subject.js';

/** A file, and how the bench reads it. */
export interface Subject {
  readonly choice: FormatChoice;
  readonly cell: Cell;
  readonly files: GroupFiles;
}

/** The script that does the same without the bench. */
export const SUBJECT = fileURLToPath(new URL('./subject.js', import.meta.url));
export const TIMEOUT_MS = 120_000;

/** @returns the path of what the script is to do */
export function writeJob(
  { choice, files }: Pick<Subject, 'choice' | 'files'>,
  how: Pick<SubjectJob, 'tinybench'>,
): string {
  const job: SubjectJob = { choice, input: files.input, ...how };
  const path = join(files.work, 'subject.json');
  writeFileSync(path, JSON.stringify(job));
  return path;
}
