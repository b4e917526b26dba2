import { type DType, isFormatError, type NDArray, newRecord, type Value } from '@formatlab/core';
import { describeError, errorOf } from './expect.js';
import { checkRoundTrip } from './round-trip.js';
import {
  arrayOf,
  EMPTY_SHAPES,
  isTimed,
  LONE_SURROGATES,
  nanPayloads,
  SHAPES,
  specialElements,
} from './samples/elements.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

const MOST_RANK = 4;
const UNITS = ['ns', 'us', 'ms', 's', 'm', 'h', 'D', 'W', 'M', 'Y', '25s'] as const;

/** Arrays of every dtype and rank that is claimed, where arrays are held at all. */
export function addArrayTests(suite: Suite, subject: Subject): void {
  const hold = arrayHolder(subject);
  if (hold === undefined) return;
  const rank = Math.min(MOST_RANK, subject.can.maxRank);
  const shapes = SHAPES.slice(0, rank + 1);
  const line = shapes[Math.min(1, rank)]!;
  for (const dtype of subject.dtypes) {
    suite.add(
      `array ${dtype}: comes back to the bit in ${rank === 0 ? 'rank 0' : `every rank 0 to ${rank}`}`,
      async () => {
        for (const shape of shapes)
          await checkClaimed(subject, hold(arrayOf(dtype, shape)), `${dtype} of shape [${shape}]`);
      },
    );
    addEmptyTest(suite, subject, dtype, hold, rank);
    if (rank >= 2) {
      suite.add(`array ${dtype}: column-major order is taken as input`, async () => {
        for (const shape of shapes.slice(2))
          await checkClaimed(
            subject,
            hold(arrayOf(dtype, shape, { order: 'F' })),
            `column-major ${dtype} of shape [${shape}]`,
          );
      });
    }
    for (const { what, elements } of specialElements(dtype)) {
      suite.add(`array ${dtype}: ${what}`, () =>
        checkSpecial(
          subject,
          hold(arrayOf(dtype, sized(line, elements.length, dtype), { elements })),
          `${dtype} with ${what}`,
        ),
      );
    }
    if (dtype === 'float32' || dtype === 'float64') {
      suite.add(`array ${dtype}: NaN payloads`, () =>
        checkSpecial(
          subject,
          hold(nanPayloads(dtype, rank === 0 ? undefined : [3])),
          `${dtype} with NaN payloads`,
        ),
      );
    }
    if (isTimed(dtype)) addUnitTest(suite, subject, dtype, hold, line);
    if (dtype === 'string') addSurrogateTest(suite, subject, hold, line);
  }
}

/** How an array stands in a file of the format: as the root, or as an entry. */
export function arrayHolder(subject: Subject): ((array: NDArray) => Value) | undefined {
  const { roots } = subject.can;
  if (roots.includes('array')) return (array) => array;
  if (!roots.includes('entries') && !roots.includes('tree')) return undefined;
  return (array) => Object.assign(newRecord(), { value: array });
}

/** What is claimed comes back, and no loss of type or digits is an excuse. */
function checkClaimed(subject: Subject, value: Value, what: string): Promise<void> {
  return checkRoundTrip(subject, value, { what, forbidden: ['dtype', 'precision', 'dropped', 'nan'] });
}

function checkSpecial(subject: Subject, value: Value, what: string): Promise<void> {
  return checkRoundTrip(subject, value, { what, forbidden: ['dtype'], refusable: true });
}

function sized(line: readonly number[], slots: number, dtype: DType): readonly number[] {
  return line.length === 0 ? line : [dtype.startsWith('complex') ? slots / 2 : slots];
}

function addEmptyTest(
  suite: Suite,
  subject: Subject,
  dtype: DType,
  hold: (array: NDArray) => Value,
  rank: number,
): void {
  if (rank === 0) return;
  suite.add(`array ${dtype}: no elements`, async () => {
    for (const shape of EMPTY_SHAPES.filter((candidate) => candidate.length <= rank)) {
      const what = `${dtype} of shape [${shape}]`;
      await checkRoundTrip(subject, hold(arrayOf(dtype, shape)), { what, refusable: true });
    }
  });
}

function addUnitTest(
  suite: Suite,
  subject: Subject,
  dtype: DType,
  hold: (array: NDArray) => Value,
  line: readonly number[],
): void {
  suite.add(`array ${dtype}: units`, async () => {
    for (const unit of UNITS) {
      const elements = [0n, 1n, -1n, 1000n];
      await checkRoundTrip(subject, hold(arrayOf(dtype, line, { unit, elements })), {
        what: `${dtype}[${unit}]`,
        forbidden: ['dropped'],
        refusable: true,
      });
    }
  });
}

function addSurrogateTest(
  suite: Suite,
  subject: Subject,
  hold: (array: NDArray) => Value,
  line: readonly number[],
): void {
  suite.add('array string: lone surrogates are refused or kept', async () => {
    for (const text of LONE_SURROGATES)
      await checkSurrogate(
        subject,
        hold(arrayOf('string', line, { elements: [text] })),
        `string array with ${JSON.stringify(text)}`,
      );
  });
}

/** A FormatError of any kind is right, since no Unicode text holds them; silence is not. */
export async function checkSurrogate(subject: Subject, value: Value, what: string): Promise<void> {
  const error = await errorOf(() => subject.encode(value));
  if (error === undefined) return checkRoundTrip(subject, value, { what });
  if (!isFormatError(error)) throw new Error(`write ${what}: ${describeError(error)}`, { cause: error });
}
