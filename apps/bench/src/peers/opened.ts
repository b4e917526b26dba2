import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, isNDArray, splitPath, type Value } from '@formatlab/core';
import type { FormatChoice, PeerChoice } from '../cells.js';
import { readDataset } from '../datasets/dataset-file.js';
import { readAccess } from '../datasets/make-dataset.js';
import { checksum } from '../operations/checksum.js';
import type { GroupFiles } from '../processes/job.js';
import { float64Array } from './arrays.js';
import { PYTHON_CLASSES, peerOf } from './catalogue.js';
import { giveToPython, type SingleEntries, takeFromPython } from './exchange.js';
import { type Outline, outlineOf } from './outline.js';
import type { Peer, PeerOperation } from './peer.js';
import { pythonScript, startPython } from './python.js';

/** One operation of a peer, ready to be done as often as is wanted, in JavaScript or in Python. */
export interface OpenedPeer {
  /** Time that importing the library took, in ms. */
  readonly importMs: number;
  run(path: string): unknown;
  /** Ms of the last run, where it was done in another process. */
  readonly lastMs?: () => number;
  /** Opened for reading: what the file holds, or the array of a name. */
  found(path: string, name?: string): Promise<Value>;
  /** Where the work is done in Python: asks it something else than to work. */
  readonly ask?: (question: object) => Promise<Readonly<Record<string, unknown>>>;
  close(): void;
}

/** What the check leaves for the other processes. */
export interface PeerFiles {
  readonly outline: string;
  readonly given: string;
}

export function peerFiles({ input }: Pick<GroupFiles, 'input'>): PeerFiles {
  return { outline: `${input}.outline`, given: `${input}.given` };
}

/** Puts down what the value is like, for processes that must not hold it. */
export function keepOutline(files: GroupFiles, choice: FormatChoice, value: Value): Outline {
  const outline = outlineOf(value);
  const { outline: path, given } = peerFiles(files);
  writeFileSync(path, JSON.stringify(outline));
  if (choice.peer?.python !== undefined) giveToPython(given, value, singleEntries(files));
  return outline;
}

/**
 * Every peer is opened for writing, also one that is measured for its reading alone: it has to have a file.
 *
 * @throws FormatError `unsupported` where the library has no way for such a value
 */
export async function openPeer(
  choice: PeerChoice,
  operation: PeerOperation,
  files: GroupFiles,
  path: string,
): Promise<OpenedPeer> {
  const peer = peerOf(choice.id);
  const outline = JSON.parse(readFileSync(peerFiles(files).outline, 'utf8')) as Outline; // of keepOutline
  const does = peer.does[outline.kind] ?? [];
  if (does.length === 0 || (operation !== 'write' && !does.includes(operation)))
    throw noWay(peer, operation, outline);
  return choice.python === undefined
    ? openNode(peer, operation, files, outline)
    : openPython(peer, choice.python, operation, files, outline, path);
}

async function openNode(
  peer: Peer,
  operation: PeerOperation,
  files: GroupFiles,
  outline: Outline,
): Promise<OpenedPeer> {
  const start = performance.now();
  const work = await (await peer.load!())(outline);
  const importMs = performance.now() - start;
  if (work === undefined) throw noWay(peer, operation, outline);
  const given = operation === 'write' ? work.given(readDataset(files.dataset)) : undefined;
  const { one, append } = operation === 'read' || operation === 'write' ? {} : singleEntries(files);
  return {
    importMs,
    run(path) {
      switch (operation) {
        case 'write':
          return work.write(path, given);
        case 'read':
          return visited(work.read(path));
        case 'read-one':
          return visited(work.readOne!(path, one!));
        case 'append':
          return work.append!(path, append!.name, append!.value as never); // an array: see singleEntries
      }
    },
    async found(path, name) {
      if (name === undefined) return work.value(await work.read(path));
      return float64Array((await work.readOne!(path, name)) as Float64Array, shapeOfOne(outline));
    },
    close() {},
  };
}

/** What was read, each value visited as those of a format are: see `checksum`. */
function visited(found: unknown): number | Promise<number> {
  return found instanceof Promise ? found.then(checksum) : checksum(found);
}

async function openPython(
  peer: Peer,
  python: string,
  operation: PeerOperation,
  files: GroupFiles,
  outline: Outline,
  path: string,
): Promise<OpenedPeer> {
  const { given } = peerFiles(files);
  const { process: child, first } = await startPython(python, pythonScript('peers/python/peers.py'), [
    PYTHON_CLASSES[peer.id]!,
    given,
    outline.kind,
    operation,
    path,
  ]);
  let ms = 0;
  return {
    importMs: Number(first['importMs']),
    // The path was given when it was started.
    async run() {
      ms = Number((await child.ask({ do: 'run' }))['ms']);
    },
    lastMs: () => ms,
    async found(path, name) {
      const folder = join(files.work, 'found');
      mkdirSync(folder, { recursive: true });
      await child.ask({ do: 'keep', folder, path, name });
      const value = takeFromPython(folder);
      rmSync(folder, { recursive: true });
      return value;
    },
    ask: (question) => child.ask(question),
    close: () => child.end(),
  };
}

/** The names of the array that is read alone and of the one that is added. */
export function singleEntries({ access }: Pick<GroupFiles, 'access'>): SingleEntries {
  if (!existsSync(access) || statSync(access).size === 0) return {};
  const { readOne, append } = readAccess(access);
  const one = readOne[0] === undefined ? undefined : splitPath(readOne[0].path)[0];
  const [added] = append;
  const name = added === undefined ? undefined : splitPath(added.path)[0];
  const single = one === undefined ? {} : { one };
  if (added?.how !== 'put' || name === undefined || !isNDArray(added.value)) return single;
  return { ...single, append: { name, value: added.value } };
}

/** Arrays of a workload have one shape. */
function shapeOfOne(outline: Outline): readonly number[] {
  return outline.kind === 'arrays' ? outline.arrays[0]!.shape : [];
}

function noWay(peer: Peer, operation: PeerOperation, outline: Outline): FormatError {
  const what =
    outline.kind === 'table' ? 'this table' : outline.kind === 'tree' ? 'this tree' : `this ${outline.kind}`;
  return new FormatError(
    'unsupported',
    `${operation} ${what} with '${peer.id}': the bench has no way for it`,
  );
}
