import { DTYPES, type DType, type Loss, newRecord, type RootKind, type Value } from '@formatlab/core';
import { describeError, errorOf, expectCode, expectTrue, isCode } from './expect.js';
import { checkRoundTrip } from './round-trip.js';
import { arrayHolder } from './round-trip-arrays.js';
import { arrayOf } from './samples/elements.js';
import { mainDType, plainShape, smallTable } from './samples/small.js';
import { named } from './samples/trees.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** What is not claimed is refused or reported. */
export function addRefusalTests(suite: Suite, subject: Subject): void {
  const { can } = subject;
  const rootSamples: Readonly<Record<RootKind, () => Value>> = {
    array: () => arrayOf(mainDType(can), plainShape(can, 2, 3)),
    table: () => smallTable(can),
    entries: () => named('a', arrayOf(mainDType(can), plainShape(can, 2, 3))),
    tree: () => named('a', named('b', [null, 'text', newRecord()])),
  };
  for (const [root, sample] of Object.entries(rootSamples)) {
    if (can.roots.includes(root as RootKind) || (root === 'entries' && can.roots.includes('tree'))) continue;
    suite.add(`refuse: root ${root} is not claimed`, () =>
      expectCode(() => subject.encode(sample()), 'unsupported', `write a root '${root}'`),
    );
  }
  const hold = arrayHolder(subject);
  if (hold === undefined) return;
  for (const dtype of DTYPES.filter((each) => !can.dtypes.write.includes(each))) {
    suite.add(`refuse: dtype ${dtype} is converted with a reported loss, or refused`, () =>
      checkUnclaimed(subject, dtype, hold(arrayOf(dtype, can.maxRank === 0 ? [] : [3]))),
    );
  }
  if (can.maxRank < 8) {
    suite.add(`refuse: ${can.maxRank + 1} dimensions`, () => {
      const shape = Array.from({ length: can.maxRank + 1 }, (_, i) => 1 + (i % 2));
      return expectCode(
        () => subject.encode(hold(arrayOf(mainDType(can), shape))),
        'unsupported',
        `write an array of ${can.maxRank + 1} dimensions`,
      );
    });
  }
}

async function checkUnclaimed(subject: Subject, dtype: DType, value: Value): Promise<void> {
  const losses: Loss[] = [];
  const error = await errorOf(() => subject.encode(value, { onLoss: (loss) => losses.push(loss) }));
  if (isCode(error, 'unsupported')) return;
  if (error !== undefined)
    throw new Error(`write ${dtype}, which is not claimed: ${describeError(error)}`, { cause: error });
  expectTrue(
    losses.some((loss) => loss.kind === 'dtype' || loss.kind === 'type'),
    `write ${dtype}, which is not claimed: expected a loss 'dtype' or 'unsupported', it went through in silence`,
  );
  await checkRoundTrip(subject, value, { what: `unclaimed ${dtype}` });
}
