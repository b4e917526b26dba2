import { createContext, Script } from 'node:vm';
import {
  createLab,
  type Format,
  firstDifference,
  type Implementation,
  isFormatError,
  type Lab,
  type Reader,
  type Value,
  valueAt,
} from '@formatlab/core';
import { assertValue } from './assert-value.js';
import { describeError } from './expect.js';
import type { Subject } from './subject.js';

const MIB = 2 ** 20;
/** What a decoder of a small damaged file may allocate. */
export const HOSTILE_BUDGET = 16 * MIB;
/** By how much the process may grow in one attempt: budgets are estimates, and garbage waits to be collected. */
const MOST_GROWTH = 128 * MIB;

/** What is wrong with how a format took an input. */
export interface Verdict {
  readonly problem: string;
  /** It took too long: more inputs of the kind would take as long each. */
  readonly late: boolean;
}

/** Tries damaged files on one format. */
export interface Attempter {
  attempt(bytes: Uint8Array): Promise<Verdict | undefined>;
}

/**
 * @param file the undamaged file: under `integrity: 'checksum'` a damaged one gives its value or an error
 * @param deadlineMs the longest time one input may take
 */
export async function createAttempter(
  subject: Subject,
  file: Uint8Array,
  deadlineMs: number,
): Promise<Attempter> {
  const lab = createLab([interruptible(subject.format, deadlineMs), ...(subject.given.formats ?? [])]);
  const checked = subject.can.integrity === 'checksum' ? await subject.decode(file.slice()) : undefined;
  const call = { format: subject.id, options: subject.options, budget: { bytes: HOSTILE_BUDGET } };
  const decode = async (bytes: Uint8Array): Promise<string | undefined> => {
    const value = await lab.decode(bytes, call);
    assertValue(value, 'the decoded value');
    return checked === undefined ? undefined : changeOf(checked, value);
  };
  const read = async (bytes: Uint8Array): Promise<string | undefined> => {
    const reader = await lab.open(bytes, call);
    try {
      return await readAll(reader, checked);
    } finally {
      await reader.close();
    }
  };
  return {
    async attempt(bytes) {
      const before = heldBytes();
      // Copies: a decoder may return views, and must not write to its input.
      const given = bytes.slice();
      const problem =
        (await outcome(() => decode(given), 'decode', deadlineMs)) ??
        (await outcome(() => read(given), 'open and read', deadlineMs));
      if (problem !== undefined) return problem;
      if (firstDifference(bytes, given) !== undefined) return verdict('decode wrote to its input');
      const grown = heldBytes() - before;
      if (grown <= MOST_GROWTH) return undefined;
      return verdict(
        `the process grew by ${Math.round(grown / MIB)} MiB under a budget of ${HOSTILE_BUDGET / MIB} MiB`,
      );
    },
  };
}

/** An error of ours is right; any other, and a value outside the model, is not. */
async function outcome(
  work: () => Promise<string | undefined>,
  action: string,
  deadlineMs: number,
): Promise<Verdict | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    const problem = `${action}: no answer within ${deadlineMs} ms`;
    timer = setTimeout(() => resolve({ problem, late: true }), deadlineMs);
  });
  try {
    return await Promise.race([
      work().then((problem) => (problem === undefined ? undefined : verdict(problem))),
      late,
    ]);
  } catch (error) {
    if (isFormatError(error)) return undefined;
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      return { problem: `${action}: hangs, interrupted after ${deadlineMs} ms`, late: true };
    }
    return verdict(`${action}: expected a FormatError or a value, got ${describeError(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function verdict(problem: string): Verdict {
  return { problem, late: false };
}

async function readAll(
  reader: Awaited<ReturnType<Lab['open']>>,
  checked: Value | undefined,
): Promise<string | undefined> {
  for (const entry of await reader.entries()) {
    if (entry.kind === 'group') continue;
    const value = await reader.read(entry.path);
    assertValue(value, `the value of '${entry.path}'`);
    if (checked === undefined) continue;
    const change = changeOf(valueAt(checked, entry.path), value);
    if (change !== undefined) return `entry '${entry.path}': ${change}`;
  }
  return undefined;
}

function changeOf(expected: Value, actual: Value): string | undefined {
  const difference = firstDifference(expected, actual);
  if (difference === undefined) return undefined;
  return `damage is claimed to be detected by checksums, but '${difference.path}' was read as ${difference.right} instead of ${difference.left}`;
}

/** Buffers and objects; the resident set would count what was freed and kept by the allocator. */
function heldBytes(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/**
 * The same format, its synchronous work interrupted after the deadline: V8 stops any code that a script with a
 * timeout has called.
 */
function interruptible(format: Format, deadlineMs: number): Format {
  const box = createContext({ work: () => {} }) as { work: () => void };
  const script = new Script('work()');
  const run = <T>(work: () => T): T => {
    let result: { readonly value: T } | undefined;
    box.work = () => {
      result = { value: work() };
    };
    script.runInContext(box, { timeout: deadlineMs });
    return result!.value;
  };
  const wrap = (inner: Implementation<object>): Implementation<object> => ({
    encode: (value, context) => inner.encode(value, context),
    decode: (bytes, context) => run(() => inner.decode(bytes, context)),
    ...(inner.open === undefined
      ? {}
      : {
          open: async (source, context) => wrapReader(await run(() => inner.open!(source, context)), run),
        }),
  });
  const { edit: _edit, ...rest } = format;
  const engines = Object.entries(format.engines ?? {}).map(([id, engine]) => [
    id,
    { ...engine, load: async () => wrap(await engine.load()) },
  ]);
  return {
    ...rest,
    ...wrap(format),
    ...(format.engines === undefined ? {} : { engines: Object.fromEntries(engines) }),
  };
}

function wrapReader(reader: Reader, run: <T>(work: () => T) => T): Reader {
  return {
    entries: () => run(() => reader.entries()),
    read: (path, selection) => run(() => reader.read(path, selection)),
    close: () => reader.close(),
  };
}
