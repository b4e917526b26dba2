import { type Context, FormatError, isFormatError, NDArray, newRecord } from '@formatlab/core';
import type { Fault } from './fault.js';
import { type ToyOptions, toy } from './format.js';
import { MAGIC } from './layout.js';

/** Far more than a budget of 16 MiB allows. */
const GREEDY_BYTES = 400 * 2 ** 20;

/** Faults in how damaged files are taken. */
export const faultsOfDamage: readonly Fault[] = [
  {
    name: 'hangs on a cut file',
    format: onCorrupt(() => {
      while (Date.now() > 0);
      return null;
    }),
    caughtBy: ['hostile: cut files'],
    says: /decode: hangs, interrupted after \d+ ms/,
  },
  {
    name: 'never answers on a cut file',
    format: onCorrupt(() => new Promise(() => {})),
    caughtBy: ['hostile: cut files'],
    says: /decode: no answer within \d+ ms/,
  },
  {
    name: 'throws what JavaScript throws',
    format: onCorrupt((bytes) => {
      throw new TypeError(`Cannot read properties of undefined (reading '${bytes.length}')`);
    }),
    caughtBy: ['hostile: cut files', 'hostile: flipped bits', 'hostile: lengths of all ones'],
    says: /expected a FormatError or a value, got TypeError/,
  },
  {
    name: 'throws on noise',
    format: {
      ...toy,
      decode: (bytes, context) => {
        if (bytes[0] !== MAGIC[0]) throw new Error('what is this?');
        return toy.decode(bytes, context);
      },
    },
    caughtBy: ['hostile: random bytes'],
    says: /no bytes: decode: expected a FormatError or a value, got Error/,
  },
  {
    name: 'throws when opened only',
    format: {
      ...toy,
      open: async (source, context) => {
        try {
          return await toy.open!(source, context);
        } catch (error) {
          throw new Error('cannot open', { cause: error });
        }
      },
    },
    caughtBy: ['hostile: cut files'],
    says: /open and read: expected a FormatError or a value, got Error \(cannot open\)/,
  },
  {
    name: 'believes lengths',
    format: onCorrupt(() => {
      throw new FormatError(
        'corrupt',
        `read ${new Float64Array(GREEDY_BYTES / 8).length} numbers: there are not so many`,
      );
    }),
    caughtBy: ['hostile: lengths of all ones'],
    says: /the process grew by \d+ MiB under a budget of 16 MiB/,
  },
  {
    name: 'gives what is no value',
    format: onCorrupt(() => new NDArray({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 7) })),
    caughtBy: ['hostile: cut files', 'hostile: flipped bits'],
    says: /a bool is neither 0 nor 1/,
  },
  {
    name: 'does not look at its checksums',
    format: onCorrupt(() => newRecord()),
    caughtBy: ['hostile: flipped bits'],
    says: /damage is claimed to be detected by checksums/,
  },
  {
    name: 'writes to its input',
    format: {
      ...toy,
      decode: (bytes, context) => {
        try {
          return toy.decode(bytes, context);
        } finally {
          bytes.fill(0, 0, 1);
        }
      },
    },
    caughtBy: [
      'hostile: cut files',
      'read: gives the same value each time, and leaves the bytes as they were',
    ],
    says: /decode wrote to its input|compare the bytes after reading them/,
  },
];

/** The toy, doing something else with files that are its own and broken. */
function onCorrupt(instead: (bytes: Uint8Array) => ReturnType<typeof toy.decode>): typeof toy {
  return {
    ...toy,
    decode: (bytes: Uint8Array, context: Context<ToyOptions>) => {
      try {
        return toy.decode(bytes, context);
      } catch (error) {
        if (isFormatError(error) && error.code === 'corrupt') return instead(bytes);
        throw error;
      }
    },
  };
}
