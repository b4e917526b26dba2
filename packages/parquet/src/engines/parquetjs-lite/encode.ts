import { Writable } from 'node:stream';
import { type Bytes, type Context, childPath, type Value } from '@formatlab/core';
import type { FieldDefinition, Library } from 'parquetjs-lite';
import { asRefusal, unsupported } from '../../corrupt.js';
import { type ParquetOptions, ROW_GROUP_SIZE } from '../../options.js';
import { cellsOfJob, type FlatJob, planFlat } from '../flat-plan.js';

const ENGINE = 'parquetjs-lite';
const COMPRESSIONS: Readonly<Record<string, string>> = {
  none: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  gzip: 'GZIP',
};

/** A table of flat columns, or an array, row by row. @throws FormatError `unsupported` for values that it would change */
export async function encodeWith(
  library: Library,
  value: Value,
  context: Context<ParquetOptions>,
): Promise<Bytes> {
  const { compression = 'snappy', rowGroupSize = ROW_GROUP_SIZE } = context.options;
  const codec = COMPRESSIONS[compression];
  if (codec === undefined)
    throw unsupported(
      `write pages in ${compression} by ${ENGINE}: it has no compressor; use the default engine`,
      `compression ${compression}`,
      { supported: Object.keys(COMPRESSIONS) },
    );
  const { table, plan, jobs } = planFlat(value, ENGINE, { ...context, rawTicks: true });
  checkColumns(jobs);
  const columns = jobs.map((job) => ({ name: job.column.name, cell: rowValues(job) }));
  const fields = Object.fromEntries(
    jobs.map((job): [string, FieldDefinition] => [
      job.column.name,
      { type: typeOf(job), optional: job.leaf.maxDef > 0, compression: codec, statistics: false },
    ]),
  );
  const pieces: Uint8Array[] = [];
  const stream = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      // It writes some buffers more than once.
      pieces.push(new Uint8Array(chunk));
      done();
    },
  });
  try {
    const writer = await library.ParquetWriter.openStream(new library.ParquetSchema(fields), stream, {
      rowGroupSize,
    });
    for (const { key, value: text = '' } of plan.keyValues) writer.setMetadata(key, text);
    for (let row = 0; row < table.rows; row++) {
      await writer.appendRow(Object.fromEntries(columns.map(({ name, cell }) => [name, cell(row)])));
      if (row % PROGRESS_ROWS === 0) context.progress(row, table.rows);
    }
    await writer.close();
  } catch (error) {
    throw asRefusal(error, ENGINE);
  }
  return pieces;
}

const PROGRESS_ROWS = 1000;

function typeOf({ leaf }: FlatJob): string {
  switch (leaf.kind.type.dtype) {
    case 'bool':
      return 'BOOLEAN';
    case 'int8':
      return 'INT_8';
    case 'int16':
      return 'INT_16';
    case 'int32':
      return 'INT32';
    case 'uint8':
      return 'UINT_8';
    case 'uint16':
      return 'UINT_16';
    case 'float32':
      return 'FLOAT';
    case 'float64':
      return 'DOUBLE';
    case 'string':
      return 'UTF8';
    case 'bytes':
      return 'BYTE_ARRAY';
    default:
      return 'INT64';
  }
}

/** The row's value in the form that the library takes. @throws FormatError `unsupported` where it would be another value */
function rowValues(job: FlatJob): (row: number) => unknown {
  const cell = cellsOfJob(job);
  const path = childPath('', job.column.name);
  const factor = BigInt(job.leaf.kind.factor ?? 1);
  return (row) => {
    const value = cell(row);
    if (typeof value === 'number' && (Number.isNaN(value) || Object.is(value, -0)))
      throw changed(path, Object.is(value, -0) ? '-0' : 'NaN');
    if (typeof value !== 'bigint') return value;
    const ticks = value * factor;
    if (!Number.isSafeInteger(Number(ticks))) throw changed(path, `${value}`);
    return Number(ticks);
  };
}

function changed(path: string, found: string): Error {
  return unsupported(
    `write '${path}' by ${ENGINE}: it would not keep '${found}'; the default engine does`,
    'values that are not kept',
    { path, found, supported: ['formatlab'] },
  );
}

/** It keeps columns as members of an object, which puts numbers first; and it knows no decimals. */
function checkColumns(jobs: readonly FlatJob[]): void {
  if (jobs.length === 0)
    throw unsupported(
      `write a table without columns by ${ENGINE}: it wants one at least`,
      'tables without columns',
      { supported: ['formatlab'] },
    );
  for (const {
    column: { name, type },
  } of jobs) {
    if (type.kind === 'scalar' && type.decimal !== undefined)
      throw unsupported(
        `write decimals of '${name}' by ${ENGINE}: it knows none; the default engine does`,
        'DECIMAL',
        { path: childPath('', name), supported: ['formatlab'] },
      );
    if (/^(?:\d*|__proto__|.*,.*)$/s.test(name))
      throw unsupported(
        `write column '${name}' by ${ENGINE}: it mistakes the name; the default engine keeps it`,
        'column names',
        { path: childPath('', name), supported: ['formatlab'] },
      );
  }
}
