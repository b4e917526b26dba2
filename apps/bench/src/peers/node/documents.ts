import { readFileSync, writeFileSync } from 'node:fs';
import { isNDArray, toNested, type Value } from '@formatlab/core';
import { flattened, valueOfArrays } from '../arrays.js';
import { columnsOfRows, rowObjects, tableOfColumns } from '../columns.js';
import { arraysOfOutline, isFloat64, isPlainTable, type Outline } from '../outline.js';
import type { NodePeer, PeerWork } from '../peer.js';
import { peerWork } from '../peer.js';

/** A library that writes plain JavaScript values as a document, and reads it whole. */
export interface DocumentLibrary {
  write(path: string, document: unknown): void;
  read(path: string): unknown;
  /** How 64-bit integers are given to it. Default `number`. */
  readonly wide?: 'number' | 'text' | 'bigint';
}

/** Bytes then `toString` takes a third of the time of `readFileSync(path, 'utf8')`. */
export async function jsonParse(): Promise<NodePeer> {
  return documentPeer({
    write: (path, document) => writeFileSync(path, JSON.stringify(document)),
    read: (path) => JSON.parse(readFileSync(path).toString('utf8')) as unknown,
  });
}

export async function jsYaml(): Promise<NodePeer> {
  const { dump, load } = await import('js-yaml');
  return documentPeer({
    write: (path, document) => writeFileSync(path, dump(document, { noRefs: true })),
    read: (path) => load(readFileSync(path).toString('utf8')),
  });
}

/** Its default packing cuts 64-bit arrays to bytes: arrays are given to its extension for typed arrays. */
export async function msgpackr(): Promise<NodePeer> {
  const { Packr } = await import('msgpackr');
  const packr = new Packr({ structuredClone: true, moreTypes: true });
  const lists = documentPeer({
    write: (path, document) => writeFileSync(path, packr.pack(document)),
    read: (path) => packr.unpack(readFileSync(path)) as unknown,
    wide: 'bigint',
  });
  return (outline) => (isFloat64(outline) ? packedArrays(outline, packr) : lists(outline));
}

interface Packer {
  pack(value: unknown): Uint8Array;
  unpack(bytes: Uint8Array): unknown;
}

/** Each array beside its shape. */
function packedArrays(outline: Extract<Outline, { kind: 'array' | 'arrays' }>, packr: Packer): PeerWork {
  return peerWork({
    given: (value) =>
      Object.entries(isNDArray(value) ? { data: value } : (value as object)).map(([name, array]) => {
        const { shape, data } = array as { shape: readonly number[]; data: Float64Array };
        return { name, shape: [...shape], data };
      }),
    write: (path, arrays) => writeFileSync(path, packr.pack(arrays)),
    read: (path) => packr.unpack(readFileSync(path)) as { data: Float64Array }[],
    value: (found) =>
      valueOfArrays(
        outline,
        found.map(({ data }) => data),
      ),
  });
}

function documentPeer(library: DocumentLibrary): NodePeer {
  return (outline) => {
    if (isFloat64(outline)) return nestedLists(outline, library);
    if (isPlainTable(outline)) {
      return peerWork({
        given: (value) =>
          rowObjects(value, library.wide === 'bigint' ? 'ticks' : 'iso', library.wide ?? 'number'),
        write: library.write,
        read: (path) => columnsOfRows(outline, library.read(path) as Record<string, unknown>[]),
        value: (found) => tableOfColumns(outline, found, 'ticks'),
      });
    }
    if (outline.kind !== 'tree') return undefined;
    return peerWork({
      // Records have no prototype, which some libraries refuse: the clone's have one.
      given: (value): unknown => structuredClone(value),
      write: library.write,
      read: library.read,
      // Plain data of lists and records.
      value: (found) => found as Value,
    });
  };
}

function nestedLists(
  outline: Extract<Outline, { kind: 'array' | 'arrays' }>,
  library: DocumentLibrary,
): PeerWork | undefined {
  const arrays = arraysOfOutline(outline);
  if (arrays.some(({ shape }) => shape.length !== 2)) return undefined;
  const typed = (document: unknown): Float64Array[] =>
    arrays.map(({ name, shape }) => {
      const rows = outline.kind === 'array' ? document : (document as Record<string, unknown>)[name];
      return flattened(rows as number[][], shape);
    });
  return peerWork({
    given: (value): unknown =>
      isNDArray(value)
        ? toNested(value)
        : Object.fromEntries(
            Object.entries(value as object).map(([name, array]) => [
              name,
              isNDArray(array) ? toNested(array) : array,
            ]),
          ),
    write: library.write,
    read: (path) => typed(library.read(path)),
    value: (found) => valueOfArrays(outline, found),
  });
}
