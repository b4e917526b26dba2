import { existsSync } from 'node:fs';
import { isNDArray, joinPath, type Lab, type Value } from '@formatlab/core';
import type { FormatChoice } from '../cells.js';
import { peakOf } from '../measure/memory.js';
import { setUp } from '../measure/setup.js';
import type { MemoryUse } from '../results/record.js';

/** What one process does to the file of counters. */
export interface CounterStep {
  /** Counters to add one to; each is made when it is missing, and so is the file. None: all are listed. */
  readonly names: readonly string[];
  readonly watchMemory: boolean;
}

export interface StepResult {
  /** Importing the format's code. */
  readonly loadMs: number;
  /** Opening, reading, changing and committing. */
  readonly workMs: number;
  /** The counters that were listed or changed, with their values. */
  readonly values: Readonly<Record<string, number>>;
  readonly memory: MemoryUse | null;
}

/** The work of the chapter's counter program, in this process. */
export async function doCounterStep(job: {
  readonly choice: FormatChoice;
  readonly step: CounterStep;
  readonly path: string;
}): Promise<StepResult> {
  const { choice, step, path } = job;
  const { lab, call, importMs } = await setUp(choice);
  const start = performance.now();
  let values: Record<string, number> = {};
  const work = async (): Promise<void> => {
    values =
      step.names.length === 0
        ? await listCounters(lab, path, call)
        : await addOne(lab, path, step.names, call);
  };
  const memory = step.watchMemory ? await peakOf(work) : null;
  if (memory === null) await work();
  return { loadMs: importMs, workMs: performance.now() - start, values, memory };
}

type Call = { readonly format: string; readonly options: Record<string, unknown> };

async function listCounters(
  lab: Lab,
  path: string,
  call: Call,
  wanted?: readonly string[],
): Promise<Record<string, number>> {
  const file = await lab.open(path, call);
  try {
    const values: Record<string, number> = {};
    for (const entry of await file.entries()) {
      const name = entry.path.slice(1);
      if (entry.kind !== 'group' && (wanted === undefined || wanted.includes(name)))
        values[name] = numberIn(await file.read(entry.path));
    }
    return values;
  } finally {
    await file.close();
  }
}

async function addOne(
  lab: Lab,
  path: string,
  names: readonly string[],
  call: Call,
): Promise<Record<string, number>> {
  const before = existsSync(path) ? await listCounters(lab, path, call, names) : {};
  const editor = await lab.edit(path, call);
  try {
    const after: Record<string, number> = {};
    for (const name of names) {
      after[name] = (before[name] ?? 0) + 1;
      await editor.put(joinPath([name]), BigInt(after[name]));
    }
    await editor.commit();
    return after;
  } finally {
    await editor.close();
  }
}

/** Formats give an integer back as a number, a bigint or an array of one. */
function numberIn(value: Value): number {
  return Number(isNDArray(value) ? value.data[0] : value);
}
