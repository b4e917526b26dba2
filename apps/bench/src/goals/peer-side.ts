import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PEERS, PYTHON_CLASSES } from '../peers/catalogue.js';
import { compareFound } from '../peers/compare-found.js';
import { giveToPython } from '../peers/exchange.js';
import { outlineOf } from '../peers/outline.js';
import type { Peer } from '../peers/peer.js';
import { askPython, pythonOf, pythonScript, startPython } from '../peers/python.js';
import { numpyFunctions } from './numpy-functions.js';
import type { Side, SideInput } from './side.js';

/** Thrown by a peer that is not installed here. */
export class AbsentPeer extends Error {}

/** The peers of runs, and what core's verbs are compared with. */
export const GOAL_PEERS: readonly Peer[] = [
  ...PEERS,
  { id: 'numpy-functions', format: 'numpy', does: { array: ['write', 'read'] }, load: numpyFunctions },
];

/** The peer's side of a goal. @throws AbsentPeer, or TypeError where it has no way for the value */
export function peerSide(peer: Peer, input: SideInput): Promise<Side> {
  return peer.modules === undefined ? nodeSide(peer, input) : pythonSide(peer, peer.modules, input);
}

async function nodeSide(peer: Peer, { value, operation, folder }: SideInput): Promise<Side> {
  const work = await (await peer.load!())(outlineOf(value));
  if (work === undefined) throw new TypeError(`measure '${peer.id}': it has no way for this value`);
  const path = join(folder, 'direct');
  const given = work.given(value);
  if (operation === 'write') return { run: () => work.write(path, given), after: () => rmSync(path) };
  await work.write(path, given);
  return {
    run: () => work.read(path),
    wrong: (found) => (peer.format === 'raw' ? undefined : compareFound(value, work.value(found)).wrong),
  };
}

async function pythonSide(peer: Peer, modules: readonly string[], input: SideInput): Promise<Side> {
  const { value, operation, folder } = input;
  const python = pythonOf();
  const [absent] = Object.values(askPython(python, modules).absent);
  if (absent !== undefined) throw new AbsentPeer(`'${peer.id}' is not here: ${absent}`);
  const path = join(folder, 'direct');
  const given = join(folder, 'given');
  giveToPython(given, value);
  const start = (does: SideInput['operation']): ReturnType<typeof startPython> =>
    startPython(python, pythonScript('peers/python/peers.py'), [
      PYTHON_CLASSES[peer.id]!,
      given,
      outlineOf(value).kind,
      does,
      path,
    ]);
  if (operation === 'read') {
    const { process: writer } = await start('write');
    await writer.ask({ do: 'run' });
    writer.end();
  }
  const { process: child } = await start(operation);
  return {
    timesItself: true,
    run: async () => (await child.ask({ do: 'run' }))['ms'],
    ...(operation === 'write' ? { after: () => rmSync(path) } : {}),
    close: () => child.end(),
  };
}
