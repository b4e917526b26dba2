import { type Bytes, type Context, childPath, isNDArray, type Value } from '@formatlab/core';
import type { SchemaElement as ForeignElement } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { platform } from '#platform';
import { codecOf, type PageCompression } from '../../codec/compress.js';
import { asRefusal, unsupported } from '../../corrupt.js';
import { type ParquetOptions, ROW_GROUP_SIZE } from '../../options.js';
import type { Logical, SchemaElement } from '../../schema/element.js';
import { checkDigits } from '../../write/plain.js';
import { cellsOfJob, type FlatJob, planFlat } from '../flat-plan.js';

/** Its default of 1 MiB would make a slice read as much. */
const PAGE_BYTES = 131_072;
/** Exponent of float32, and the bit that tells quiet NaNs from signalling ones. */
const EXPONENT = 0x7f800000;
const QUIET = 0x00400000;

type Compressor = (bytes: Uint8Array) => Uint8Array;

/** A table of flat columns, or an array. @throws FormatError `unsupported` */
export function encode(value: Value, context: Context<ParquetOptions>): Bytes {
  const { compression = 'snappy', rowGroupSize = ROW_GROUP_SIZE, statistics = true } = context.options;
  const { plan, jobs } = planFlat(value, 'hyparquet', context);
  for (const job of jobs)
    reportSignalling(job, isNDArray(value) ? '' : childPath('', job.column.name), context);
  const columnData = jobs.map((job) => columnOf(job, context.options));
  const schema = plan.elements.map(foreignElement);
  try {
    const buffer = parquetWriteBuffer({
      columnData,
      schema,
      codec: codecOf(compression),
      compressors: compressorsOf(compression),
      statistics,
      rowGroupSize,
      pageSize: PAGE_BYTES,
      kvMetadata: plan.keyValues.map(({ key, value: text }) => ({
        key,
        ...(text === undefined ? {} : { value: text }),
      })),
    });
    return new Uint8Array(buffer);
  } catch (error) {
    throw asRefusal(error, 'hyparquet');
  }
}

function columnOf(job: FlatJob, { dictionary = true }: ParquetOptions): ColumnSource {
  const { column, leaf } = job;
  const { dtype } = leaf.kind.type;
  // Its dictionaries take -0 and 0 for the same.
  const encoding =
    dtype.startsWith('float') || !dictionary
      ? 'PLAIN'
      : leaf.kind.type.dictionary === true
        ? 'RLE_DICTIONARY'
        : undefined;
  return {
    name: column.name,
    data: dataOf(job),
    ...(encoding === undefined || leaf.physical === 'BOOLEAN' ? {} : { encoding }),
  };
}

/** float32 goes through JavaScript's numbers, which make signalling NaNs quiet. */
function reportSignalling(
  { column, leaf }: FlatJob,
  path: string,
  { loss }: Pick<Context<unknown>, 'loss'>,
): void {
  if (leaf.kind.type.dtype !== 'float32') return;
  const data = column.values.data as Float32Array;
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const count = bits.reduce(
    (sum, word) =>
      sum + ((word & EXPONENT) === EXPONENT && (word & 0x7fffff) !== 0 && (word & QUIET) === 0 ? 1 : 0),
    0,
  );
  if (count > 0) loss({ path, kind: 'nan', from: 'signalling NaN', to: 'quiet NaN', count });
}

/** Data in the form that its writer takes: typed arrays of the physical type, or plain ones with nulls. */
function dataOf(job: FlatJob): ColumnSource['data'] {
  const { column, leaf } = job;
  const { data } = column.values;
  const rows = column.values.shape[0]!;
  checkDigits(leaf, data, rows);
  const required = leaf.maxDef === 0;
  const { dtype, decimal } = leaf.kind.type;
  // Typed arrays pass as they are; it takes uint32 above 2^31 as plain numbers only.
  if (
    required &&
    leaf.kind.load === 'same' &&
    leaf.kind.factor === undefined &&
    decimal === undefined &&
    dtype !== 'uint32'
  )
    return data as Float64Array;
  const cell = cellsOfJob(job);
  return Array.from({ length: rows }, (_, row) => physical(job, cell(row)));
}

function physical({ leaf }: FlatJob, value: Value): unknown {
  if (value === null) return null;
  const { load, factor, type } = leaf.kind;
  if (factor !== undefined) return (value as bigint) * BigInt(factor);
  // Unscaled integers of decimals are bigints to it, whatever the physical type.
  if (type.decimal !== undefined) return BigInt(value as bigint | string);
  return load === 'widen' ? Number(value) : value;
}

function compressorsOf(compression: PageCompression): Record<string, Compressor> {
  if (compression === 'none' || compression === 'snappy') return {};
  if (platform === undefined || compression === 'zstd') {
    throw unsupported(
      `write pages in ${compression} by hyparquet: it has no compressor; use the default engine`,
      `compression ${compression}`,
      { supported: ['snappy', 'none', ...(platform === undefined ? [] : ['gzip', 'brotli'])] },
    );
  }
  const { gzipSync, brotliCompressSync } = platform.zlib;
  return compression === 'gzip'
    ? { GZIP: (bytes) => gzipSync(bytes) }
    : { BROTLI: (bytes) => brotliCompressSync(bytes) };
}

function foreignElement(element: SchemaElement): ForeignElement {
  const {
    name,
    physical: type,
    typeLength,
    repetition,
    children,
    converted,
    scale,
    precision,
    logical,
  } = element;
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ...(typeLength === undefined ? {} : { type_length: typeLength }),
    ...(repetition === undefined ? {} : { repetition_type: repetition }),
    ...(children === undefined ? {} : { num_children: children }),
    ...(converted === undefined ? {} : { converted_type: converted }),
    ...(scale === undefined ? {} : { scale }),
    ...(precision === undefined ? {} : { precision }),
    ...foreignLogical(logical),
  };
}

const UNITS = { ms: 'MILLIS', us: 'MICROS', ns: 'NANOS' } as const;

function foreignLogical(logical: Logical | undefined): Pick<ForeignElement, 'logical_type'> {
  switch (logical?.kind) {
    case 'string':
      return { logical_type: { type: 'STRING' } };
    case 'date':
      return { logical_type: { type: 'DATE' } };
    case 'decimal':
      return { logical_type: { type: 'DECIMAL', precision: logical.precision, scale: logical.scale } };
    case 'timestamp':
      return { logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: logical.utc, unit: UNITS[logical.unit] } };
    case 'integer':
      return { logical_type: { type: 'INTEGER', bitWidth: logical.bits, isSigned: logical.signed } };
    default:
      return {};
  }
}
