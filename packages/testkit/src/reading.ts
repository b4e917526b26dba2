import {
  type Entry,
  entriesOf,
  isNDArray,
  isTable,
  type Loss,
  newRecord,
  type Reader,
  type Source,
  splitPath,
  type Value,
  valueAt,
} from '@formatlab/core';
import { expectCode, expectSame, expectTrue } from './expect.js';
import { withSource } from './medium.js';
import { checkBatches, checkMisfits, checkSlices, checkTables } from './reading-selections.js';
import { entryValue, plainArray, smallTable } from './samples/small.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** Random access agrees with decoding the whole, whether the format has its own reader or core answers. */
export function addReadingTests(suite: Suite, subject: Subject): void {
  suite.add('read: every entry is its part of the whole', () => onSample(subject, checkEntries));
  suite.add('read: entries tell what they are', () => onSample(subject, checkDescriptions));
  suite.add('read: an entry that is not there is not found', () =>
    onSample(subject, async (reader) => {
      await expectCode(
        () => reader.read('/nothing of this name'),
        'not-found',
        "read '/nothing of this name'",
      );
    }),
  );
  suite.add('read: several entries at once', () =>
    onSample(subject, async (reader, whole) => {
      const paths = (await reader.entries())
        .filter((entry) => entry.kind !== 'group')
        .map((entry) => entry.path);
      const values = await Promise.all(paths.map((path) => reader.read(path)));
      paths.forEach(
        (path, i) => void expectSame(valueAt(whole, path), values[i]!, `read '${path}' beside others`),
      );
    }),
  );
  if (subject.dtypes.length > 0 && subject.can.maxRank > 0) {
    suite.add('read: slices of arrays are those of the whole', () => onSample(subject, checkSlices));
    suite.add('read: selections that do not fit an array are refused', () => onSample(subject, checkMisfits));
  }
  if (subject.can.roots.includes('table')) {
    suite.add('read: rows and columns of tables are those of the whole', () =>
      onSample(subject, checkTables),
    );
    suite.add('read: batches of rows make up the table', () =>
      onSample(subject, (reader, whole) => checkBatches(subject, reader, whole)),
    );
  }
  if (subject.can.roots.includes('tree') || subject.can.roots.includes('entries')) {
    suite.add('read: names with slashes and tildes are found by their pointer', () => checkPointers(subject));
  }
}

/** Values of each root that is claimed, with something to list. */
export function sampleValues(subject: Subject): readonly Value[] {
  const { can } = subject;
  const values: Value[] = [];
  if (can.roots.includes('tree') || can.roots.includes('entries')) {
    const entries = newRecord();
    for (const [i, name] of ['a', 'b', 'longer_name'].entries()) entries[name] = entryValue(can, i);
    if (can.roots.includes('table')) entries['rows'] = smallTable(can, 7);
    if (can.roots.includes('tree'))
      entries['group'] = Object.assign(newRecord(), { deep: entryValue(can, 4), text: 'words' });
    values.push(entries);
  }
  if (can.roots.includes('array')) values.push(plainArray(can, 0));
  if (can.roots.includes('table')) values.push(smallTable(can, 7));
  return values;
}

type Check = (reader: Reader, whole: Value) => Promise<void>;

/** Opens a file of each kind of root; `whole` is what decoding it gives. */
async function onSample(subject: Subject, check: Check): Promise<void> {
  for (const value of sampleValues(subject)) {
    const bytes = await subject.encode(value);
    const whole = await subject.decode(bytes);
    await withSource(subject, bytes, (source) => onReader(subject, source, (reader) => check(reader, whole)));
  }
}

/** Opens the file, and closes it whatever happens. */
export async function onReader(
  subject: Subject,
  source: Source,
  work: (reader: Reader) => Promise<void>,
): Promise<void> {
  const reader = await subject.lab.open(source, { format: subject.id, options: subject.options });
  try {
    await work(reader);
  } finally {
    await reader.close();
  }
}

async function checkEntries(reader: Reader, whole: Value): Promise<void> {
  const entries = await reader.entries();
  const paths = entries.map((entry) => entry.path);
  expectTrue(
    new Set(paths).size === paths.length,
    `list entries: a path stands twice in ${paths.join(', ')}`,
  );
  for (const entry of entries) {
    if (entry.kind !== 'group')
      expectSame(valueAt(whole, entry.path), await reader.read(entry.path), `read '${entry.path}'`);
  }
  for (const { path, kind } of entriesOf(whole, '')) {
    if (kind === 'group' || kind === 'tree') continue;
    const listed = paths.some((each) => each === path || (each !== '' && path.startsWith(`${each}/`)));
    expectTrue(
      listed,
      `list entries: ${kind} '${path}' is in the file, the list has ${paths.join(', ') || 'none'}`,
    );
  }
}

async function checkDescriptions(reader: Reader, whole: Value): Promise<void> {
  for (const entry of await reader.entries()) {
    if (entry.kind === 'group') continue;
    const problem = descriptionProblem(entry, valueAt(whole, entry.path));
    if (problem !== undefined) throw new Error(`list entry '${entry.path}': ${problem}`);
  }
}

function descriptionProblem(entry: Entry, value: Value): string | undefined {
  if (isNDArray(value)) {
    if (entry.kind === 'tree' && splitPath(entry.path).length === 0) return undefined;
    if (entry.kind !== 'array') return `is an array, listed as ${entry.kind}`;
    if (entry.dtype !== value.dtype || entry.unit !== value.unit)
      return `is ${value.dtype}, listed as ${entry.dtype}`;
    return entry.shape?.join() === value.shape.join()
      ? undefined
      : `has shape [${value.shape}], listed as [${entry.shape}]`;
  }
  if (isTable(value)) {
    if (entry.kind !== 'table') return `is a table, listed as ${entry.kind}`;
    if (entry.rows !== undefined && entry.rows !== value.rows)
      return `has ${value.rows} rows, listed with ${entry.rows}`;
    const names = value.columns.map((column) => column.name).join();
    const listed = entry.columns?.map((column) => column.name).join();
    return listed === undefined || listed === names
      ? undefined
      : `has columns ${names}, listed with ${listed}`;
  }
  return undefined;
}

/** Skipped where the format reports that it changes or refuses such names. */
async function checkPointers(subject: Subject): Promise<void> {
  const value = Object.assign(newRecord(), {
    'a/b': entryValue(subject.can, 0),
    'c~d': entryValue(subject.can, 1),
  });
  const losses: Loss[] = [];
  const bytes = await subject.encode(value, { onLoss: (loss) => losses.push(loss) }).catch(() => undefined);
  if (bytes === undefined || losses.length > 0) return;
  const whole = await subject.decode(bytes);
  await withSource(subject, bytes, (source) =>
    onReader(subject, source, async (reader) => {
      for (const path of ['/a~1b', '/c~0d'])
        expectSame(valueAt(whole, path), await reader.read(path), `read '${path}'`);
    }),
  );
}
