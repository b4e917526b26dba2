import { beforeAll, expect, it } from 'vitest';
import { parseChoices } from '../src/commands/parse.js';
import { loadFormats } from '../src/formats.js';
import { suiteOf, type Wishes } from '../src/suite.js';
import { DEFAULT_WORKLOADS, WORKLOADS, workloadOf } from '../src/workloads/index.js';

let formats: Awaited<ReturnType<typeof loadFormats>>['formats'];
// All packages are imported, which takes seconds on a busy machine.
beforeAll(async () => {
  formats = (await loadFormats([])).formats;
}, 60_000);

function wishes(suite: Wishes['suite'], ids: readonly string[] = WORKLOADS.map(({ id }) => id)): Wishes {
  return {
    suite,
    workloads: ids.map((id) => ({ id, parameters: workloadOf(id).defaults })),
    choices: parseChoices(undefined, formats, []),
    formats,
    named: false,
    compressions: undefined,
    operations: undefined,
  };
}

it('the default suite asks each format the questions that tell it apart, uncompressed', () => {
  const ids = ['array', 'arrays', 'table', 'tree', 'counter', 'messages'];
  const cells = suiteOf(wishes('default', ids));
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

it('the default suite is about eighty cells, of formats that can hold the data', () => {
  const cells = suiteOf(wishes('default', DEFAULT_WORKLOADS));
  expect(cells.length).toBeGreaterThanOrEqual(70);
  expect(cells.length).toBeLessThanOrEqual(90);
  const trees = cells.filter(({ workload }) => workload.id === 'tree').map(({ choice }) => choice.format);
  expect(trees).toContain('json');
  expect(trees).not.toContain('text');
  const named = suiteOf({ ...wishes('default', ['tree']), named: true });
  expect(named.map(({ choice }) => choice.format)).toContain('text');
});

it('a quick run asks fewer questions', () => {
  const cells = suiteOf({ ...wishes('default', DEFAULT_WORKLOADS), quick: true });
  expect(cells.length).toBeLessThanOrEqual(45);
  expect(new Set(cells.map(({ workload }) => workload.id))).toEqual(new Set(['arrays', 'table']));
});

it('the full suite has every operation of every workload', () => {
  const full = suiteOf(wishes('full', ['table', 'counter']));
  expect(full.some(({ compression }) => compression === 'zstd')).toBe(true);
  expect(full.some(({ operation }) => operation === 'increment')).toBe(true);
});

it('a file of the user is measured with all its operations', () => {
  const cells = suiteOf(wishes('default', ['file']));
  expect(new Set(cells.map(({ operation }) => operation))).toEqual(new Set(['write', 'read', 'read-one']));
});
