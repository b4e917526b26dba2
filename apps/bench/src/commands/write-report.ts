import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FormatError } from '@formatlab/core';
import type { ResultRecord } from '../results/record.js';

/** Writes `report.html`, `report.md` and `report.csv`; gives their paths. @throws FormatError `io` */
export async function writeReport(
  records: readonly ResultRecord[],
  out: string,
): Promise<{ readonly html: string }> {
  const { renderReport } = await import('../report/index.js');
  const report = await renderReport(records);
  const folder = resolve(out);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of [
      ['html', report.html],
      ['md', report.markdown],
      ['csv', report.csv],
    ] as const) {
      writeFileSync(join(folder, `report.${name}`), text);
    }
  } catch (error) {
    throw new FormatError('io', `write the report to '${folder}': ${(error as Error).message}`, {
      path: folder,
      cause: error,
    });
  }
  return { html: join(folder, 'report.html') };
}
