import { attributesOf, type Loss, newRecord, type Value, withAttributes } from '@formatlab/core';
import { expectCode, expectSame, expectTrue } from './expect.js';
import { arrayHolder } from './round-trip-arrays.js';
import { arrayOf } from './samples/elements.js';
import { plainArray, smallTable } from './samples/small.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** Attributes are kept where that is claimed, else their loss is reported. */
export function addAttributeTests(suite: Suite, subject: Subject): void {
  const hold = subject.dtypes.length > 0 && subject.can.maxRank > 0 ? arrayHolder(subject) : undefined;
  const makers: { what: string; make: () => Value }[] = [];
  if (hold !== undefined)
    makers.push({
      what: 'an array',
      make: () => hold(withAttributes(plainArray(subject.can, 0), sampleAttributes(subject))),
    });
  if (subject.can.roots.includes('table'))
    makers.push({
      what: 'a table',
      make: () => withAttributes(smallTable(subject.can), sampleAttributes(subject)),
    });
  for (const { what, make } of makers) {
    suite.add(
      `attributes: those of ${what} are ${subject.can.attributes ? 'kept' : 'reported as lost'}`,
      () => check(subject, make(), what),
    );
  }
}

function sampleAttributes(subject: Subject): { readonly [name: string]: Value } {
  const attributes = newRecord();
  attributes['units'] = 'Grad Celsius °';
  attributes['empty'] = '';
  if (subject.dtypes.includes('float64') && !subject.can.roots.every((root) => root === 'table'))
    attributes['scale'] = arrayOf('float64', [2], { elements: [0.5, 2] });
  return attributes;
}

async function check(subject: Subject, value: Value, what: string): Promise<void> {
  const losses: Loss[] = [];
  const back = await subject.decode(await subject.encode(value, { onLoss: (loss) => losses.push(loss) }), {
    onLoss: (loss) => losses.push(loss),
  });
  const reported = losses.some((loss) => loss.kind === 'attributes');
  if (!subject.can.attributes) {
    expectTrue(
      reported || sameAttributes(value, back),
      `write ${what} with attributes, which are not claimed: they are gone, and no loss was reported`,
    );
    await expectCode(
      () => subject.encode(value, { strict: true }),
      'lossy',
      `write ${what} with attributes under strict`,
    );
    return;
  }
  expectTrue(!reported, `write ${what} with attributes, which are claimed: a loss was reported`);
  const inner = (whole: Value): Value =>
    attributesOf(whole) ?? attributesOf((whole as { readonly value?: Value }).value) ?? newRecord();
  expectSame(inner(value), inner(back), `read back the attributes of ${what}`);
}

function sameAttributes(value: Value, back: Value): boolean {
  return (
    attributesOf(back) !== undefined &&
    Object.keys(attributesOf(back)!).length === Object.keys(attributesOf(value) ?? {}).length
  );
}
