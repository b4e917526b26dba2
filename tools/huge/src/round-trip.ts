import { statSync } from 'node:fs';
import type { Table } from '@formatlab/core';
import { Checksum } from './checksum.js';
import { type Converted, convertInChild, type Report } from './convert.js';
import { lab } from './lab.js';
import { generateRows } from './rows.js';

const SAMPLE_ROWS = 65_536;

/** A file that was generated. */
export interface Generated {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  /** Over all values, as they were made. */
  readonly checksum: string;
}

export interface Checked extends Converted {
  readonly from: number;
  readonly to: number;
  /** What was expected and what came back, where they differ. */
  readonly difference: string | undefined;
}

/** Writes a file of about so many bytes. */
export async function generate(
  path: string,
  format: 'csv' | 'parquet',
  size: number,
  seed: number,
  report: Report,
): Promise<Generated> {
  const sample = await generateRows(SAMPLE_ROWS, seed).next();
  const perRow = (await lab.encode(sample.value as Table, format)).byteLength / SAMPLE_ROWS;
  const rows = Math.max(1, Math.round(size / perRow));
  const checksum = new Checksum();
  async function* summed(): AsyncGenerator<Table> {
    for await (const batch of generateRows(rows, seed)) {
      checksum.add(batch);
      yield batch;
      report(checksum.rows / rows);
    }
  }
  const { bytes } = await lab.save(path, summed(), { format });
  return { path, bytes, rows, checksum: checksum.text() };
}

/** Converts it in a process of its own, and compares all values of what came out. */
export async function convertAndCheck(
  generated: Generated,
  to: string,
  converting: Report,
  checking: Report,
): Promise<Checked> {
  const converted = await convertInChild(generated.path, to, converting);
  const checksum = new Checksum();
  for await (const batch of lab.batches(to, { rows: SAMPLE_ROWS })) {
    checksum.add(batch);
    checking(checksum.rows / generated.rows);
  }
  const found = checksum.text();
  return {
    ...converted,
    from: generated.bytes,
    to: statSync(to).size,
    difference: found === generated.checksum ? undefined : `${generated.checksum} became ${found}`,
  };
}
