import { firstDifference, fitValue, type Loss, type Value } from '@formatlab/core';
import type { Group } from '../cells.js';
import { readDataset } from '../datasets/dataset-file.js';
import { type Check, type Findings, isExplained, wrongValue } from '../measure/findings.js';
import { setUp } from '../measure/setup.js';
import type { GroupFiles } from '../processes/job.js';

/** Encodes and decodes every message. */
export function checkMessages(group: Group, files: GroupFiles): Check {
  let findings: Promise<Findings> | undefined;
  return () => (findings ??= roundTrip(group, files));
}

async function roundTrip(group: Group, files: GroupFiles): Promise<Findings> {
  const { lab, call, can, format } = await setUp(group.choice);
  const losses: Loss[] = [];
  const onLoss = (loss: Loss): void => {
    losses.push(loss);
  };
  for (const message of readDataset(files.dataset) as readonly Value[]) {
    const fitted = fitValue(message, { id: format.id, can }, () => {});
    const bytes = await lab.encode(message, format.id, { ...call, onLoss });
    const difference = firstDifference(fitted, await lab.decode(bytes, { ...call, onLoss }));
    if (difference !== undefined && !isExplained(difference, losses))
      return { losses, wrong: wrongValue('receive', difference) };
  }
  return { losses };
}
