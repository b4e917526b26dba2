import {
  type Difference,
  isFormatError,
  type Loss,
  type LossKind,
  lossLine,
  type Value,
} from '@formatlab/core';
import { assertValue } from './assert-value.js';
import { differencesOf } from './differences.js';
import { describeError, errorOf, expectCode } from './expect.js';
import type { Subject } from './subject.js';

export interface Expectation {
  /** For messages: what the value is. */
  readonly what: string;
  /** Losses that the capabilities rule out. Default: none. */
  readonly forbidden?: readonly LossKind[];
  /** Whether refusing the value with `unsupported` is as good. Default false. */
  readonly refusable?: boolean;
}

/** How many differences a message lists. */
const MOST_LISTED = 5;

/**
 * Writes and reads a value: it comes back the same to the bit, or every difference was reported as a loss at
 * its path or above. What reports a loss is refused under `strict`.
 */
export async function checkRoundTrip(
  subject: Subject,
  value: Value,
  expectation: Expectation,
): Promise<void> {
  const { what, forbidden = [], refusable = false } = expectation;
  const writeLosses: Loss[] = [];
  const readLosses: Loss[] = [];
  let bytes: Uint8Array;
  try {
    bytes = await subject.encode(value, { onLoss: (loss) => writeLosses.push(loss) });
  } catch (error) {
    if (refusable && isFormatError(error) && error.code === 'unsupported') return;
    throw new Error(`write ${what}: ${describeError(error)}`, { cause: error });
  }
  const back = await decodeOrExplain(subject, bytes, what, (loss) => readLosses.push(loss));
  assertValue(back, what);
  const losses = [...writeLosses, ...readLosses];
  const ruledOut = losses.find((loss) => forbidden.includes(loss.kind));
  if (ruledOut !== undefined)
    throw new Error(
      `round trip of ${what}: the capabilities claim that it survives, but a loss was reported: ${lossLine(ruledOut)}`,
    );
  const silent = differencesOf(value, back).filter(
    (difference) => !losses.some((loss) => covers(loss, difference)),
  );
  if (silent.length > 0) throw new Error(silentMessage(what, silent, losses));
  await checkStrict(subject, value, bytes, expectation, writeLosses, readLosses);
}

async function decodeOrExplain(
  subject: Subject,
  bytes: Uint8Array,
  what: string,
  onLoss: (loss: Loss) => void,
): Promise<Value> {
  try {
    return await subject.decode(bytes, { onLoss });
  } catch (error) {
    throw new Error(`read back ${what} (${bytes.byteLength} bytes): ${describeError(error)}`, {
      cause: error,
    });
  }
}

async function checkStrict(
  subject: Subject,
  value: Value,
  bytes: Uint8Array,
  { what }: Expectation,
  writeLosses: readonly Loss[],
  readLosses: readonly Loss[],
): Promise<void> {
  if (writeLosses.length > 0) {
    await expectCode(
      () => subject.encode(value, { strict: true }),
      'lossy',
      `write ${what} under strict (${lossLine(writeLosses[0]!)})`,
    );
  } else {
    const error = await errorOf(() => subject.encode(value, { strict: true }));
    if (error !== undefined)
      throw new Error(`write ${what} under strict, which loses nothing: ${describeError(error)}`, {
        cause: error,
      });
  }
  if (readLosses.length === 0) return;
  await expectCode(
    () => subject.decode(bytes, { strict: true }),
    'lossy',
    `read ${what} under strict (${lossLine(readLosses[0]!)})`,
  );
}

/** A loss speaks for its own path and all below; a changed name also for the new name beside it. */
function covers(loss: Loss, difference: Difference): boolean {
  if (loss.path === '' || difference.path === loss.path || difference.path.startsWith(`${loss.path}/`))
    return true;
  return (
    loss.kind === 'name' && difference.left === 'nothing' && parentOf(difference.path) === parentOf(loss.path)
  );
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function silentMessage(what: string, silent: readonly Difference[], losses: readonly Loss[]): string {
  const listed = silent
    .slice(0, MOST_LISTED)
    .map(({ path, left, right }) => `${path === '' ? 'the root' : path}: wrote ${left}, got ${right}`);
  const more = silent.length > MOST_LISTED ? `; and ${silent.length - MOST_LISTED} more` : '';
  const reported =
    losses.length === 0
      ? 'no loss was reported'
      : `the losses reported are elsewhere: ${losses.slice(0, MOST_LISTED).map(lossLine).join('; ')}`;
  return `round trip of ${what}: ${listed.join('; ')}${more}; ${reported}`;
}
