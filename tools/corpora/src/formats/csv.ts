import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLab, isTable, toRows } from '@formatlab/core';
import { csv } from '@formatlab/csv';
import papa from 'papaparse';
import type { Corpus, CorpusCase } from '../corpus.js';

const SPECTRUM = 'csv/csv-spectrum';
/** Their answers are wrong: one has the text of another case, one other line ends than its file. */
const WRONG_ANSWERS: readonly string[] = ['location_coordinates', 'newlines_crlf'];

const lab = createLab([csv]);

export const csvCorpus: Corpus = { format: 'csv', peer: 'papaparse', cases };

function* cases(folder: string): Iterable<CorpusCase> {
  const files = readdirSync(join(folder, SPECTRUM, 'csvs')).sort();
  for (const name of files.map((file) => file.replace(/\.csv$/, ''))) {
    if (WRONG_ANSWERS.includes(name)) continue;
    const bytes = readFileSync(join(folder, SPECTRUM, 'csvs', `${name}.csv`));
    const expected = readFileSync(join(folder, SPECTRUM, 'json', `${name}.json`), 'utf8');
    yield {
      file: `${SPECTRUM}/csvs/${name}.csv`,
      kind: 'valid',
      async ours() {
        const table = await lab.decode(bytes, { format: 'csv', options: { types: 'string', header: 'yes' } });
        return isTable(table) ? difference(toRows(table), expected) : 'not a table';
      },
      peer: () =>
        difference(papa.parse(bytes.toString(), { header: true, skipEmptyLines: true }).data, expected),
    };
  }
}

function difference(rows: unknown, expected: string): string | undefined {
  const found = JSON.stringify(rows);
  const wanted = JSON.stringify(JSON.parse(expected));
  return found === wanted ? undefined : `${wanted} came back as ${found}`;
}
