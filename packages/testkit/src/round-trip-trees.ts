import { isFormatError, newRecord, type Value } from '@formatlab/core';
import { describeError, errorOf } from './expect.js';
import { checkRoundTrip } from './round-trip.js';
import { checkSurrogate } from './round-trip-arrays.js';
import { assertClean } from './round-trip-tables.js';
import { arrayOf, LONE_SURROGATES } from './samples/elements.js';
import { mainDType, plainShape, smallTable } from './samples/small.js';
import { ODD_NAMES } from './samples/tables.js';
import { deepList, named, oddRecords, treeSamples } from './samples/trees.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

const SAFE_DEPTH = 50;
const ABSURD_DEPTH = 100_000;

/** Trees and named entries, where they are held. */
export function addTreeTests(suite: Suite, subject: Subject): void {
  const { roots } = subject.can;
  if (roots.includes('tree')) addValueTests(suite, subject);
  if (roots.includes('tree') || roots.includes('entries')) addEntryTests(suite, subject);
}

function addValueTests(suite: Suite, subject: Subject): void {
  for (const { what, value, refusable } of treeSamples()) {
    suite.add(`tree: ${what}`, () => checkRoundTrip(subject, named('value', value), { what, refusable }));
  }
  suite.add('tree: values of every kind stand at the root', async () => {
    for (const { what, value } of treeSamples())
      await checkRoundTrip(subject, value, { what: `${what} at the root`, refusable: true });
  });
  suite.add('tree: odd names are kept, reported or refused', async () => {
    for (const { what, value, refusable } of oddRecords())
      await checkRoundTrip(subject, value, { what, refusable });
    assertClean();
  });
  suite.add('tree: lone surrogates are refused or kept', async () => {
    for (const text of LONE_SURROGATES) {
      await checkSurrogate(subject, named('value', text), `string ${JSON.stringify(text)}`);
      await checkSurrogate(subject, named(text, 'value'), `name ${JSON.stringify(text)}`);
    }
  });
  suite.add(`tree: ${SAFE_DEPTH} levels`, () =>
    checkRoundTrip(subject, named('value', deepList(SAFE_DEPTH)), {
      what: `lists ${SAFE_DEPTH} deep`,
      refusable: true,
    }),
  );
  suite.add('tree: absurd depth is refused', () => checkDepth(subject));
  suite.add(
    `tree: ${subject.can.references ? 'shared parts and cycles are kept' : 'cycles are refused'}`,
    () => checkReferences(subject),
  );
}

function addEntryTests(suite: Suite, subject: Subject): void {
  const { can } = subject;
  const array = () => arrayOf(mainDType(can), plainShape(can, 2, 3));
  suite.add('entries: arrays of every claimed dtype in one file', async () => {
    const value = newRecord();
    for (const dtype of subject.dtypes) value[dtype] = arrayOf(dtype, plainShape(can, 2, 3));
    await checkRoundTrip(subject, value, { what: 'arrays of every dtype', forbidden: ['dtype'] });
  });
  suite.add('entries: odd names are kept, reported or refused', async () => {
    for (const name of ODD_NAMES)
      await checkRoundTrip(subject, named(name, array()), {
        what: `an entry named ${JSON.stringify(name)}`,
        refusable: true,
      });
    assertClean();
  });
  suite.add('entries: many', async () => {
    const value = newRecord();
    for (let i = 0; i < 300; i++) value[`e${i}`] = array();
    await checkRoundTrip(subject, value, { what: '300 entries' });
  });
  suite.add('entries: none', () =>
    checkRoundTrip(subject, newRecord(), { what: 'a file without entries', refusable: true }),
  );
  if (can.roots.includes('table')) {
    suite.add('entries: tables', () =>
      checkRoundTrip(subject, named('rows', smallTable(can)), { what: 'a table as entry' }),
    );
  }
}

async function checkDepth(subject: Subject): Promise<void> {
  const value = named('value', deepList(ABSURD_DEPTH));
  const error = await errorOf(() => subject.encode(value));
  // A format that writes it may be right to: reading back has its own limit.
  const problem = error ?? (await errorOf(async () => subject.decode(await subject.encode(value))));
  if (problem !== undefined && !isFormatError(problem))
    throw new Error(`hold lists ${ABSURD_DEPTH} deep: ${describeError(problem)}`, { cause: problem });
}

async function checkReferences(subject: Subject): Promise<void> {
  const shared: Value = ['shared'];
  const twice = { a: shared, b: shared };
  const cycle: { [name: string]: Value } = Object.assign(newRecord(), { x: 1 });
  cycle['self'] = cycle;
  await checkRoundTrip(subject, twice, { what: 'a list in two places' });
  const error = await errorOf(() => subject.encode(cycle));
  if (!subject.can.references) {
    if (!isFormatError(error) || (error.code !== 'unsupported' && error.code !== 'limit'))
      throw new Error(
        `write a cycle: expected a FormatError 'unsupported', ${error === undefined ? 'it went through' : describeError(error)}`,
      );
    return;
  }
  if (error !== undefined)
    throw new Error(`write a cycle, which the capabilities claim: ${describeError(error)}`, { cause: error });
  const back = (await subject.decode(await subject.encode(cycle))) as { readonly [name: string]: Value };
  if (back['self'] !== back) throw new Error('read back a cycle: the member is not the record itself');
  const both = (await subject.decode(await subject.encode(twice))) as { readonly [name: string]: Value };
  if (both['a'] !== both['b']) throw new Error('read back a list in two places: there are two lists now');
}
