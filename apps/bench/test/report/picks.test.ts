import { describe, expect, it } from 'vitest';
import { reportModel } from '../../src/report/model.js';
import { picksOf } from '../../src/report/picks.js';
import { ratioOf } from '../../src/report/ratio.js';
import { sizedRows } from '../../src/report/sizes.js';
import { cell, type Given, results, times } from './records.js';

const WHOLE = 'Fastest to write and read whole';
const SINGLES = 'Fastest for single entries';

/** Both whole operations of a format. */
function whole(format: string, write: number, read: number, more: Partial<Given> = {}): Given[] {
  return [
    { format, operation: 'write', ms: write, ...more },
    { format, operation: 'read', ms: read, ...more },
  ];
}

describe('picks', () => {
  it('take the least geometric mean of the ratios, not the best of one operation', () => {
    // Ratios 1 and 9: 3; 2 and 2: 2; 9 and 1: 3.
    const picks = picksOf(
      results(...whole('writes', 10, 90), ...whole('both', 20, 20), ...whole('reads', 90, 10)),
    );
    expect(picks.find(({ title }) => title === WHOLE)!.row.label).toBe('both');
  });

  it('answer up to three questions: whole, single entries, size', () => {
    const picks = picksOf(
      results(
        ...whole('csv', 10, 10, { bytes: 900 }),
        { format: 'csv', operation: 'read-one', ms: 10 },
        { format: 'csv', operation: 'append', ms: 9 },
        ...whole('sqlite', 30, 30, { bytes: 500 }),
        { format: 'sqlite', operation: 'read-one', ms: 1 },
        { format: 'sqlite', operation: 'append', ms: 2 },
      ),
    );
    expect(picks.map(({ title, row }) => [title, row.label])).toEqual([
      [WHOLE, 'csv'],
      [SINGLES, 'sqlite'],
      ['Smallest file', 'sqlite'],
    ]);
  });

  it('tell the least memory where there is room for a third answer', () => {
    const picks = picksOf(
      results(
        ...whole('a', 10, 10, { bytes: 5, peak: 90e6 }),
        ...whole('b', 20, 20, { bytes: 9, peak: 50e6 }),
      ),
    );
    expect(picks.map(({ title, row, level }) => [title, row.label, level])).toEqual([
      [WHOLE, 'a', 'sure'],
      ['Smallest file', 'a', 'sure'],
      ['Least memory', 'b', 'likely'],
    ]);
  });

  it('leave out rows that cannot do all that is asked', () => {
    const picks = picksOf(results({ format: 'half', operation: 'write', ms: 1 }, ...whole('full', 10, 10)));
    expect(picks[0]!.row.label).toBe('full');
    expect(picks[0]!.confidence).toBe('the only one that does all of this');
  });

  it('leave out lossy rows while one is exact, and take them when none is', () => {
    const lossy = whole('lossy', 1, 1, { fidelity: 'lossy' });
    expect(picksOf(results(...lossy, ...whole('exact', 10, 10)))[0]!.row.label).toBe('exact');
    expect(picksOf(results(...lossy))[0]!.row.label).toBe('lossy');
  });

  it('never name a peer, however fast and small', () => {
    const picks = picksOf(
      results(
        ...whole('raw', 0.1, 0.1, { peer: 'raw-fs', bytes: 1 }),
        ...whole('csv', 10, 10, { bytes: 10 }),
      ),
    );
    expect(new Set(picks.map(({ row }) => row.label))).toEqual(new Set(['csv']));
  });

  it('count files that another machine made, but not its times', () => {
    const model = reportModel([
      ...whole('csv', 10, 10, { bytes: 900, machine: 'a' }).map(cell),
      ...whole('zip', 1, 1, { bytes: 100, machine: 'b' }).map(cell),
    ]);
    const [here] = model.workloads;
    expect(picksOf(here!, 0, sizedRows(model, here!)).map(({ title, row }) => [title, row.label])).toEqual([
      [WHOLE, 'csv'],
      ['Smallest file', 'zip'],
    ]);
  });

  it('give the same answer whatever the order of the cells', () => {
    const cells = [...whole('a', 12, 9), ...whole('b', 10, 14), ...whole('c', 11, 11)];
    const first = picksOf(results(...cells))[0]!.row.label;
    for (let i = 1; i < cells.length; i++)
      expect(picksOf(results(...cells.slice(i), ...cells.slice(0, i)))[0]!.row.label).toBe(first);
  });
});

describe('confidence', () => {
  const level = (b: readonly [number, number], half: number | null, share = 0) =>
    picksOf(results(...whole('a', 100, 100, { half }), ...whole('b', b[0], b[1], { half })), share)[0]!;

  it('is sure where every operation is apart', () => {
    expect(level([120, 130], 0.02).level).toBe('sure');
  });

  it('is likely where some are', () => {
    expect(level([101, 130], 0.02).level).toBe('likely');
  });

  it('is a tie where none is, or the noise is larger', () => {
    expect(level([102, 102], 0.05).level).toBe('tie');
    expect(level([110, 110], 0.01, 0.02).level).toBe('sure');
    expect(level([110, 110], 0.01, 0.15).level).toBe('tie');
  });

  it('is unknown without intervals', () => {
    expect(level([120, 130], null).level).toBe('unknown');
  });

  it('names the runner-up, the ratio with its interval, and the noise', () => {
    // σ of each log median is 0.02 / 1.96 here; two operations, two rows: half of √4 of it.
    const { confidence } = level([120, 120], 0.02, 0.03);
    expect(confidence).toBe('b takes 20 % longer (95 %: 18 % to 22 %), noise 3.0 %');
  });

  it('of a size is exact, and a tie within one per cent', () => {
    const smallest = (other: number) =>
      picksOf(results({ format: 'a', bytes: 1000 }, { format: 'b', bytes: other })).find(
        ({ title }) => title === 'Smallest file',
      )!;
    expect(smallest(1009)).toMatchObject({ level: 'tie', confidence: 'within 1 %: b' });
    expect(smallest(1020)).toMatchObject({ level: 'sure' });
  });
});

describe('ratioOf', () => {
  it('is the geometric mean of the ratios', () => {
    const { ratio } = ratioOf([times(20, 0.1), times(80, 0.1)], [times(10, 0.1), times(10, 0.1)]);
    expect(ratio).toBeCloseTo(4, 12);
  });

  it('has the interval of the quotient of log-normal medians', () => {
    const { interval } = ratioOf([times(100, 0.1)], [times(100, 0.1)]);
    // ln(1.1 / 0.9) / 2 = 0.10034 each way; √2 of it: e^0.1419.
    expect(interval![1]).toBeCloseTo(1.15247, 4);
    expect(interval![0]).toBeCloseTo(1 / 1.15247, 4);
  });

  it('has none where a time has none', () => {
    expect(ratioOf([times(2, null)], [times(1, 0.1)])).toEqual({ ratio: 2, interval: undefined });
  });
});
