import { RESULT_SCHEMA, type ResultRecord } from '../../src/results/record.js';

export interface Parsed {
  readonly records: readonly ResultRecord[];
  /** Lines that are no JSON or no record of this schema; a line cut off at the end is one. */
  readonly skipped: number;
  /** Other schemas that were named. */
  readonly schemas: readonly string[];
}

/** JSON lines as the command writes them; of each cell the last line counts. Unknown kinds are kept as they are. */
export function parseRecords(text: string): Parsed {
  const last = new Map<string, ResultRecord>();
  const schemas = new Set<string>();
  let skipped = 0;
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = parseLine(line, schemas);
    if (record === undefined) skipped++;
    else last.set(keyOf(record, i), record);
  }
  return { records: [...last.values()], skipped, schemas: [...schemas] };
}

function parseLine(line: string, schemas: Set<string>): ResultRecord | undefined {
  try {
    const parsed = JSON.parse(line) as { kind?: unknown; schema?: unknown } | null;
    if (typeof parsed?.kind !== 'string') return undefined;
    if (parsed.schema !== undefined && parsed.schema !== RESULT_SCHEMA) {
      schemas.add(String(parsed.schema));
      return undefined;
    }
    // Written by the command, in the schema that it names.
    return parsed as ResultRecord;
  } catch {
    return undefined;
  }
}

function keyOf(record: ResultRecord, line: number): string {
  switch (record.kind) {
    case 'run':
      return `run ${record.run}`;
    case 'format':
      return `format ${record.run} ${record.format} ${record.engine}`;
    case 'cell':
      return `cell ${record.run} ${record.cell} ${record.machine}`;
    case 'noise':
      return `noise ${record.run} ${record.machine}`;
    default:
      // A kind that this page does not know yet.
      return `line ${line}`;
  }
}
