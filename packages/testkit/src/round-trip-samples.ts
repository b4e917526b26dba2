import { checkRoundTrip } from './round-trip.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** The values that the format's author brought. */
export function addSampleTests(suite: Suite, subject: Subject): void {
  for (const [name, value] of Object.entries(subject.given.samples ?? {})) {
    suite.add(`sample ${name}`, () => checkRoundTrip(subject, value, { what: `sample '${name}'` }));
  }
}
