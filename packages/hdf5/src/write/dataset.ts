import {
  attributesOf,
  type Context,
  childPath,
  FormatError,
  isNDArray,
  isTable,
  kindOfValue,
  NDArray,
  scalarArray,
  type Table,
  toCOrder,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { MARKER } from '../markers.js';
import type { Hdf5Options } from '../options.js';
import { autoChunk, type ChunkOptions, filtersOf, writeChunks } from './chunks.js';
import { type Datatype, numberType, opaqueType, referenceType, timeType } from './datatype.js';
import { deflate } from './deflate.js';
import { encodeElements, type TextStorage } from './elements.js';
import type { FileWriter } from './file-writer.js';
import {
  attribute,
  chunkedLayout,
  contiguousLayout,
  dataspace,
  datatype,
  fillValue,
  filterPipeline,
  type Message,
} from './messages.js';
import { isReference, isReferenceArray, type References } from './references.js';
import { encodeRows } from './table.js';

export interface WriteSettings {
  readonly writer: FileWriter;
  readonly options: Hdf5Options;
  readonly context: Pick<Context<object>, 'loss'>;
  readonly references: References;
}

export interface Content {
  /** The bytes change until the file is whole: they cannot be compressed. */
  readonly late?: boolean;
  readonly type: Datatype;
  readonly shape: readonly number[] | null;
  readonly bytes: Uint8Array;
  readonly markers: { readonly [name: string]: Value };
}

/** Messages of a header; their layout message has no address where there are data to be written later. */
export interface DatasetMessages {
  readonly messages: readonly Message[];
  readonly later?: Uint8Array;
}

/** Fewer bytes of data stand beside their header. */
const LEAST_LATER = 512;

/** Writes the data of an array, table or scalar and gives the messages of its header. */
export function datasetMessages(
  value: Value,
  settings: WriteSettings,
  path: string,
): DatasetMessages | Promise<DatasetMessages> {
  const content = contentOf(value, settings, path);
  const { type, shape, bytes } = content;
  const attributes = attributeMessages({ ...attributesOf(value), ...content.markers }, settings, path);
  const finish = (layout: Message, chunked: ChunkOptions | undefined): Message[] => {
    const filters = chunked === undefined ? [] : filtersOf(chunked, type.size);
    const resizable = chunked !== undefined && settings.options.resizable === true;
    return [
      dataspace(shape, resizable),
      datatype(type),
      fillValue(chunked !== undefined),
      ...(filters.length === 0 ? [] : [filterPipeline(filters)]),
      layout,
      ...attributes,
    ];
  };
  const chunked =
    shape === null || content.late === true ? undefined : chunkOptions(shape, type.size, settings.options);
  if (chunked === undefined) {
    if (bytes.byteLength >= LEAST_LATER)
      return { messages: finish(contiguousLayout(undefined, bytes.byteLength), undefined), later: bytes };
    const address = bytes.byteLength === 0 ? undefined : settings.writer.add(bytes);
    return { messages: finish(contiguousLayout(address, bytes.byteLength), undefined) };
  }
  return writeChunks(settings.writer, bytes, shape!, type.size, chunked, deflate).then((index) => ({
    messages: finish(chunkedLayout(index, chunked.chunk, type.size), chunked),
  }));
}

/** Attributes with their values in the header. @throws FormatError `unsupported` for what has no place there */
export function attributeMessages(attributes: ValueRecord, settings: WriteSettings, path: string): Message[] {
  return Object.entries(attributes).map(([name, value]) => {
    const place = childPath(path, `@${name}`);
    const { type, shape, bytes, late } = contentOf(value, settings, place);
    if (late === true)
      throw new FormatError(
        'unsupported',
        `write attribute '${place}' as hdf5: references stand in datasets only`,
        {
          format: 'hdf5',
          path: place,
          feature: 'references in attributes',
        },
      );
    return attribute(name, type, shape, bytes, path);
  });
}

/** Whether a value is stored as one dataset. */
export function isDataset(value: Value): boolean {
  return (
    value === null ||
    isNDArray(value) ||
    isTable(value) ||
    isReference(value) ||
    value instanceof Date ||
    value instanceof Uint8Array ||
    typeof value !== 'object'
  );
}

/** A value as the elements of one dataset; data of variable length is written. */
export function contentOf(value: Value, settings: WriteSettings, path: string): Content {
  const { writer, options, references } = settings;
  const storage = options.strings ?? 'variable';
  if (value === null) return { type: numberType('float64'), shape: null, bytes: NOTHING, markers: {} };
  if (value instanceof Uint8Array) return bytesContent(value);
  if (value instanceof Date) return dateContent(value);
  const pointers = isReference(value)
    ? new NDArray({ dtype: 'object', shape: [], data: [value] })
    : isReferenceArray(value)
      ? toCOrder(value)
      : undefined;
  if (pointers !== undefined) {
    const bytes = references.elements(pointers, path);
    return { type: referenceType(), shape: pointers.shape, bytes, markers: {}, late: true };
  }
  if (isTable(value)) return tableContent(value, writer, path, storage);
  const array = scalarArray(value) ?? (isNDArray(value) ? value : undefined);
  if (array !== undefined) return arrayContent(array, writer, path, storage);
  throw new FormatError(
    'unsupported',
    `write ${kindOfValue(value)} '${path}' as hdf5: ${typeof value === 'bigint' ? 'integers have 64 bits' : 'it has no type for it'}`,
    { format: 'hdf5', path },
  );
}

const NOTHING = new Uint8Array(0);

function bytesContent(bytes: Uint8Array): Content {
  const markers = { [MARKER.type]: 'bytes' };
  return {
    type: opaqueType(Math.max(1, bytes.byteLength), ''),
    shape: bytes.byteLength === 0 ? null : [],
    bytes,
    markers,
  };
}

function dateContent(date: Date): Content {
  const ticks = Number.isNaN(date.getTime()) ? -(2n ** 63n) : BigInt(date.getTime());
  return {
    type: timeType('datetime64', 'ms'),
    shape: [],
    bytes: new Uint8Array(BigInt64Array.of(ticks).buffer),
    markers: { [MARKER.type]: 'date' },
  };
}

function arrayContent(array: NDArray, writer: FileWriter, path: string, storage: TextStorage): Content {
  const { type, bytes, form } = encodeElements(toCOrder(array), writer, path, storage);
  return { type, shape: array.shape, bytes, markers: form === undefined ? {} : { [MARKER.type]: form } };
}

function tableContent(table: Table, writer: FileWriter, path: string, storage: TextStorage): Content {
  // A compound has at least one member.
  if (table.columns.length === 0)
    return {
      type: numberType('float64'),
      shape: null,
      bytes: NOTHING,
      markers: { [MARKER.type]: 'table', [MARKER.length]: table.rows },
    };
  const { type, bytes, forms } = encodeRows(table, writer, path, storage);
  return {
    type,
    shape: [table.rows],
    bytes,
    markers: forms === undefined ? {} : { [MARKER.columns]: JSON.stringify(forms) },
  };
}

function chunkOptions(
  shape: readonly number[],
  elementSize: number,
  options: Hdf5Options,
): ChunkOptions | undefined {
  const { compression = 'none', level = 4, shuffle = true, chunks, resizable = false } = options;
  // A scalar has no chunks.
  if (shape.length === 0 || (compression === 'none' && !resizable && chunks === undefined)) return undefined;
  const fitted = Array.isArray(chunks)
    ? shape.map((length, axis) => Math.max(1, Math.min(chunks[axis] ?? length, Math.max(1, length))))
    : autoChunk(shape, elementSize);
  return { chunk: fitted, level: compression === 'gzip' ? level : undefined, shuffle };
}
