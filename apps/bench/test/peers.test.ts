import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Column,
  firstDifference,
  type NDArray,
  ndarray,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';
import { afterAll, describe, expect, it } from 'vitest';
import { digest } from '../src/chapter/programs.js';
import { pairUp } from '../src/chapter/run-chapter.js';
import { writeDataset } from '../src/datasets/dataset-file.js';
import { checksum } from '../src/operations/checksum.js';
import { PEERS } from '../src/peers/catalogue.js';
import { compareFound } from '../src/peers/compare-found.js';
import { giveToPython, takeFromPython } from '../src/peers/exchange.js';
import { findPeers } from '../src/peers/find-peers.js';
import { keepOutline, openPeer } from '../src/peers/opened.js';
import { type OutlineKind, outlineOf } from '../src/peers/outline.js';
import { reportModel } from '../src/report/model.js';
import { picksOf } from '../src/report/picks.js';
import { renderCsv } from '../src/report/render-csv.js';
import { renderMarkdown } from '../src/report/render-markdown.js';
import { rerunCommand } from '../src/report/rerun.js';
import type { CellRecord, ResultRecord } from '../src/results/record.js';
import { readResults } from '../src/results/results-file.js';
import { workloadOf } from '../src/workloads/index.js';

const BIN = fileURLToPath(new URL('../bin/formatlab-bench.js', import.meta.url));
const NO_PYTHON = '/no/such/python';
const folder = mkdtempSync(join(tmpdir(), 'bench-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VALUES: Readonly<Record<OutlineKind, Value>> = {
  array: workloadOf('array').build({ rows: 4, columns: 3 }, 1),
  arrays: workloadOf('arrays').build({ rows: 4, columns: 3, count: 3 }, 1),
  table: workloadOf('table').build({ rows: 20 }, 1),
  tree: workloadOf('tree').build({ count: 3 }, 1),
};

const inJavaScript = PEERS.filter((peer) => peer.load !== undefined && peer.format !== 'raw').flatMap(
  (peer) => (Object.keys(peer.does) as OutlineKind[]).map((kind) => [peer.id, kind] as const),
);

describe('peers in JavaScript', { timeout: 60_000 }, () => {
  it.each(inJavaScript)('%s writes and reads the bench’s %s without losing a value', async (id, kind) => {
    const peer = PEERS.find((one) => one.id === id)!;
    const value = VALUES[kind];
    const work = (await (await peer.load!())(outlineOf(value)))!;
    const path = join(folder, `${id}-${kind}`);
    await work.write(path, work.given(value));
    const { losses, wrong } = compareFound(value, work.value(await work.read(path)));
    expect(wrong).toBeUndefined();
    // Types and parts of milliseconds are what libraries lose of this table; of the others they lose nothing.
    if (kind !== 'table') expect(losses).toEqual([]);
    if (!(peer.does[kind] ?? []).includes('append')) return;
    const more = ndarray(Float64Array.of(1, 2, 3), [3]);
    await work.append!(path, 'more', more);
    expect(await work.readOne!(path, 'more')).toEqual(more.data);
  });

  it.each(['papaparse', 'hyparquet', 'node-sqlite3-wasm'])(
    '%s: what it read of a table is visited',
    async (id) => {
      const peer = PEERS.find((one) => one.id === id)!;
      const choice = {
        format: peer.format,
        engine: null,
        module: '',
        options: {},
        peer: { id, versions: {} },
      };
      const at = (name: string): string => join(folder, `visited-${id}-${name}`);
      const files = { dataset: at('dataset'), access: at('access'), input: at('input'), work: folder };
      writeDataset(files.dataset, VALUES.table);
      keepOutline(files, choice, VALUES.table);
      await (await openPeer(choice.peer, 'write', files, files.input)).run(files.input);
      const work = (await (await peer.load!())(outlineOf(VALUES.table)))!;
      const reader = await openPeer(choice.peer, 'read', files, files.input);
      expect(await reader.run(files.input)).toBe(checksum(await work.read(files.input)));
    },
  );

  it('of which one changes a value, or leaves rows out, are wrong and not lossy', () => {
    const x = (data: number[]): Table =>
      new Table(data.length, [column('x', ndarray(Float64Array.from(data)))]);
    expect(compareFound(x([1, 2]), x([1, 3])).wrong).toMatch(/'\/x\/1': 2 came back as 3/);
    expect(compareFound(x([1, 2]), x([1])).wrong).toMatch(/2 rows .* came back as 1 rows/);
    const rounded = compareFound(x([0.1]), x([0.1 + Number.EPSILON]));
    expect(rounded.wrong).toBeUndefined();
    expect(rounded.losses).toMatchObject([{ kind: 'precision', path: '/x', count: 1 }]);
    expect(compareFound(VALUES.array, VALUES.arrays).wrong).toBeDefined();
  });

  it('of which one reads integers beyond 2^53 as doubles lose digits, told with their number', () => {
    const ours = new Table(2, [column('id', ndarray(BigInt64Array.of(2n ** 53n + 1n, 5n)))]);
    const theirs = new Table(2, [column('id', ndarray(Float64Array.of(2 ** 53, 5)))]);
    expect(compareFound(ours, theirs).losses).toEqual([
      { path: '/id', kind: 'type', from: 'int64', to: 'float64' },
      { path: '/id', kind: 'precision', from: '9007199254740993', to: '9007199254740992', count: 1 },
    ]);
  });
});

it.each(Object.entries(VALUES))('%s goes to Python and back by a folder', (kind, value) => {
  const own = join(folder, `exchange-${kind}`);
  giveToPython(own, value);
  const back = takeFromPython(own);
  // Dictionaries are no matter of the values.
  if (kind === 'table') expect(compareFound(value, back)).toEqual({ losses: [], wrong: undefined });
  else expect(firstDifference(value, back)).toBeUndefined();
});

it('modules that a Python does not have are named once each, and their peers are left out', () => {
  const { peers, notThere } = findPeers(undefined, NO_PYTHON);
  expect(peers.every(({ peer }) => peer.modules === undefined)).toBe(true);
  const modules = new Set(PEERS.flatMap((peer) => peer.modules ?? []));
  expect(notThere).toHaveLength(modules.size);
  expect(notThere).toContainEqual({
    package: "Python's h5py",
    reason: `'${NO_PYTHON}' is not there; left out: python-h5py`,
  });
});

it('a run measures peers beside the formats, and they never are a pick', { timeout: 120_000 }, () => {
  const { status, stderr } = bench(
    ...['run', 'arrays', '--size', '4x3', '--count', '4', '--formats', 'json:plain', '--compression', 'none'],
    ...[
      '--operations',
      'write,read',
      '--repeats',
      '1',
      '--no-progress',
      '--peers',
      'raw-fs,json-parse,python-json',
    ],
    ...['--python', NO_PYTHON],
  );
  expect(status).toBe(0);
  expect(stderr.trim()).toMatch(/^Python's numpy was not loaded: .* is not there; left out: python-json$/);
  const records = readResults(join(folder, 'formatlab-out', 'results.jsonl'));
  const cells = records.filter((record): record is CellRecord => record.kind === 'cell');
  const peers = cells.filter(({ peer }) => peer !== undefined);
  expect(peers.map(({ cell, status: state, fidelity }) => [cell, state, fidelity])).toEqual(
    [
      'raw[peer=raw-fs]/none/write',
      'raw[peer=raw-fs]/none/read',
      'json[peer=json-parse]/none/write',
      'json[peer=json-parse]/none/read',
    ].map((name) => [`arrays(4x4x3)/${name}`, 'ok', 'exact']),
  );
  for (const { times, file, memory } of peers) {
    expect(times!.medianMs).toBeGreaterThan(0);
    expect(file!.bytes).toBeGreaterThan(0);
    expect(memory!.peakBytes).toBeGreaterThan(10_000_000);
  }
  expect(existsSync(join(folder, 'formatlab-out', 'report.html'))).toBe(true);
  judgeReport(records, peers);
});

function judgeReport(records: readonly ResultRecord[], peers: readonly CellRecord[]): void {
  const model = reportModel(records);
  const [results] = model.workloads;
  expect(results!.rows.map(({ label }) => label)).toEqual(['json']);
  expect(results!.peers.map(({ label }) => label)).toEqual(['json: json-parse (peer)', 'raw: raw-fs (peer)']);
  expect(picksOf(results!).every(({ row }) => row.peer === undefined)).toBe(true);
  const markdown = renderMarkdown(model);
  expect(markdown).toContain('| json: json-parse (peer) |');
  expect(markdown).not.toMatch(/\| raw: raw-fs \(peer\) \| \*\*/);
  const csv = renderCsv(model).split('\r\n');
  expect(csv.filter((line) => line.includes(',json-parse,'))).toHaveLength(2);
  expect(rerunCommand(peers.find(({ peer }) => peer === 'json-parse')!, undefined)).toContain(
    '--peers json-parse',
  );
}

describe('the chapter', { timeout: 120_000 }, () => {
  it('runs here where there is no Python, and says so', () => {
    const { status, stdout, stderr } = bench(
      ...['chapter', '--size', '2x4', '--count', '3', '--repeats', '1', '--json', '--python', NO_PYTHON],
    );
    expect(status).toBe(0);
    expect(stderr).toContain(`left out in Python: '${NO_PYTHON}' could not be run`);
    const pairs = JSON.parse(stdout) as {
      program: string;
      job: string;
      here: { facts: unknown; bytes: number };
    }[];
    const facts = (program: string): unknown => pairs.find((pair) => pair.program === program)!.here.facts;
    expect(facts('scalars')).toEqual({ a: 23, b: 19 });
    expect(facts('counter')).toEqual({ apples: 2, pears: 1 });
    expect(facts('check')).toEqual([
      { rows: 2, type: 'float64', size: 8, shape: [2, 4] },
      { rows: 4, type: 'float64', size: 4, shape: [4] },
    ]);
    const single = pairs.filter(({ program }) => program === 'single_array').map(({ here }) => here);
    expect(single).toHaveLength(7);
    expect(new Set(single.map((row) => JSON.stringify(row.facts))).size).toBe(1);
    expect(single.every(({ bytes }) => bytes > 0)).toBe(true);
    const many = pairs
      .filter(({ program }) => program === 'many_arrays')
      .map(({ here }) => [here.facts].flat());
    expect(new Set(many.flat()).size).toBe(1);
  });

  it('holds against Python what both found', () => {
    const row = (facts: unknown) => ({ job: 'hdf5', facts, bytes: 1, writeMs: 1, readMs: 1, oneMs: null });
    const pair = (python: unknown, here: unknown) => pairUp('scalars', [row(python)], [row(here)])[0]!.same;
    expect(pair({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toBe(true);
    expect(pair({ a: 1 }, { a: 2 })).toBe(false);
    expect(pairUp('scalars', [], [row(1)])[0]!.same).toBeNull();
  });

  it('hashes nested lists as the array that they are', () => {
    const array = ndarray(Float64Array.of(1, 2, 3, 4), [2, 2]);
    expect(
      digest([
        [
          [1, 2],
          [3, 4],
        ],
      ]),
    ).toBe(digest([array]));
    expect(digest([ndarray(Float64Array.of(1, 2, 3, 4))])).not.toBe(digest([array]));
  });
});

it('every script of Python that is started is in the package', () => {
  const { files } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    files: string[];
  };
  expect(files).toContain('src');
  for (const script of ['peers/python/peers.py', 'chapter/python/measure.py'])
    expect(existsSync(new URL(`../src/${script}`, import.meta.url))).toBe(true);
});

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
}

function column(name: string, values: NDArray): Column {
  return { name, type: scalarType(values.dtype), values };
}
