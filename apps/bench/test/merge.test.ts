import { describe, expect, it } from 'vitest';
import { reportModel, standings } from '../src/report/model.js';
import { renderMarkdown } from '../src/report/render-markdown.js';
import { sizesOf } from '../src/report/sizes.js';
import { mergeShards } from '../src/results/merge.js';
import type { ResultRecord, RunRecord } from '../src/results/record.js';
import { madeCell, madeNoise, madeRun, madeTimes } from './made-records.js';

function shard(index: number, of: number, boot: string, ...cells: readonly ResultRecord[]): ResultRecord[] {
  const run = `run-${index}`;
  const { settings, machine } = madeRun(run);
  return [
    madeRun(run, { settings: { ...settings, shard: { index, of } }, machine: { ...machine, boot } }),
    ...cells.map((cell): ResultRecord => ({ ...cell, run })),
  ];
}

const read = (choice: string, ms: number, bytes: number) =>
  madeCell({ cell: `array(10x10)/${choice}/none/read`, samples: madeTimes(ms, 3, 0.01, bytes), bytes });

describe('shards merged', () => {
  it('hold every cell once', () => {
    const parts = [shard(1, 2, 'x', read('numpy', 1, 10)), shard(2, 2, 'x', read('json', 2, 20))];
    const cells = mergeShards(parts).filter((record) => record.kind === 'cell');
    expect(cells.map(({ format }) => format)).toEqual(['numpy', 'json']);
    expect(new Set(cells.map(({ machine }) => machine))).toEqual(new Set(['machine-1']));
  });

  it.each([
    ['a shard is missing', [shard(1, 2, 'x')], 'shard 2/2 is missing'],
    ['a shard is there twice', [shard(1, 1, 'x'), [madeShardAgain()]], 'shard 1/1 is there 2 times'],
    ['a run had all cells', [[madeRun('run-1')]], "run 'run-1' was no shard"],
    ['they are of other runs', [shard(1, 2, 'x'), shard(2, 3, 'x')], 'one of 3 shards, not of 2'],
    [
      'a cell is in two',
      [shard(1, 2, 'x', read('numpy', 1, 10)), shard(2, 2, 'x', read('numpy', 1, 10))],
      "cell 'array(10x10)/numpy/none/read' is in two of them",
    ],
    [
      'the data are others',
      [
        shard(1, 2, 'x', read('numpy', 1, 10)),
        shard(2, 2, 'x', madeCell({ cell: 'array(10x10)/json/none/read', sha256: 'b1' })),
      ],
      'was measured on other data',
    ],
  ])('are refused where %s', (_what, parts, message) => {
    expect(() => mergeShards(parts)).toThrow(message);
  });

  it('of machines of one make keep them apart: no times in one ranking, all sizes in one', () => {
    const parts = [
      shard(1, 2, 'x', read('numpy', 1, 10), madeNoise(0.02, 'run-1')),
      shard(2, 2, 'y', read('json', 2, 20), read('csv', 3, 30)),
    ];
    const model = reportModel(mergeShards(parts));
    expect(new Set(model.workloads.map(({ machine }) => machine)).size).toBe(2);
    const ranked = model.workloads.map(({ rows }) =>
      [...standings(rows, 'read').values()].map(({ cell, ratio }) => [cell.format, ratio]),
    );
    expect(ranked.flat().filter(([, ratio]) => ratio === 1)).toEqual([
      ['numpy', 1],
      ['json', 1],
    ]);
    expect(sizesOf(model)).toHaveLength(1);
    expect(sizesOf(model)[0]!.rows.map(({ row, ratio }) => [row.format, ratio])).toEqual([
      ['numpy', 1],
      ['json', 2],
      ['csv', 3],
    ]);
    const markdown = renderMarkdown(model);
    expect(markdown).toMatch(/## Sizes and bytes, over all machines[\s\S]*numpy[\s\S]*json[\s\S]*csv/);
    expect(markdown).toContain('Noise floor: 2.0 %');
    expect(markdown.match(/^## one array.*, machine \w+$/gm)).toHaveLength(2);
  });
});

function madeShardAgain(): RunRecord {
  const [run] = shard(1, 1, 'x');
  return { ...(run as RunRecord), run: 'run-again' };
}
