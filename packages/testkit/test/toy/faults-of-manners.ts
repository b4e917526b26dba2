import { Budget, type Context } from '@formatlab/core';
import type { Fault } from './fault.js';
import { type ToyOptions, toy } from './format.js';

const deaf = (context: Context<ToyOptions>): Context<ToyOptions> => ({
  ...context,
  progress: (done, total) => {
    try {
      context.progress(done, total);
    } catch {
      // The fault: the refusal is swallowed.
    }
  },
});

/** Faults in probes, options, budgets and aborts. */
export const faultsOfManners: readonly Fault[] = [
  {
    name: 'takes everything for its own',
    format: { ...toy, probe: () => ({ score: 1, why: 'why not' }) },
    caughtBy: ['probe: leaves the files of other formats alone'],
    says: /claims it with 1/,
  },
  {
    name: 'takes nothing for its own',
    format: { ...toy, probe: () => undefined },
    caughtBy: ['probe: recognises its own files without a name'],
    says: /it says that it is none/,
  },
  {
    name: 'probes beyond a short head',
    format: {
      ...toy,
      probe: (input) =>
        new DataView(input.head.buffer, input.head.byteOffset, input.head.byteLength).getUint32(0) === 0
          ? undefined
          : toy.probe(input),
    },
    caughtBy: ['probe: never throws, whatever the bytes'],
    says: /bounds/,
  },
  {
    name: 'does not listen to aborts',
    format: {
      ...toy,
      encode: (value, context) => toy.encode(value, deaf(context)),
      decode: (bytes, context) => toy.decode(bytes, deaf(context)),
    },
    caughtBy: [
      'abort: a signal that is aborted under way ends writing',
      'abort: a signal that is aborted under way ends reading',
    ],
    says: /expected a FormatError 'aborted', it went through/,
  },
  {
    name: 'answers an abort with an error of its own',
    format: {
      ...toy,
      decode: (bytes, context) => {
        try {
          return toy.decode(bytes, context);
        } catch (error) {
          throw context.signal?.aborted ? new Error('stopped') : error;
        }
      },
    },
    caughtBy: ['abort: a signal that is aborted under way ends reading'],
    says: /got Error \(stopped\)/,
  },
  {
    name: 'has a default out of its own bounds',
    format: {
      ...toy,
      options: { level: { type: 'integer', for: 'write', doc: 'How much.', default: 12, max: 9 } },
    },
    caughtBy: [
      'options: specs are sound, and defaults keep to them',
      'options: a default given by hand is accepted',
    ],
    says: /default/,
  },
  {
    name: 'keeps to no budget',
    format: {
      ...toy,
      decode: (bytes, context) => toy.decode(bytes, { ...context, budget: new Budget({ depth: 10_000 }) }),
    },
    caughtBy: ['hostile: a budget of few items is kept', 'hostile: a budget of few levels is kept'],
    says: /expected a FormatError 'limit', it went through/,
  },
];
