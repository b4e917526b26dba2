import { describe, expect, it } from 'vitest';
import {
  fileBytes,
  fullestOf,
  peakBytes,
  reportModel,
  rowProblem,
  standings,
  withPeers,
} from '../../src/report/model.js';
import { noiseOf, noiseOfCells } from '../../src/report/noise.js';
import { sizedRows } from '../../src/report/sizes.js';
import { cell, noise, results } from './records.js';

describe('reportModel', () => {
  it('makes one row of a format, engine and compression, with a cell for each operation', () => {
    const { rows, operations } = results(
      { format: 'csv', operation: 'read' },
      { format: 'csv', operation: 'write' },
      { format: 'csv', operation: 'write', compression: 'gzip' },
      { format: 'parquet', engine: 'hyparquet', operation: 'write' },
    );
    expect(rows.map(({ label }) => label)).toEqual(['csv', 'csv + gzip', 'parquet']);
    expect(operations).toEqual(['write', 'read']);
    expect([...rows[0]!.cells.keys()].sort()).toEqual(['read', 'write']);
  });

  it('takes the last line of each cell', () => {
    const model = reportModel([cell({ format: 'csv', ms: 1 }), cell({ format: 'csv', ms: 2 })]);
    expect(model.workloads[0]!.rows[0]!.cells.get('write')!.times!.medianMs).toBe(2);
  });

  it('never puts cells of two machines into one ranking', () => {
    const model = reportModel([
      cell({ format: 'csv', machine: 'a' }),
      cell({ format: 'json', machine: 'b' }),
    ]);
    expect(model.workloads.map(({ key }) => key)).toEqual(['table(1000)@a', 'table(1000)@b']);
    expect(model.workloads.map(({ rows }) => rows.length)).toEqual([1, 1]);
  });

  it('keeps peers apart from the rows', () => {
    const own = results({ format: 'csv' }, { format: 'csv', peer: 'papaparse' });
    expect(own.rows.map(({ label }) => label)).toEqual(['csv']);
    expect(own.peers.map(({ peer }) => peer)).toEqual(['papaparse']);
  });

  it('shows no peer that could do nothing with the data', () => {
    const own = results(
      { format: 'csv' },
      { format: 'csv', peer: 'papaparse', status: 'unsupported', ms: null },
    );
    expect(withPeers(own).map(({ label }) => label)).toEqual(['csv']);
  });
});

describe('standings', () => {
  const ratios = (share: number, ...given: readonly Parameters<typeof cell>[0][]) =>
    [...standings(withPeers(results(...given)), 'write', share)].map(([{ label }, { ratio, tied }]) => [
      label,
      ratio,
      tied,
    ]);

  it('gives the best 1 and the others their multiple of it', () => {
    expect(ratios(0, { format: 'csv', ms: 30 }, { format: 'json', ms: 10 })).toEqual([
      ['json', 1, false],
      ['csv', 3, false],
    ]);
  });

  it('ties where the intervals touch, and only there', () => {
    // 10 ± 5 % ends at 10.5; 11 ± 5 % begins at 10.45, 11.2 ± 5 % at 10.64.
    const tied = ratios(0, { format: 'a', ms: 10, half: 0.05 }, { format: 'b', ms: 11, half: 0.05 });
    expect(tied[1]![2]).toBe(true);
    const apart = ratios(0, { format: 'a', ms: 10, half: 0.05 }, { format: 'b', ms: 11.2, half: 0.05 });
    expect(apart[1]![2]).toBe(false);
  });

  it('ties what differs by no more than the noise', () => {
    const given = [
      { format: 'a', ms: 100, half: 0.001 },
      { format: 'b', ms: 104, half: 0.001 },
    ] as const;
    expect(ratios(0.03, ...given)[1]![2]).toBe(false);
    expect(ratios(0.05, ...given)[1]![2]).toBe(true);
  });

  it('leaves out cells without a time', () => {
    expect(
      ratios(0, { format: 'a', ms: 5 }, { format: 'b', ms: null, status: 'failed' }).map(([label]) => label),
    ).toEqual(['a']);
  });

  it('measures a peer against our best, and never calls it that', () => {
    expect(ratios(0, { format: 'csv', ms: 10 }, { format: 'raw', peer: 'raw-fs', ms: 2 })).toEqual([
      ['raw: raw-fs (peer)', 0.2, false],
      ['csv', 1, false],
    ]);
  });
});

describe('a row', () => {
  it('has the size of the file that writing made, and the larger peak of writing and reading', () => {
    const [row] = results(
      { format: 'csv', operation: 'write', bytes: 700, peak: 5 },
      { format: 'csv', operation: 'read', bytes: 700, peak: 9 },
      { format: 'csv', operation: 'append', bytes: 707, peak: 50 },
    ).rows;
    expect(fileBytes(row!)).toBe(700);
    expect(peakBytes(row!)).toBe(9);
  });

  it('has a problem when no cell is right', () => {
    const [bad, good] = results(
      { format: 'a', ms: null, status: 'unsupported', reason: 'holds arrays only' },
      { format: 'b' },
    ).rows;
    expect(rowProblem(bad!)).toBe('holds arrays only');
    expect(rowProblem(good!)).toBeUndefined();
  });
});

describe('sizes', () => {
  it('are those of all machines that measured the same data', () => {
    const model = reportModel([
      cell({ format: 'csv', machine: 'a', bytes: 10 }),
      cell({ format: 'json', machine: 'b', bytes: 20 }),
      cell({ format: 'yaml', machine: 'b', bytes: 30, rows: 5 }),
    ]);
    const rows = sizedRows(model, model.workloads[0]!);
    expect(rows.map((row) => [row.label, fileBytes(row)])).toEqual([
      ['csv', 10],
      ['json', 20],
    ]);
  });
});

describe('a row of two machines', () => {
  it('has the cells of both, its own first', () => {
    const model = reportModel([
      cell({ format: 'csv', machine: 'a', bytes: 10, ms: 1 }),
      cell({ format: 'csv', machine: 'b', bytes: 10, ms: 2 }),
      cell({ format: 'csv', machine: 'b', operation: 'append', ms: 3 }),
    ]);
    const [row] = sizedRows(model, model.workloads[0]!);
    expect([...row!.cells.values()].map(({ times: t }) => t!.medianMs).sort()).toEqual([1, 3]);
  });
});

describe('what is shown first', () => {
  it('is the data with most timed cells, of equals the largest', () => {
    const model = reportModel([
      cell({ format: 'csv', rows: 10 }),
      cell({ format: 'csv', rows: 100 }),
      cell({ format: 'csv', rows: 50, ms: null, status: 'skipped' }),
      cell({ format: 'json', rows: 50, ms: null, status: 'skipped' }),
    ]);
    expect(fullestOf(model.workloads)!.key).toBe('table(100)');
    expect(fullestOf([])).toBeUndefined();
  });
});

describe('noise', () => {
  it('is the largest A/A difference of the runs', () => {
    expect(noiseOf([noise(0.01), noise(0.04, 'b'), noise(0.02)])).toEqual({ share: 0.04, run: 'b' });
    expect(noiseOf([])).toBeUndefined();
  });

  it('of some cells is that of the runs in which they were timed', () => {
    const records = [noise(0.01, 'a'), noise(0.4, 'b')];
    const share = (...cells: readonly Parameters<typeof cell>[0][]) =>
      noiseOfCells(records, cells.map(cell))?.share;
    expect(share({ format: 'csv', run: 'a' })).toBe(0.01);
    expect(share({ format: 'csv', run: 'a' }, { format: 'csv', run: 'b' })).toBe(0.4);
    expect(share({ format: 'csv', run: 'a' }, { format: 'csv', run: 'b', ms: null })).toBe(0.01);
    expect(share({ format: 'csv', run: 'c' })).toBeUndefined();
  });
});
