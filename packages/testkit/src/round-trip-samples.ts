import type { Value } from '@formatlab/core';
import { errorOf, expectSame, isCode } from './expect.js';
import { sampleValues } from './reading.js';
import { checkRoundTrip } from './round-trip.js';
import { arrayHolder } from './round-trip-arrays.js';
import { tableHolder } from './round-trip-tables.js';
import { arrayOf } from './samples/elements.js';
import { plainShape } from './samples/small.js';
import { allColumns } from './samples/tables.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** The values that the format's author brought, and what holds for all values. */
export function addSampleTests(suite: Suite, subject: Subject): void {
  for (const [name, value] of Object.entries(subject.given.samples ?? {})) {
    suite.add(`sample ${name}`, () => checkRoundTrip(subject, value, { what: `sample '${name}'` }));
  }
  suite.add('write: leaves the value as it was', async () => {
    const untouched = [...everything(subject)];
    for (const [i, value] of everything(subject).entries()) {
      const error = await errorOf(() => subject.encode(value));
      if (error !== undefined && !isCode(error, 'unsupported')) throw error;
      expectSame(untouched[i]!, value, 'compare the value after writing it', { attributes: true });
    }
  });
  suite.add('read: gives the same value each time, and leaves the bytes as they were', async () => {
    for (const value of sampleValues(subject)) {
      const bytes = await subject.encode(value);
      const copy = bytes.slice();
      const first = await subject.decode(bytes);
      expectSame(copy, bytes, 'compare the bytes after reading them');
      expectSame(first, await subject.decode(copy), 'read the same bytes again');
    }
  });
}

/** Made anew at every call. */
function everything(subject: Subject): readonly Value[] {
  const hold = arrayHolder(subject);
  const shape = plainShape(subject.can, 3, 4);
  const orders = ['C', 'F'] as const;
  const arrays =
    hold === undefined
      ? []
      : subject.dtypes.flatMap((dtype) => orders.map((order) => hold(arrayOf(dtype, shape, { order }))));
  const tables = tableHolder(subject) === undefined ? [] : [allColumns(subject.dtypes)];
  return [...sampleValues(subject), ...arrays, ...tables];
}
