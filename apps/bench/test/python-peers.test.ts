import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cellOf, groupId } from '../src/cells.js';
import { makeDataset } from '../src/datasets/make-dataset.js';
import { PEERS } from '../src/peers/catalogue.js';
import { checkPeer } from '../src/peers/check-peer.js';
import { findPeers } from '../src/peers/find-peers.js';
import { measurePeerMemory } from '../src/peers/measure-peer.js';
import { pythonOf } from '../src/peers/python.js';
import { workloadOf } from '../src/workloads/index.js';

const SIZES = {
  array: { rows: 5, columns: 3 },
  arrays: { rows: 5, columns: 3, count: 4 },
  table: { rows: 50 },
  tree: { count: 3 },
} as const;

const inPython = PEERS.filter(({ modules }) => modules !== undefined);
const here = findPeers(undefined, pythonOf());
const cases = here.peers
  .filter(({ peer }) => peer.modules !== undefined)
  .flatMap(({ peer, choice }) =>
    (Object.keys(peer.does) as (keyof typeof SIZES)[]).map((kind) => ({ id: peer.id, kind, peer, choice })),
  );

const folder = mkdtempSync(join(tmpdir(), 'bench-python-'));
afterAll(() => rmSync(folder, { recursive: true }));

// Where FORMATLAB_PYTHON, or python3, has none of the libraries there is nothing to test; the interop job has them all.
describe.skipIf(cases.length === 0)('peers in Python', { timeout: 120_000 }, () => {
  it.each(cases)('$id passes the gate with the bench’s $kind', async ({ id, kind, peer, choice }) => {
    const own = join(folder, `${id}-${kind}`);
    const files = {
      dataset: join(own, 'value'),
      access: join(own, 'access'),
      input: join(own, 'data'),
      work: join(own, 'work'),
    };
    mkdirSync(files.work, { recursive: true });
    const workload = { id: kind, parameters: { ...workloadOf(kind).defaults, ...SIZES[kind] } };
    makeDataset({ workload, seed: 1, files });
    const made = { format: peer.format, engine: null, module: id, options: {}, peer: choice };
    const group = {
      id: groupId(workload, made, 'none'),
      workload,
      choice: made,
      compression: 'none',
    } as const;
    const check = checkPeer(group, files);
    for (const operation of peer.does[kind]!) {
      const { losses, wrong } = await check(operation);
      expect(wrong, operation).toBeUndefined();
      if (kind !== 'table') expect(losses, operation).toEqual([]);
    }
    const { memory, fileBytes } = await measurePeerMemory({
      kind: 'memory',
      cell: cellOf(group, 'read'),
      way: 0,
      files,
    });
    expect(fileBytes).toBeGreaterThan(0);
    if (process.platform === 'linux') expect(memory!.peakBytes).toBeGreaterThanOrEqual(memory!.baselineBytes);
  });
});

it('every peer in Python is either here or named with what is missing', () => {
  for (const { id } of inPython) {
    const found = here.peers.some(({ peer }) => peer.id === id);
    expect(found || here.notThere.some(({ reason }) => reason.includes(id))).toBe(true);
  }
});
