import { RESULT_SCHEMA, type ResultRecord } from '../../src/results/record.js';
import { parseRecords } from './records.js';

/** Results of another run, from files that the reader gave. */
export interface OtherRun {
  readonly name: string;
  readonly records: readonly ResultRecord[];
  /** Lines that are no records of this schema. */
  readonly skipped: number;
}

const WANTED = 'Choose the results.jsonl that formatlab-bench run wrote, or a report.html';

/** What stands in the files, or a sentence that says why they are of no use and what would be. */
export async function readOther(files: readonly File[]): Promise<OtherRun | string> {
  const name = files.map((file) => file.name).join(', ');
  let text: string;
  try {
    text = (await Promise.all(files.map(async (file) => recordsIn(await file.text())))).join('\n');
  } catch (error) {
    return `Read '${name}': ${(error as Error).message}. ${WANTED}`;
  }
  const { records, skipped, schemas } = parseRecords(text);
  if (records.some(({ kind }) => kind === 'cell')) return { name, records, skipped };
  const [schema] = schemas;
  if (schema !== undefined)
    return `'${name}' has schema ${schema}, this page knows ${RESULT_SCHEMA}: draw this page again with the FormatLab that wrote the file`;
  if (text.trim() === '') return `'${name}' is empty. ${WANTED}`;
  if (records.length > 0)
    return `'${name}' holds a run without a measured cell: it ended too early. ${WANTED}`;
  return `'${name}' holds no results of a run. ${WANTED}`;
}

/** A report has its records in it. */
function recordsIn(text: string): string {
  const found = /<script type="application\/x-ndjson" id="records">([\s\S]*?)<\/script>/.exec(text);
  return found?.[1] ?? text;
}
