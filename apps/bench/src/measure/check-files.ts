import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  appendValue,
  firstDifference,
  fitValue,
  isNDArray,
  isRecord,
  isTable,
  type Loss,
  newRecord,
  selectFrom,
  splitPath,
  type Value,
  type ValueRecord,
  valueAt,
} from '@formatlab/core';
import { cellOf, type Group } from '../cells.js';
import { readDataset } from '../datasets/dataset-file.js';
import { readAccess } from '../datasets/make-dataset.js';
import { applyChange } from '../operations/changes.js';
import { NO_WRAP } from '../operations/operation.js';
import type { GroupFiles } from '../processes/job.js';
import type { OperationId } from '../results/record.js';
import type { Change } from '../workloads/workload.js';
import { type Check, type Findings, isExplained, wrongValue } from './findings.js';
import { type CellSetup, saveOptions, setUp } from './setup.js';

/**
 * Checks the operations on one file. Writing and reading are right when what comes back is the value as the
 * format can hold it, or differs with reported losses. The others are measured by whole files: one entry has
 * to be what the whole has in its place, and a changed file has to read like one that was written whole.
 */
export function checkFiles(group: Group, files: GroupFiles): Check {
  const check = new FileCheck(group, files);
  return (operation) => check.findings(operation);
}

interface Written {
  readonly setup: CellSetup;
  readonly value: Value;
  /** What the file holds, as it comes back. */
  readonly read: Value;
  readonly losses: readonly Loss[];
  readonly wrong: string | undefined;
}

class FileCheck {
  readonly #group: Group;
  readonly #files: GroupFiles;
  #written: Promise<Written> | undefined;

  constructor(group: Group, files: GroupFiles) {
    this.#group = group;
    this.#files = files;
  }

  async findings(operation: OperationId): Promise<Findings> {
    this.#written ??= this.#write();
    const written = await this.#written;
    const { losses, wrong } = written;
    if (wrong !== undefined) return { losses, wrong };
    if (operation === 'read-one') return this.#readOne(written);
    if (operation === 'read-each') return this.#readEach(written);
    if (operation === 'append' || operation === 'update') return this.#change(operation, written);
    return { losses };
  }

  /** Writes the file that the group's processes read from, and reads it back. */
  async #write(): Promise<Written> {
    const choice = await setUp(this.#group.choice);
    const setup: CellSetup = { ...choice, cell: cellOf(this.#group, 'write'), files: this.#files, way: 0 };
    const value = readDataset(this.#files.dataset);
    const fitted = fitValue(value, { id: setup.format.id, can: setup.can }, () => {});
    const losses: Loss[] = [];
    const onLoss = (loss: Loss): void => {
      losses.push(loss);
    };
    await setup.lab.save(this.#files.input, value, { ...saveOptions(setup, this.#group), onLoss });
    const read = await setup.lab.load(this.#files.input, { ...setup.call, onLoss });
    const difference = firstDifference(fitted, read);
    const wrong =
      difference === undefined || isExplained(difference, losses)
        ? undefined
        : wrongValue('read back', difference);
    return { setup, value, read, losses, wrong };
  }

  async #readOne({ setup, read, losses }: Written): Promise<Findings> {
    return firstRight(readAccess(this.#files.access).readOne, losses, async (place) => {
      const selection = place.slice === undefined ? undefined : { slice: place.slice };
      const expected = selectFrom(valueAt(read, place.path), place.path, selection);
      const file = await setup.lab.open(this.#files.input, setup.call);
      try {
        return wrongValue(
          'read one entry',
          firstDifference(expected, await file.read(place.path, selection)),
        );
      } finally {
        await file.close();
      }
    });
  }

  async #readEach({ setup, read, losses }: Written): Promise<Findings> {
    const file = await setup.lab.open(this.#files.input, setup.call);
    try {
      for (const name of readAccess(this.#files.access).names) {
        const difference = firstDifference(valueAt(read, name), await file.read(name));
        if (difference !== undefined) return { losses, wrong: wrongValue(`read '${name}'`, difference) };
      }
    } finally {
      await file.close();
    }
    return { losses };
  }

  async #change(operation: 'append' | 'update', { setup, value, losses }: Written): Promise<Findings> {
    const path = join(this.#files.work, `checked-${operation}`);
    const whole = join(this.#files.work, `whole-${operation}`);
    // Ways differ in the shape of what is added, not in what the file is to hold afterwards.
    const ways = readAccess(this.#files.access)[operation];
    await setup.lab.save(whole, changed(value, ways[0]!), saveOptions(setup, this.#group));
    const expected = await setup.lab.load(whole, setup.call);
    try {
      return await firstRight(ways, losses, async (change) => {
        copyFileSync(this.#files.input, path);
        await applyChange(setup, path, change, NO_WRAP);
        return wrongValue(operation, firstDifference(expected, await setup.lab.load(path, setup.call)));
      });
    } finally {
      for (const file of [path, whole]) rmSync(file, { force: true });
    }
  }
}

/** The first of several ways that works and is right; else what went wrong with the first one. */
async function firstRight<T>(
  ways: readonly T[],
  losses: readonly Loss[],
  attempt: (way: T) => Promise<string | undefined>,
): Promise<Findings> {
  let wrong: string | undefined;
  let thrown: { error: unknown } | undefined;
  for (const [way, item] of ways.entries()) {
    try {
      const problem = await attempt(item);
      if (problem === undefined) return { losses, way };
      wrong ??= problem;
    } catch (error) {
      thrown ??= { error };
    }
  }
  if (wrong === undefined && thrown !== undefined) throw thrown.error;
  return { losses, wrong: wrong ?? 'the value has no entry for this' };
}

/** The value after the change. */
function changed(value: Value, change: Change): Value {
  if (change.how === 'append') return appendValue(value, change.value, change.path);
  const [name] = splitPath(change.path);
  if (!isRecord(value) || isNDArray(value) || isTable(value)) return change.value;
  const copy: { [name: string]: Value } = Object.assign(newRecord(), value satisfies ValueRecord);
  copy[name!] = change.value;
  return copy;
}
