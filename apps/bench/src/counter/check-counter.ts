import { rmSync } from 'node:fs';
import { FormatError } from '@formatlab/core';
import type { Group } from '../cells.js';
import type { Check, Findings } from '../measure/findings.js';
import type { GroupFiles } from '../processes/job.js';
import { counterNames, counterStep } from './time-counter.js';

/** Makes the counters, adds to one, process after process, and lists them all. */
export function checkCounter(group: Group, files: GroupFiles): Check {
  let findings: Promise<Findings> | undefined;
  // All operations are steps of one story: it is told once.
  return () => (findings ??= tellStory(group, files));
}

async function tellStory(group: Group, files: GroupFiles): Promise<Findings> {
  const names = counterNames(files);
  const chosen = names[Math.floor(names.length / 2)]!;
  const step = async (stepNames: readonly string[]): Promise<Readonly<Record<string, number>>> => {
    try {
      return (await counterStep(group, files.input, stepNames)).values;
    } catch (error) {
      // The other process said why: its code is what makes this `unsupported`.
      if ((error as { code?: string }).code === 'unsupported')
        throw new FormatError('unsupported', (error as Error).message);
      throw error;
    }
  };
  rmSync(files.input, { force: true });
  await step(names);
  await step([chosen]);
  await step([chosen]);
  const found = await step([]);
  for (const name of names) {
    const expected = name === chosen ? 3 : 1;
    if (found[name] !== expected)
      return {
        losses: [],
        wrong: `list counter '${name}': ${expected} came back as ${found[name] ?? 'nothing'}`,
      };
  }
  return { losses: [] };
}
