import { isNDArray } from '@formatlab/core';
import { mapArray, mapFloats, mapValue, reading, withData, writing } from './altered.js';
import type { Fault } from './fault.js';

const RANKS = 'every rank 0 to 4';

/** Faults in what survives of elements, and in what is told of it. */
export const faultsOfValues: readonly Fault[] = [
  {
    name: 'drops the sign of zero',
    format: writing((value) =>
      mapValue(value, (part) => (typeof part === 'number' ? part + 0 : mapFloats(part, (x) => x + 0))),
    ),
    caughtBy: ['array float64: negative zero', 'table float64: negative zero', 'tree: negative zero'],
    says: /wrote -0, got 0; no loss was reported/,
  },
  {
    name: 'rounds int64 to doubles',
    format: writing((value) =>
      mapValue(value, (part) =>
        mapArray(
          part,
          'int64',
          (array) =>
            new BigInt64Array((array.data as BigInt64Array).map((x) => BigInt.asIntN(64, BigInt(Number(x))))),
        ),
      ),
    ),
    caughtBy: [`array int64: comes back to the bit in ${RANKS}`, 'table int64: comes back to the bit'],
    says: /wrote 9223372036854775807n, got -9223372036854775808n/,
  },
  {
    name: 'turns NaN into zero',
    format: writing((value) => mapValue(value, (part) => mapFloats(part, (x) => (Number.isNaN(x) ? 0 : x)))),
    caughtBy: ['array float64: NaN and infinities', 'table float64: NaN and infinities'],
    says: /wrote NaN, got 0/,
  },
  {
    name: 'makes all NaN the same',
    format: writing((value) =>
      mapValue(value, (part) => mapFloats(part, (x) => (Number.isNaN(x) ? Number.NaN : x))),
    ),
    caughtBy: ['array float64: NaN payloads'],
    says: /wrote NaN, got NaN/,
  },
  {
    name: 'flushes denormals',
    format: writing((value) =>
      mapValue(value, (part) => mapFloats(part, (x) => (Math.abs(x) < 2 ** -1022 ? 0 * x : x))),
    ),
    caughtBy: [`array float64: comes back to the bit in ${RANKS}`],
    says: /wrote 5e-324, got 0/,
  },
  {
    name: 'widens float32',
    format: reading((value) =>
      mapValue(value, (part) =>
        isNDArray(part) && part.dtype === 'float32'
          ? withData(part, 'float64', Float64Array.from(part.data as Float32Array))
          : part,
      ),
    ),
    caughtBy: [
      `array float32: comes back to the bit in ${RANKS}`,
      'table float32: comes back to the bit',
      'entries: arrays of every claimed dtype in one file',
    ],
    says: /float32.*float64/,
  },
  {
    name: 'widens int8, and thinks that reporting it is enough',
    format: writing((value, context) =>
      mapValue(value, (part) => {
        if (!isNDArray(part) || part.dtype !== 'int8') return part;
        context.loss({ path: '', kind: 'dtype', from: 'int8', to: 'int16' });
        return withData(part, 'int16', Int16Array.from(part.data as Int8Array));
      }),
    ),
    caughtBy: [`array int8: comes back to the bit in ${RANKS}`],
    says: /the capabilities claim that it survives, but a loss was reported/,
  },
  {
    name: 'writes dates as text in silence',
    format: writing((value) =>
      mapValue(value, (part) =>
        part instanceof Date && !Number.isNaN(part.getTime()) ? part.toISOString() : part,
      ),
    ),
    caughtBy: ['tree: dates'],
    says: /got '1970-01-01T00:00:00.000Z'.*no loss was reported/,
  },
  {
    name: 'reports a loss elsewhere',
    format: writing((value, context) => {
      context.loss({ path: '/other', kind: 'type', from: 'date', to: 'string' });
      return mapValue(value, (part) =>
        part instanceof Date && !Number.isNaN(part.getTime()) ? part.toISOString() : part,
      );
    }),
    caughtBy: ['tree: dates'],
    says: /the losses reported are elsewhere/,
  },
  {
    name: 'ignores strict',
    format: writing((value, context) =>
      mapValue(value, (part) => {
        if (!(part instanceof Date) || Number.isNaN(part.getTime())) return part;
        try {
          context.loss({ path: '', kind: 'type', from: 'date', to: 'string' });
        } catch {
          // The fault: the refusal is swallowed.
        }
        return part.toISOString();
      }),
    ),
    caughtBy: ['tree: dates'],
    says: /under strict.*expected a FormatError 'lossy', it went through/,
  },
  {
    name: 'writes dates in local time',
    format: reading((value) =>
      mapValue(value, (part) =>
        part instanceof Date && !Number.isNaN(part.getTime())
          ? new Date(part.getTime() + part.getTimezoneOffset() * 60_000)
          : part,
      ),
    ),
    caughtBy: ['time zone: dates do not depend on it'],
    says: /read it in America\/St_Johns/,
  },
];
