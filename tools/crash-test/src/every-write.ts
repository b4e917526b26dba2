import {
  bytesSink,
  type CallOptions,
  firstDifference,
  isFormatError,
  type Source,
  type Value,
} from '@formatlab/core';
import { type FailingSink, failingSink, Killed, type Moment } from './failing-sink.js';
import { lab } from './formats.js';
import type { Scenario } from './scenarios.js';

export interface Tried {
  readonly scenario: Scenario;
  /** Whether the format changes the file in place; else it is written anew and renamed. */
  readonly inPlace: boolean;
  /** Writes, truncations and replacements of the whole change. */
  readonly operations: number;
  /** Deaths, and what our reader found after them. */
  readonly old: number;
  readonly new: number;
  /** In words what went wrong; none where every file held the old or the new state. */
  readonly problems: readonly string[];
}

const MOMENTS: readonly Moment[] = ['before', 'within', 'after'];

/** Makes a change once for each moment that it may be killed at, and reads what is left. */
export async function tryEveryWrite(scenario: Scenario): Promise<Tried> {
  const options = callOf(scenario);
  const start = bytesSink(undefined, scenario.name);
  await lab.save(start, scenario.before, options);
  const initial = start.bytes();
  const old = await lab.decode(initial, options);
  const whole = failingSink(initial, undefined, 'after', scenario.name);
  const inPlace = await change(scenario, whole);
  const changed = await lab.decode(whole.content(), options);
  if (firstDifference(old, changed) === undefined) throw new Error(`${title(scenario)}: it changed nothing`);
  const counts = { old: 0, new: 0 };
  const problems: string[] = [];
  for (let at = 0; at < whole.operations; at++) {
    for (const moment of MOMENTS) {
      const sink = failingSink(initial, at, moment, scenario.name);
      try {
        await change(scenario, sink);
        problems.push(`${moment} operation ${at}: it was not killed`);
      } catch (error) {
        if (!isKilled(error)) throw error;
      }
      const state = await stateOf(sink.remains(), old, changed, options);
      if (state === 'old' || state === 'new') counts[state]++;
      else problems.push(`${moment} operation ${at} of ${whole.operations}: ${state}`);
    }
  }
  return { scenario, inPlace, operations: whole.operations, ...counts, problems };
}

export function title({ format, kind, what }: Scenario): string {
  return `${format}: ${kind} ${what}`;
}

function callOf({ format, options }: Scenario): CallOptions {
  return options === undefined ? { format } : { format, options };
}

async function change(scenario: Scenario, sink: FailingSink): Promise<boolean> {
  const file = await lab.edit(sink, callOf(scenario));
  await scenario.change(file);
  await file.commit();
  await file.close();
  return file.inPlace;
}

/** `old` or `new`, or in words what else a file holds. */
export async function stateOf(
  file: Source,
  old: Value,
  changed: Value,
  options: CallOptions,
): Promise<string> {
  let found: Value;
  try {
    found = await lab.load(file, { ...options, onRecover() {} });
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return `the file is lost: ${error.message}`;
  }
  if (firstDifference(old, found) === undefined) return 'old';
  const difference = firstDifference(changed, found);
  return difference === undefined ? 'new' : `neither state: at '${difference.path}'`;
}

/** The error itself, or one that carries it. */
function isKilled(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) if (one instanceof Killed) return true;
  return false;
}
