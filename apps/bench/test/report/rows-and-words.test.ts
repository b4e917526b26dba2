import { describe, expect, it } from 'vitest';
import { differenceOf } from '../../src/report/difference.js';
import { fidelityOf } from '../../src/report/losses.js';
import { rerunCommand } from '../../src/report/rerun.js';
import { formatMore, formatRatio, formatShare } from '../../src/report/units.js';
import { cell, type Given, results } from './records.js';

function verdict(base: Partial<Given>, next: Partial<Given>) {
  const of = (given: Partial<Given>) => [cell({ format: 'csv', ...given })];
  return differenceOf(of(base), of(next), 0).changes[0]!;
}

describe('two runs', () => {
  it('are compared by size alone when they are of two machines', () => {
    const change = verdict({ ms: 1, bytes: 100 }, { ms: 99, bytes: 150, machine: 'two' });
    expect(change).toMatchObject({ verdict: 'unknown', ratio: undefined, size: 1.5 });
  });

  it('tell a time that is gone as broken, and one that came as mended', () => {
    const failed = { ms: null, status: 'failed' } as const;
    expect(verdict({}, failed).verdict).toBe('broken');
    expect(verdict(failed, {}).verdict).toBe('mended');
    expect(verdict(failed, failed).verdict).toBe('same');
  });

  it('count cells that only one of them has', () => {
    const difference = differenceOf(
      [cell({ format: 'a' }), cell({ format: 'b' })],
      [cell({ format: 'b' }), cell({ format: 'c' }), cell({ format: 'd' })],
      0,
    );
    expect([difference.changes.length, difference.onlyBase, difference.onlyNext]).toEqual([1, 1, 2]);
  });
});

describe('fidelity', () => {
  const of = (given: Partial<Given>) => fidelityOf(results({ format: 'a', ...given }).rows[0]!);

  it('is the verdict of writing the whole', () => {
    expect(of({}).verdict).toBe('exact');
    expect(of({ fidelity: 'lossy' }).verdict).toBe('lossy');
    expect(of({ fidelity: null }).verdict).toBe('not checked');
  });

  it('says why a value was refused or came back wrong', () => {
    expect(of({ status: 'unsupported', ms: null, reason: 'holds arrays' })).toMatchObject({
      verdict: 'refused',
      lines: ['holds arrays'],
    });
    expect(of({ status: 'failed', ms: null, reason: 'row 3 differs' }).verdict).toBe('failed');
  });
});

describe('the command that runs a cell again', () => {
  it('names its data, row and operation', () => {
    const one = cell({
      format: 'parquet',
      engine: 'hyparquet',
      operation: 'read',
      compression: 'zstd',
      rows: 7,
    });
    expect(rerunCommand(one, undefined)).toBe(
      'npx formatlab-bench run table --rows 7 --formats parquet:hyparquet --operations read --compression zstd --seed 1',
    );
  });

  it('quotes options for a shell', () => {
    const one = { ...cell({ format: 'csv' }), options: { quote: "'" } };
    expect(rerunCommand(one, undefined)).toContain(`--option 'csv.quote='\\'''`);
  });

  it('names the peer', () => {
    expect(rerunCommand(cell({ format: 'csv', peer: 'papaparse' }), undefined)).toContain(
      '--peers papaparse',
    );
  });
});

describe('figures in words', () => {
  it('tell a ratio as a percentage below two, as a multiple above', () => {
    expect(formatMore(1.123)).toBe('12 % longer');
    expect(formatMore(1.05, [0.99, 1.11])).toBe('5.0 % longer (95 %: −1.0 % to 11 %)');
    expect(formatMore(2.5, [2, 3])).toBe('2.50 × as long (95 %: 2.00 to 3.00)');
  });

  it('tell ratios with three figures', () => {
    expect([1, 9.994, 42.25, 1_570_358].map(formatRatio)).toEqual([
      '1.00 ×',
      '9.99 ×',
      '42.3 ×',
      '1,570,000 ×',
    ]);
  });

  it('tell shares with the digits that they have', () => {
    expect([0, 0.023, 0.45, -0.012].map(formatShare)).toEqual(['0 %', '2.3 %', '45 %', '−1.2 %']);
  });
});
