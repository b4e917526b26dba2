import type { Value } from '@formatlab/core';
import type { DatasetFiles, DatasetResult } from '../processes/job.js';
import { workloadOf } from '../workloads/index.js';
import type { Access, WorkloadSpec } from '../workloads/workload.js';
import { readDataset, writeDataset } from './dataset-file.js';
import { hashValue } from './hash-value.js';

/** Makes a workload's data and keeps it for the other processes. */
export function makeDataset(job: {
  readonly workload: WorkloadSpec;
  readonly seed: number;
  readonly files: DatasetFiles;
}): DatasetResult {
  const workload = workloadOf(job.workload.id);
  return keepDataset(job.workload, workload.build(job.workload.parameters, job.seed), job.files);
}

export function keepDataset(spec: WorkloadSpec, value: Value, files: DatasetFiles): DatasetResult {
  const access = workloadOf(spec.id).access(value);
  writeDataset(files.dataset, value);
  // Places and changes are plain records of values.
  writeDataset(files.access, access as unknown as Value);
  return { ...hashValue(value), entries: access.entries };
}

/** What {@link keepDataset} kept beside the value. */
export function readAccess(path: string): Access {
  return readDataset(path) as unknown as Access;
}
