import type { OptionSpecs } from '@formatlab/core';
import { PAGE_COMPRESSIONS, type PageCompression } from './codec/compress.js';

export interface ParquetOptions {
  readonly compression?: PageCompression;
  readonly level?: number;
  readonly rowGroupSize?: number;
  readonly dictionary?: boolean;
  readonly statistics?: boolean;
  readonly checksums?: boolean;
  readonly verify?: 'own' | 'always' | 'never';
  readonly int96?: 'auto' | 'ns' | 'us' | 'ms';
}

/** Most rows of a page: few enough that a slice reads little. */
export const PAGE_ROWS = 20_000;
/** 128 Ki rows: enough for columns to compress well, few enough to hold some groups in memory. */
export const ROW_GROUP_SIZE = 131_072;

export const options: OptionSpecs<ParquetOptions> = {
  compression: {
    for: 'write',
    type: 'enum',
    choices: PAGE_COMPRESSIONS,
    default: 'snappy',
    doc: 'Codec of the pages; columns that snappy does not shrink are left as they are',
  },
  level: {
    for: 'write',
    type: 'integer',
    min: 0,
    max: 19,
    doc: 'Level of gzip (0–9), brotli (0–11) or zstd (1–19)',
  },
  rowGroupSize: {
    for: 'write',
    type: 'integer',
    min: 1,
    max: 2 ** 31 - 1,
    default: ROW_GROUP_SIZE,
    doc: 'Most rows in a row group',
  },
  dictionary: {
    for: 'write',
    type: 'boolean',
    default: true,
    doc: 'Keep distinct values once in columns where that is smaller; columns whose type says so always do',
  },
  statistics: {
    for: 'write',
    type: 'boolean',
    default: true,
    doc: 'Write minimum, maximum and number of nulls of each column chunk, by which queries skip row groups',
  },
  checksums: {
    for: 'write',
    type: 'boolean',
    default: true,
    doc: 'Write a CRC-32 of each page and of the metadata',
  },
  verify: {
    for: 'read',
    type: 'enum',
    choices: ['own', 'always', 'never'],
    default: 'own',
    doc: "Check the checksums of pages: in FormatLab's files, in every file, or in none; other readers check none by default, and files with wrong ones are about",
  },
  int96: {
    for: 'read',
    type: 'enum',
    choices: ['auto', 'ns', 'us', 'ms'],
    default: 'auto',
    doc: 'Unit of the old INT96 timestamps; auto is us for files of Spark, ns for the rest',
  },
};
