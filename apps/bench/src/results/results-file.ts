import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FormatError } from '@formatlab/core';
import { RESULT_SCHEMA, type ResultRecord } from './record.js';

/** A results file that grows while a run goes on. */
export interface ResultsFile {
  readonly path: string;
  add(record: ResultRecord): void;
  /** Replaces the file by one line a cell. */
  compact(): readonly ResultRecord[];
}

/** Starts a new file; an older one is kept beside it as `….previous`. @throws FormatError `io` */
export function newResultsFile(path: string): ResultsFile {
  const records: ResultRecord[] = [];
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) renameSync(path, `${path}.previous`);
    writeFileSync(path, '');
  } catch (error) {
    throw new FormatError('io', `write '${path}': ${(error as Error).message}`, { path, cause: error });
  }
  return resultsFile(path, records);
}

/** Goes on with a file whose last line may have been cut off. @throws FormatError `io` */
export function continuedResultsFile(path: string, before: readonly ResultRecord[]): ResultsFile {
  const file = resultsFile(path, [...before]);
  file.compact();
  return file;
}

/** Writes records to a file, one line each, whole or not at all. */
export function writeResults(path: string, records: readonly ResultRecord[]): void {
  writeFileSync(`${path}.tmp`, records.map(lineOf).join(''));
  renameSync(`${path}.tmp`, path);
}

function resultsFile(path: string, records: ResultRecord[]): ResultsFile {
  return {
    path,
    add(record) {
      records.push(record);
      appendFileSync(path, lineOf(record));
    },
    compact() {
      const last = lastOfEach(records);
      writeResults(path, last);
      return last;
    },
  };
}

/**
 * The records of a file, of each cell the last one. A last line that was cut off when its run was killed is
 * left out.
 *
 * @throws FormatError `not-found`, `corrupt` with the line's number, `unsupported` for a newer schema
 */
export function readResults(path: string): readonly ResultRecord[] {
  const lines = readText(path).split('\n');
  const records: ResultRecord[] = [];
  let offset = 0;
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== '') {
      const record = parseLine(line, path, index + 1, offset, index === lines.length - 1);
      if (record !== undefined) records.push(record);
    }
    offset += Buffer.byteLength(line) + 1;
  }
  if (records.length === 0)
    throw new FormatError('corrupt', `read results '${path}': there are none in it`, { path, offset: 0 });
  return lastOfEach(records);
}

/** Of records with the same run and cell the last one, in the order of these. */
export function lastOfEach(records: readonly ResultRecord[]): ResultRecord[] {
  const last = new Map<string, ResultRecord>();
  for (const record of records) {
    const key = keyOf(record);
    // Deleted first: a key that is set again keeps its old place otherwise.
    last.delete(key);
    last.set(key, record);
  }
  return [...last.values()];
}

function keyOf(record: ResultRecord): string {
  switch (record.kind) {
    case 'run':
      return `run ${record.run}`;
    case 'format':
      return `format ${record.run} ${record.format} ${record.engine}`;
    case 'cell':
      return `cell ${record.run} ${record.cell}`;
    case 'noise':
      return `noise ${record.run}`;
  }
}

function lineOf(record: ResultRecord): string {
  return `${JSON.stringify(record)}\n`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FormatError(
      missing ? 'not-found' : 'io',
      `read results '${path}': ${missing ? 'no such file' : (error as Error).message}`,
      { path, cause: error },
    );
  }
}

function parseLine(
  line: string,
  path: string,
  number: number,
  offset: number,
  isLast: boolean,
): ResultRecord | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    if (isLast) return undefined;
    throw new FormatError('corrupt', `read results '${path}': line ${number} is not JSON`, {
      path,
      offset,
      cause: error,
    });
  }
  const { kind, schema } = (parsed ?? {}) as { kind?: unknown; schema?: unknown };
  if (kind !== 'run' && kind !== 'format' && kind !== 'cell' && kind !== 'noise') {
    throw new FormatError('corrupt', `read results '${path}': line ${number} is no record of a run`, {
      path,
      offset,
    });
  }
  if (schema !== RESULT_SCHEMA) {
    throw new FormatError(
      'unsupported',
      `read results '${path}': line ${number} has schema ${String(schema)}`,
      { path, offset, supported: [String(RESULT_SCHEMA)] },
    );
  }
  // A file of this schema was written by `lineOf`.
  return parsed as ResultRecord;
}
