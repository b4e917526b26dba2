import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { type NDArray, piecesOf, toNested } from '@formatlab/core';
import { papaparseTable, udsv } from './csv-table-peer.js';
import { fastXmlParser } from './fast-xml-parser-peer.js';
import { h5wasm } from './h5wasm-peer.js';
import { hyparquet } from './hyparquet-peer.js';
import { pythonLoadtxt } from './loadtxt-peer.js';
import { msgpackr } from './msgpackr-peer.js';
import { pythonPandas } from './pandas-peer.js';
import { protobufjs } from './protobufjs-peer.js';
import {
  pythonJson,
  pythonNpz,
  pythonNumpy,
  pythonPickle,
  pythonScipyMat,
  pythonSqlite,
} from './python-peer.js';
import { bytesOf, type Side, type SideInput, shapeOf } from './side.js';
import { sqliteWasm, sqliteWasmTable } from './sqlite-peer.js';

/** A peer as fast as its users would write it. Undefined with a reason where it is not installed. */
export type Peer = (input: SideInput) => Side | Promise<Side>;

export const PEERS: Readonly<Record<string, Peer>> = {
  'raw-fs': rawFs,
  papaparse,
  'papaparse-table': papaparseTable,
  udsv,
  'json-parse': jsonParse,
  h5wasm,
  hyparquet,
  msgpackr,
  'fast-xml-parser': fastXmlParser,
  protobufjs,
  'numpy-functions': numpyFunctions,
  'python-numpy': pythonNumpy,
  'python-npz': pythonNpz,
  'python-pandas': pythonPandas,
  'python-json': pythonJson,
  'python-loadtxt': pythonLoadtxt,
  'python-sqlite': pythonSqlite,
  'node-sqlite3-wasm': sqliteWasm,
  'node-sqlite3-wasm-table': sqliteWasmTable,
  'python-scipy-mat': pythonScipyMat,
  'python-pickle': pythonPickle,
};

/** As many bytes, without any format. */
function rawFs({ value, operation, folder }: SideInput): Side {
  const path = join(folder, 'raw');
  const bytes = bytesOf(value);
  if (operation === 'write') return { run: () => writeFileSync(path, bytes), after: () => rmSync(path) };
  writeFileSync(path, bytes);
  return { run: () => readFileSync(path) };
}

/** Numbers into one Float64Array. Converting the cells here is faster than `dynamicTyping`, which tests for dates. */
async function papaparse({ value, operation, folder }: SideInput): Promise<Side> {
  const { default: papa } = await import('papaparse');
  const path = join(folder, 'numbers.csv');
  const rows = toNested(value as NDArray) as unknown as number[][];
  if (operation === 'write')
    return { run: () => writeFileSync(path, papa.unparse(rows)), after: () => rmSync(path) };
  writeFileSync(path, papa.unparse(rows));
  const [height = 0, width = 0] = shapeOf(value);
  return {
    run() {
      const { data } = papa.parse<string[]>(readFileSync(path).toString('latin1'));
      const numbers = new Float64Array(height * width);
      let at = 0;
      for (const row of data) for (const cell of row) numbers[at++] = Number(cell);
      return numbers;
    },
  };
}

/** Bytes then `toString` takes a third of the time of `readFileSync(path, 'utf8')`. */
function jsonParse({ value, operation, folder }: SideInput): Side {
  const path = join(folder, 'numbers.json');
  const lists = toNested(value as NDArray);
  if (operation === 'write')
    return { run: () => writeFileSync(path, JSON.stringify(lists)), after: () => rmSync(path) };
  writeFileSync(path, JSON.stringify(lists));
  const [height = 0, width = 0] = shapeOf(value);
  return {
    run() {
      const parsed = JSON.parse(readFileSync(path).toString('utf8')) as number[][];
      const numbers = new Float64Array(height * width);
      let at = 0;
      for (const row of parsed) for (const number of row) numbers[at++] = number;
      return numbers;
    },
  };
}

/** The plugin's plain functions with raw files, written beside and renamed as `save` does: what core's verbs add to. */
async function numpyFunctions({ value, operation, folder }: SideInput): Promise<Side> {
  const { decodeNpy, encodeNpy } = await import('@formatlab/numpy');
  const path = join(folder, 'functions.npy');
  const array = value as NDArray;
  const write = (): void => {
    const fd = openSync(`${path}.tmp`, 'wx');
    writevSync(fd, piecesOf(encodeNpy(array)));
    closeSync(fd);
    renameSync(`${path}.tmp`, path);
  };
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return { run: () => decodeNpy(readFileSync(path)) };
}
