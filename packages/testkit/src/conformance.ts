import type { Format } from '@formatlab/core';
import { addAbortTests } from './aborting.js';
import { addAttributeTests } from './attributes.js';
import { addEditingTests } from './editing.js';
import { addReadingGrades } from './grades-reading.js';
import { addWritingGrades } from './grades-writing.js';
import { addHostileTests } from './hostile.js';
import { addOptionTests } from './options.js';
import { addProbeTests } from './probing.js';
import { addReadingTests } from './reading.js';
import { addRefusalTests } from './refusals.js';
import { addArrayTests } from './round-trip-arrays.js';
import { addSampleTests } from './round-trip-samples.js';
import { addTableTests } from './round-trip-tables.js';
import { addTreeTests } from './round-trip-trees.js';
import { addSequenceTests } from './sequences.js';
import { createSubject, type SubjectOptions } from './subject.js';
import { type NamedTest, type Runner, register, Suite } from './suite.js';
import { addTimeZoneTests } from './time-zones.js';

export interface ConformanceOptions extends SubjectOptions {
  /** `{ describe, it }` of vitest, node:test or another runner of that shape. */
  readonly runner: Runner;
  /** Tests not to run, each with the reason. A name that matches no test is an error. */
  readonly skip?: Readonly<Record<string, string>>;
}

/**
 * Registers the tests that every format has to pass: values survive or their losses are reported, claims
 * are measured, bad input is refused.
 *
 * @example conformance(csv, { runner: { describe, it } })
 */
export function conformance<Options extends object>(
  format: Format<Options>,
  options: ConformanceOptions,
): void {
  const title = `conformance of ${format.id}${options.engine === undefined ? '' : `, engine ${options.engine}`}`;
  register(options.runner, title, conformanceTests(format, options));
}

/** The same tests as data, for a runner of another shape. */
export function conformanceTests<Options extends object>(
  format: Format<Options>,
  options: Omit<ConformanceOptions, 'runner'> = {},
): readonly NamedTest[] {
  const subject = createSubject(format, options);
  const suite = new Suite(options.skip);
  addArrayTests(suite, subject);
  addTableTests(suite, subject);
  addTreeTests(suite, subject);
  addTimeZoneTests(suite, subject);
  addSampleTests(suite, subject);
  addRefusalTests(suite, subject);
  addAttributeTests(suite, subject);
  addReadingTests(suite, subject);
  addEditingTests(suite, subject);
  addReadingGrades(suite, subject);
  addWritingGrades(suite, subject);
  addSequenceTests(suite, subject);
  addHostileTests(suite, subject);
  addAbortTests(suite, subject);
  addProbeTests(suite, subject);
  addOptionTests(suite, subject);
  return suite.tests();
}
