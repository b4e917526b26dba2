import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ndarray, newRecord, Table, table, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { convertCommand } from '../src/advise/convert-command.js';
import { withLeaders } from '../src/advise/measure.js';
import { rankAdvice } from '../src/advise/rank.js';
import { parseBytes, wishesOf } from '../src/advise/wishes.js';
import { sampleOf } from '../src/datasets/sample.js';
import type { LoadedFormats } from '../src/formats.js';
import type { CellRecord, FormatRecord, OperationId, ResultRecord } from '../src/results/record.js';

interface Given {
  readonly ms: Partial<Record<OperationId, number>>;
  /** Half of the interval, as a share. */
  readonly spread?: number;
  readonly bytes?: number;
  readonly peak?: number;
  readonly lossy?: boolean;
  readonly append?: 'tail' | 'footer' | 'rewrite';
  readonly readOne?: 'seek' | 'scan' | 'whole';
  readonly refused?: string;
}

/** What a run of `formats` on one file would have left. */
function recordsOf(formats: Readonly<Record<string, Given>>): ResultRecord[] {
  return Object.entries(formats).flatMap(([format, given]) => [
    formatRecord(format, given),
    ...(['write', 'read', 'read-one', 'append'] as const)
      .filter((operation) => given.ms[operation] !== undefined || given.refused !== undefined)
      .map((operation) => cell(format, operation, given)),
  ]);
}

function formatRecord(format: string, { append = 'tail', readOne = 'seek' }: Given): FormatRecord {
  const can = { append, readOne };
  // Of a format's record only these are read here.
  return {
    kind: 'format',
    format,
    engine: null,
    defaultEngine: true,
    extensions: ['.x'],
    can,
  } as unknown as FormatRecord;
}

function cell(format: string, operation: OperationId, given: Given): CellRecord {
  const { ms, spread = 0.01, bytes = 1e6, peak = 60e6, lossy = false, refused } = given;
  const medianMs = ms[operation] ?? 0;
  const loss = { path: '/x', kind: 'type', from: 'int64', to: 'float64' };
  const record = {
    kind: 'cell',
    cell: `file(x)/${format}/none/${operation}`,
    workload: { id: 'file', title: 'x', parameters: { name: 'x' }, dataset: {} },
    format,
    engine: null,
    compression: 'none',
    options: {},
    operation,
    status: refused === undefined ? 'ok' : 'unsupported',
    reason: refused ?? null,
    fidelity: lossy ? 'lossy' : 'exact',
    losses: lossy ? [loss] : [],
    lossCount: lossy ? 1 : 0,
    times:
      refused === undefined
        ? { medianMs, interval95Ms: [medianMs * (1 - spread), medianMs * (1 + spread)], firstMs: medianMs }
        : null,
    memory: refused === undefined ? { peakBytes: peak, baselineBytes: 50e6, method: 'VmHWM' } : null,
    file: refused === undefined ? { bytes } : null,
    io: null,
    messages: null,
    machine: 'm',
  };
  // The fields that a report reads.
  return record as unknown as CellRecord;
}

const labels = (advice: ReturnType<typeof rankAdvice>): string[] => advice.best.map(({ row }) => row.label);
const all = (ms: number) => ({ write: ms, read: ms, 'read-one': ms, append: ms });

describe('advice', () => {
  it('follows what is asked for: single entries against whole reads', () => {
    const records = recordsOf({
      seeker: { ms: { write: 20, read: 20, 'read-one': 0.1, append: 0.1 } },
      loader: { ms: { write: 5, read: 5, 'read-one': 5, append: 5 } },
    });
    expect(labels(rankAdvice(records, wishesOf({ reads: 'one' })))).toEqual(['seeker', 'loader']);
    expect(labels(rankAdvice(records, wishesOf({ reads: 'whole', appends: 'none' })))).toEqual([
      'loader',
      'seeker',
    ]);
  });

  it('is sure beyond the intervals, and a tie within them', () => {
    const sure = rankAdvice(recordsOf({ a: { ms: all(1) }, b: { ms: all(2) } }), wishesOf({}));
    expect(sure).toMatchObject({ level: 'sure', confidence: expect.stringContaining('b costs') });
    const tie = rankAdvice(
      recordsOf({ a: { ms: all(1), spread: 0.5 }, b: { ms: all(1.1), spread: 0.5 } }),
      wishesOf({}),
    );
    expect(tie).toMatchObject({ level: 'tie', confidence: 'not told apart from b' });
  });

  it('rules out by losses, by memory, by rewriting and by refusal, and says so', () => {
    const records = recordsOf({
      best: { ms: all(5) },
      lossy: { ms: all(1), lossy: true },
      hungry: { ms: all(1), peak: 900e6 },
      rewriter: { ms: all(1), append: 'rewrite' },
      refuser: { ms: {}, refused: 'a file holds an array' },
    });
    const advice = rankAdvice(records, wishesOf({ appends: 'many', memory: '200MB' }));
    expect(labels(advice)).toEqual(['best']);
    const reasons = Object.fromEntries(advice.ruledOut.map(({ label, reason }) => [label, reason]));
    expect(reasons).toEqual({
      lossy: 'loses /x: int64 becomes float64 (type)',
      hungry: 'peak memory 900 MB, above 200 MB',
      rewriter: 'no append in place: it rewrites the file for each',
      refuser: 'cannot hold it: a file holds an array',
    });
    expect(labels(rankAdvice(records, wishesOf({ lossy: true, appends: 'none' })))).toContain('lossy');
  });

  it('recommends nothing above the limit of memory, and drops the other rules where nothing would be left', () => {
    const records = recordsOf({ a: { ms: all(1), peak: 900e6, lossy: true, append: 'rewrite' } });
    expect(rankAdvice(records, wishesOf({ memory: '200MB' })).best).toEqual([]);
    const [only] = rankAdvice(records, wishesOf({ appends: 'many' })).best;
    expect(only).toMatchObject({ losses: ['/x: int64 becomes float64 (type)'] });
  });

  it('counts size by its price', () => {
    const records = recordsOf({
      quick: { ms: all(1), bytes: 5e6 },
      small: { ms: all(40), bytes: 1e6 },
    });
    expect(labels(rankAdvice(records, wishesOf({ reads: 'whole', appends: 'none' })))[0]).toBe('quick');
    expect(
      labels(rankAdvice(records, wishesOf({ reads: 'whole', appends: 'none', sizeMatters: true })))[0],
    ).toBe('small');
  });

  it('reckons a sample up to the whole: whole files in proportion, seeks not', () => {
    const records = recordsOf({
      seeker: { ms: { write: 10, 'read-one': 2 }, readOne: 'seek', peak: 60e6 },
      loader: { ms: { write: 10, 'read-one': 1 }, readOne: 'whole' },
    });
    const advice = rankAdvice(records, wishesOf({ reads: 'one', appends: 'none' }), 10);
    const [first, second] = advice.best;
    expect(labels(advice)).toEqual(['seeker', 'loader']);
    expect(first!.row.cells.get('read-one')!.times!.medianMs).toBe(2);
    expect(second!.row.cells.get('read-one')!.times!.medianMs).toBe(10);
    expect(first!.row.cells.get('write')!.times!.interval95Ms![1]).toBeCloseTo(101);
    expect(first!.bytes).toBe(10e6);
    expect(first!.peakBytes).toBe(150e6);
  });

  it('names what could not be measured', () => {
    const records = recordsOf({ a: { ms: { write: 1, read: 1 } } });
    expect(rankAdvice(records, wishesOf({ reads: 'both', appends: 'few' })).notMeasured).toEqual([
      'reading one entry',
      'appending',
    ]);
  });
});

describe('wishes', () => {
  it('are words, or how often in a month', () => {
    expect(wishesOf({ reads: 'whole=5,one=many', appends: '7', writes: 'once' }).demand).toMatchObject({
      reads: 5,
      singles: 1000,
      appends: 7,
      writes: 1,
    });
    expect(parseBytes('--memory', '1.5 GiB')).toBe(1.5 * 1024 ** 3);
    expect(parseBytes('--memory', '200MB')).toBe(200e6);
  });

  it.each([[{ reads: 'all' }], [{ appends: 'often' }], [{ memory: 'much' }], [{ memory: '0MB' }]])(
    'that make no sense are refused: %j',
    (flags) => expect(() => wishesOf(flags)).toThrow(/^--\w+ '/),
  );
});

describe('a sample', () => {
  const rows = table({ x: new Float64Array(1000) });
  it.each<[string, Value, number, string]>([
    ['a table', rows, 10, 'the first 100 of 1,000 rows'],
    ['an array', ndarray(new Float64Array(1000), [500, 2]), 10, 'the first 50 of 500 rows'],
    ['a list', Array.from({ length: 100 }, (_, i) => i), 1, ''],
  ])('of %s is its beginning', (_, value, factor, taken) => {
    const sample = sampleOf(value, 800);
    expect(sample.factor).toBe(factor);
    expect(sample.taken ?? '').toBe(taken);
    if (value instanceof Table) expect((sample.value as Table).rows).toBe(100);
  });

  it('of a record is its first entries; what has no parts is taken whole', () => {
    const record = newRecord();
    for (let i = 0; i < 10; i++) record[`a${i}`] = ndarray(new Float64Array(100));
    expect(Object.keys(sampleOf(record, 2500).value as object)).toEqual(['a0', 'a1', 'a2']);
    expect(sampleOf(ndarray(new Float64Array(1)), 1)).toMatchObject({ factor: 1, taken: undefined });
  });
});

it('keeps what a second, longer run of the leading formats left out', () => {
  const first = recordsOf({ a: { ms: all(1) }, b: { ms: all(1) } });
  const again = cell('a', 'write', { ms: { write: 7 } });
  const late = cell('b', 'write', { ms: {}, refused: 'the run ended' });
  const records = withLeaders(first, [{ ...again, memory: null, file: null }, late]);
  const written = (format: string) =>
    records.find((record) => record.kind === 'cell' && record.cell.endsWith(`${format}/none/write`));
  expect(records).toHaveLength(first.length);
  expect(written('a')).toMatchObject({
    times: { medianMs: 7 },
    memory: { peakBytes: 60e6 },
    file: { bytes: 1e6 },
  });
  expect(written('b')).toMatchObject({ status: 'ok', times: { medianMs: 1 } });
});

it('says how to convert, with the packages that it takes', () => {
  const formats = [
    { module: '@formatlab/csv', format: { id: 'csv' } },
    { module: '@formatlab/hdf5', format: { id: 'hdf5' } },
  ];
  // Of the formats only these are read here.
  const loaded = { formats, notLoaded: [] } as unknown as LoadedFormats;
  expect(convertCommand("it's.csv.gz", 'csv', 'hdf5', '.h5', loaded)).toBe(
    `node --input-type=module -e 'import { createLab } from "@formatlab/core"; import { csv } from "@formatlab/csv"; import { hdf5 } from "@formatlab/hdf5"; await createLab([csv, hdf5]).convert("it'\\''s.csv.gz", "it'\\''s.h5", { format: "hdf5" })'`,
  );
  expect(convertCommand('a.csv', 'csv', 'csv', '.csv', loaded)).toBeUndefined();
});

it('measures on a file and tells a program what it found', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-advise-'));
  try {
    writeFileSync(join(folder, 'o.csv'), 'id,x\n1,2.5\n2,3.5\n3,4.25\n');
    const bin = fileURLToPath(new URL('../bin/formatlab-bench.js', import.meta.url));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        bin,
        'advise',
        'o.csv',
        '--reads',
        'one',
        '--appends',
        'many',
        '--formats',
        'csv,marshal',
        '--json',
        '--no-progress',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const told = JSON.parse(stdout);
    expect(told.file).toMatchObject({ name: 'o.csv', format: 'csv', factor: 1, sample: null });
    expect(told.best.map(({ format }: { format: string }) => format)).toContain('csv');
    expect(told.ruledOut).toContainEqual({
      label: 'marshal',
      reason: 'no append in place: it rewrites the file for each',
    });
    expect(told.best[0].timesMs.append).toBeGreaterThan(0);
    // It is a CSV already.
    expect(told.best[0]).toMatchObject({ format: 'csv', convert: null });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
