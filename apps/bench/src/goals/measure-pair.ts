import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { workloadOf } from '../workloads/index.js';
import { givenAs } from './given.js';
import type { GoalJob, GoalSamples } from './goal.js';
import { ours } from './ours.js';
import { AbsentPeer, GOAL_PEERS, peerSide as openPeerSide } from './peer-side.js';
import type { Side } from './side.js';

const WARMUP_RUNS = 3;
const LEAST_SAMPLE_MS = 20;
const MOST_RUNS_A_SAMPLE = 50;

/** In this process: our side and the peer take turns, A B A B or B A B A. @throws Error when our side reads a wrong value */
export async function measurePair(job: GoalJob): Promise<GoalSamples> {
  const { goal, spec } = job;
  const value = givenAs(goal.as, workloadOf(spec.id).build(spec.parameters, job.seed));
  const folders = [join(job.folder, 'a'), join(job.folder, 'b')] as const;
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const known = GOAL_PEERS.find(({ id }) => id === goal.peer);
  if (known === undefined)
    throw new Error(
      `goal '${goal.id}': there is no peer '${goal.peer}'; there are ${GOAL_PEERS.map(({ id }) => id).join(', ')}`,
    );
  let peerSide: Side;
  try {
    peerSide = await openPeerSide(known, { value, operation: goal.operation, folder: folders[1] });
  } catch (error) {
    if (error instanceof AbsentPeer) return { ours: [], peer: [], absent: error.message };
    throw error;
  }
  try {
    const our = await prepared(await ours(job, { value, operation: goal.operation, folder: folders[0] }));
    const peer = await prepared(peerSide);
    const order = job.oursFirst ? [our, peer] : [peer, our];
    for (let round = 0; round < job.rounds; round++) for (const side of order) await side.sample();
    return { ours: our.samples, peer: peer.samples };
  } finally {
    peerSide.close?.();
  }
}

interface Prepared {
  readonly samples: number[];
  sample(): Promise<void>;
}

async function prepared(side: Side): Promise<Prepared> {
  const wrong = await checkOnce(side);
  if (wrong !== undefined) throw new Error(`read back ${wrong}`);
  let last = 0;
  for (let i = 0; i < WARMUP_RUNS; i++) last = await timeOnce(side);
  const batch = Math.min(MOST_RUNS_A_SAMPLE, Math.max(1, Math.ceil(LEAST_SAMPLE_MS / last)));
  const samples: number[] = [];
  return {
    samples,
    async sample() {
      globalThis.gc?.();
      let total = 0;
      for (let i = 0; i < batch; i++) total += await timeOnce(side);
      samples.push(total / batch);
    },
  };
}

async function checkOnce(side: Side): Promise<string | undefined> {
  side.before?.();
  const result = await side.run();
  side.after?.();
  return side.wrong?.(result);
}

async function timeOnce(side: Side): Promise<number> {
  side.before?.();
  const start = performance.now();
  const result = side.run();
  const settled = result instanceof Promise ? await result : result;
  const ms = performance.now() - start;
  side.after?.();
  // A side that times itself gives the time.
  return side.timesItself === true ? (settled as number) : ms;
}
