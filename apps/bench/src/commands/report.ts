import { dirname, join } from 'node:path';
import { lastOfEach, readResults } from '../results/results-file.js';
import { writeReport } from './write-report.js';

/** Makes the report anew from results files. @throws FormatError */
export async function report(files: readonly string[], flags: { readonly out?: string }): Promise<void> {
  const paths = files.length === 0 ? [join('formatlab-out', 'results.jsonl')] : files;
  const records = lastOfEach(paths.flatMap(readResults));
  const { html } = await writeReport(records, flags.out ?? dirname(paths[0]!));
  console.log(`report: ${html}`);
}
