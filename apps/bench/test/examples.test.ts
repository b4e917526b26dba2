import { readdirSync, readFileSync } from 'node:fs';
import { createLab, type Value } from '@formatlab/core';
import { yaml } from '@formatlab/yaml';
import { describe, expect, it } from 'vitest';
import { parseShard } from '../src/commands/parse.js';
import { runCommand } from '../src/commands/run-command.js';

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const lab = createLab([yaml]);

interface Node {
  readonly [name: string]: unknown;
}

async function documentsOf(path: string): Promise<readonly Node[]> {
  const texts = readFileSync(new URL(path, EXAMPLES), 'utf8').split(/^---$/m);
  const values = texts.map((text) => lab.decode(new TextEncoder().encode(text), { format: 'yaml' }));
  return (await Promise.all(values)) as readonly Value[] as readonly Node[];
}

/** Everything of a name, however deep. */
function all(node: unknown, name: string): unknown[] {
  if (Array.isArray(node)) return node.flatMap((item) => all(item, name));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [
    ...(key === name ? [value] : []),
    ...all(value, name),
  ]);
}

const files = ['ci-matrix', 'kubernetes'].flatMap((folder) =>
  readdirSync(new URL(folder, EXAMPLES))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => `${folder}/${name}`),
);

describe('the examples', () => {
  it.each(files)('%s is YAML, and calls the bench as it is', async (path) => {
    const text = JSON.stringify(await documentsOf(path));
    const runs = [...text.matchAll(/formatlab-bench run ([^"]*?)(?:\\n|"| &&)/g)];
    for (const [, words] of runs) {
      // Variables of shells and workflows stand for numbers.
      const said = words!.replace(/\)$/, '').replace(/\$\{\{[^}]*\}\}|\$\(\([^)]*\)\)|\$\w+/g, '1');
      const run = runCommand()
        .exitOverride()
        .configureOutput({ writeErr() {} });
      expect(() => run.parse(said.trim().split(/\s+/), { from: 'user' }), said).not.toThrow();
      const { shard } = run.opts<{ shard?: string }>();
      if (shard !== undefined) expect(parseShard(shard)).toEqual({ index: 1, of: 1 });
    }
    expect(text).toMatch(/formatlab-bench (run|merge|compare)/);
  });

  it('share the cells among as many machines as there are', async () => {
    const [workflow] = await documentsOf('ci-matrix/bench.yml');
    const [shards] = all(workflow, 'shard') as number[][];
    expect(shards).toEqual([1, 2, 3, 4]);
    expect(Number(all(workflow, 'SHARDS')[0])).toBe(shards!.length);
    const job = (await documentsOf('kubernetes/job.yml')).find(({ kind }) => kind === 'Job');
    expect(all(job, 'completionMode')).toEqual(['Indexed']);
    const [count] = all(job, 'completions');
    const variables = all(job, 'env').flat() as Node[];
    expect(Number(variables.find(({ name }) => name === 'SHARDS')!.value)).toBe(Number(count));
    expect(JSON.stringify(job)).toContain('--shard $((JOB_COMPLETION_INDEX + 1))/$SHARDS');
  });
});
