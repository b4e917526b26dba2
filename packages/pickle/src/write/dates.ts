import { NAT, NDArray } from '@formatlab/core';
import { REDUCE } from '../machine/opcodes.js';
import { writeArray } from './arrays.js';
import type { Pickler } from './pickler.js';

/** A `datetime.datetime` in UTC; what its years do not reach is a NumPy time. */
export function writeDate(to: Pickler, date: Date, path: string): void {
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) {
    to.options.loss({ path, kind: 'type', from: 'date', to: 'datetime64[ms] without dimensions' });
    const ticks = Number.isNaN(date.getTime()) ? NAT : BigInt(date.getTime());
    writeArray(
      to,
      new NDArray({ dtype: 'datetime64', shape: [], data: BigInt64Array.of(ticks), unit: 'ms' }),
      0,
      path,
      date,
    );
    return;
  }
  const microseconds = date.getUTCMilliseconds() * 1000;
  const packed = Uint8Array.of(
    year >> 8,
    year & 0xff,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    microseconds >> 16,
    (microseconds >> 8) & 0xff,
    microseconds & 0xff,
  );
  to.global('datetime', 'datetime');
  to.tuple(2, (i) => (i === 0 ? to.bytes(packed, {}) : writeUtc(to)));
  to.out.byte(REDUCE);
  to.memoize(date);
}

/** `datetime.timezone.utc`, once in a pickle. */
export function writeUtc(to: Pickler): void {
  const key = '\0utc';
  if (to.recall(key)) return;
  to.global('datetime', 'timezone');
  to.tuple(1, () => {
    to.global('datetime', 'timedelta');
    to.tuple(3, () => to.integer(0));
    to.out.byte(REDUCE);
  });
  to.out.byte(REDUCE);
  to.memoize(key);
}
