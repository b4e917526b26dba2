import { engineIds, type OptionSpec } from '@formatlab/core';
import { errorOf, expectCode, expectTrue, isCode } from './expect.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** Options are what their specs say. */
export function addOptionTests(suite: Suite, subject: Subject): void {
  const specs = Object.entries(subject.format.options as Readonly<Record<string, OptionSpec>>);
  suite.add('options: an unknown one is refused', async () => {
    const options = { 'no such option': true };
    await expectCode(
      () => subject.encode(subject.small(), { options }),
      'options',
      'write with an unknown option',
    );
    const bytes = await subject.encode(subject.small());
    await expectCode(() => subject.decode(bytes, { options }), 'options', 'read with an unknown option');
  });
  suite.add('options: specs are sound, and defaults keep to them', async () => {
    for (const [name, spec] of specs) {
      expectTrue(spec.doc.trim() !== '', `document option '${name}': its doc is empty`);
      const problem = specProblem(spec);
      expectTrue(problem === undefined, `specify option '${name}': ${problem}`);
    }
  });
  suite.add('options: a default given by hand is accepted', async () => {
    const bytes = await subject.encode(subject.small());
    for (const [name, spec] of specs) {
      if (!('default' in spec) || spec.default === undefined || Object.hasOwn(subject.options, name))
        continue;
      const options = { [name]: spec.default };
      const write =
        spec.for === 'read' ? undefined : await errorOf(() => subject.encode(subject.small(), { options }));
      const read = spec.for === 'write' ? undefined : await errorOf(() => subject.decode(bytes, { options }));
      const problem = [write, read].find((error) => isCode(error, 'options'));
      if (problem !== undefined)
        throw new Error(`set option '${name}' to its default: refused`, { cause: problem });
    }
  });
  suite.add('options: engines are listed, the default one among them', () => {
    const { defaultEngine, engines } = subject.format;
    expectTrue(
      (engines === undefined) === (defaultEngine === undefined) || engineIds(subject.format).length > 0,
      'list engines: there is no default engine',
    );
    expectTrue(
      !specs.some(([name]) => name === 'engine') || engines === undefined,
      "specify option 'engine': core adds it where there are engines",
    );
  });
}

function specProblem(spec: OptionSpec): string | undefined {
  if (spec.type === 'value') return undefined;
  if (spec.type === 'enum') {
    if (spec.choices.length === 0) return 'has no choices';
    return spec.default === undefined || spec.choices.includes(spec.default)
      ? undefined
      : `default '${spec.default}' is none of ${spec.choices.join(', ')}`;
  }
  if (spec.default === undefined) return undefined;
  if (spec.type !== 'integer' && spec.type !== 'number')
    return typeof spec.default === spec.type ? undefined : `default is a ${typeof spec.default}`;
  if (typeof spec.default !== 'number' || (spec.type === 'integer' && !Number.isInteger(spec.default)))
    return `default ${spec.default} is no ${spec.type}`;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
  return spec.default >= min && spec.default <= max
    ? undefined
    : `default ${spec.default} does not lie in ${min} … ${max}`;
}
