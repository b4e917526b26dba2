import { timeCounter } from '../counter/time-counter.js';
import { timeMessages } from '../messages/time-messages.js';
import { fileOperationOf } from '../operations/index.js';
import { NO_WRAP } from '../operations/operation.js';
import type { Job, JobResults } from '../processes/job.js';
import { referenceMs } from './reference.js';
import { sampleTask } from './sample.js';
import { setUp } from './setup.js';

/** What this process measures of a cell. */
export async function timeCell(job: Extract<Job, { kind: 'time' }>): Promise<JobResults['time']> {
  // Before anything of the format is there.
  const reference = referenceMs();
  return { referenceMs: reference, ...(await samplesOf(job)) };
}

async function samplesOf(job: Extract<Job, { kind: 'time' }>): Promise<JobResults['time']> {
  const { cell, files, way, settings } = job;
  if (cell.choice.peer !== undefined) return (await import('../peers/measure-peer.js')).timePeer(job);
  const operation = fileOperationOf(cell.operation);
  if (operation !== undefined) {
    const setup = await setUp(cell.choice);
    return sampleTask(operation({ ...setup, cell, files, way }, NO_WRAP), settings, setup.importMs);
  }
  return cell.workload.id === 'counter'
    ? timeCounter(cell, files, settings)
    : timeMessages(cell, files, settings);
}
