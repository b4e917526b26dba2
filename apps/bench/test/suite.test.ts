import { expect, it } from 'vitest';
import { parseChoices } from '../src/commands/parse.js';
import { loadFormats } from '../src/formats.js';
import { suiteOf, type Wishes } from '../src/suite.js';
import { WORKLOADS, workloadOf } from '../src/workloads/index.js';

async function wishes(
  suite: Wishes['suite'],
  ids: readonly string[] = WORKLOADS.map(({ id }) => id),
): Promise<Wishes> {
  const { formats } = await loadFormats([]);
  return {
    suite,
    workloads: ids.map((id) => ({ id, parameters: workloadOf(id).defaults })),
    choices: parseChoices(undefined, formats, []),
    named: false,
    compressions: undefined,
    operations: undefined,
  };
}

it('the default suite asks each format the questions that tell it apart, uncompressed', async () => {
  const ids = ['array', 'arrays', 'table', 'tree', 'counter', 'messages'];
  const cells = suiteOf(await wishes('default', ids));
  expect(new Set(cells.map((cell) => `${cell.workload.id} ${cell.operation}`))).toEqual(
    new Set([
      'array write',
      'array read',
      'arrays read-one',
      'arrays append',
      'table write',
      'table read',
      'tree read',
    ]),
  );
  expect(cells.every(({ compression }) => compression === 'none')).toBe(true);
  expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
});

it('the full suite has every operation of every workload', async () => {
  const full = suiteOf(await wishes('full', ['table', 'counter']));
  expect(full.some(({ compression }) => compression === 'zstd')).toBe(true);
  expect(full.some(({ operation }) => operation === 'increment')).toBe(true);
});

it('a file of the user is measured with all its operations', async () => {
  const cells = suiteOf(await wishes('default', ['file']));
  expect(new Set(cells.map(({ operation }) => operation))).toEqual(new Set(['write', 'read', 'read-one']));
});
