import { isFormatError } from '@formatlab/core';
import { checkCounter } from '../counter/check-counter.js';
import { checkMessages } from '../messages/check-messages.js';
import { errorLine } from '../processes/error-line.js';
import type { ChildMessage, Job, Verdict } from '../processes/job.js';
import type { OperationId } from '../results/record.js';
import { checkFiles } from './check-files.js';
import type { Check } from './findings.js';

type CheckJob = Extract<Job, { kind: 'check' }>;

/**
 * The gate before any timing: each operation is done once and what it did is compared. A verdict is sent for
 * each operation as soon as it stands, so that a crash costs only the operation under way.
 */
export async function checkGroup(job: CheckJob, send: (message: ChildMessage) => void): Promise<void> {
  const check = await checkOf(job);
  for (const operation of job.operations) {
    send({ type: 'checking', operation });
    send({ type: 'verdict', verdict: await judge(operation, check) });
  }
}

async function checkOf(job: CheckJob): Promise<Check> {
  if (job.group.choice.peer !== undefined)
    return (await import('../peers/check-peer.js')).checkPeer(job.group, job.files);
  switch (job.group.workload.id) {
    case 'counter':
      return checkCounter(job.group, job.files);
    case 'messages':
      return checkMessages(job.group, job.files);
    default:
      return checkFiles(job.group, job.files);
  }
}

async function judge(operation: OperationId, check: Check): Promise<Verdict> {
  try {
    const { losses, way = 0, wrong } = await check(operation);
    const known = { operation, losses: losses.slice(0, MOST_LOSSES), lossCount: losses.length, way };
    if (wrong !== undefined)
      return { ...known, status: 'failed', fidelity: null, failure: 'wrong-value', reason: wrong };
    return {
      ...known,
      status: 'ok',
      fidelity: losses.length === 0 ? 'exact' : 'lossy',
      failure: null,
      reason: null,
    };
  } catch (error) {
    const unsupported = isFormatError(error) && error.code === 'unsupported';
    return {
      operation,
      losses: [],
      lossCount: 0,
      way: 0,
      status: unsupported ? 'unsupported' : 'failed',
      fidelity: null,
      failure: unsupported ? null : 'error',
      reason: errorLine(error),
    };
  }
}

/** A value that loses something in every row would fill the record. */
const MOST_LOSSES = 100;
