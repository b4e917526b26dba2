import type { Value } from '@formatlab/core';
import { expectSame } from './expect.js';
import { arrayHolder } from './round-trip-arrays.js';
import { arrayOf } from './samples/elements.js';
import { named } from './samples/trees.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

const ZONES = ['UTC', 'America/St_Johns', 'Asia/Kathmandu'] as const;

/** A file means the same wherever it is written and read. Where a worker thread can't change its zone, this proves nothing. */
export function addTimeZoneTests(suite: Suite, subject: Subject): void {
  const values: Value[] = [];
  if (subject.can.roots.includes('tree')) values.push(named('value', new Date('2024-03-10T02:30:00.123Z')));
  const hold = arrayHolder(subject);
  if (hold !== undefined && subject.dtypes.includes('datetime64'))
    values.push(hold(arrayOf('datetime64', subject.can.maxRank > 0 ? [3] : [])));
  if (values.length === 0) return;
  suite.add('time zone: dates do not depend on it', async () => {
    for (const value of values) await checkZones(subject, value);
  });
}

async function checkZones(subject: Subject, value: Value): Promise<void> {
  const expected = await inZone('UTC', async () => {
    const bytes = await subject.encode(value).catch(() => undefined);
    return bytes === undefined ? undefined : subject.decode(bytes);
  });
  if (expected === undefined) return;
  for (const writer of ZONES) {
    const bytes = await inZone(writer, () => subject.encode(value));
    for (const reader of ZONES) {
      const back = await inZone(reader, () => subject.decode(bytes));
      expectSame(expected, back, `write a date in zone ${writer} and read it in ${reader}`);
    }
  }
}

async function inZone<T>(zone: string, work: () => Promise<T>): Promise<T> {
  const { TZ } = process.env;
  process.env['TZ'] = zone;
  try {
    return await work();
  } finally {
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
  }
}
