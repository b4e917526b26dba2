import { describe, expect, it } from 'vitest';
import { DEFAULT_DEMAND, type Demand, rankByDemand, tasksOf, toldApart } from '../../src/report/demand.js';
import { withPeers } from '../../src/report/model.js';
import { cell, type Given, results } from './records.js';

const HOUR = 3_600_000;
/** One dollar an hour, nothing else: a task of an hour costs a dollar. */
const NOTHING: Demand = {
  writes: 0,
  reads: 0,
  singles: 0,
  appends: 0,
  bandwidth: Number.POSITIVE_INFINITY,
  storage: 0,
  hour: 1,
};

function rank(demand: Partial<Demand>, ...given: readonly Given[]) {
  const own = results(...given);
  return rankByDemand(withPeers(own), tasksOf(own.operations), { ...NOTHING, ...demand });
}

/** Good at whole files, and good at single entries. */
const FLAT: readonly Given[] = [
  { format: 'flat', operation: 'write', ms: 10, bytes: 1e6 },
  { format: 'flat', operation: 'read', ms: 10 },
  { format: 'flat', operation: 'read-one', ms: 10, io: { bytesRead: 1e6 } },
  { format: 'flat', operation: 'append', ms: 20, io: { bytesRead: 1e6, bytesWritten: 1e6 } },
];
const INDEXED: readonly Given[] = [
  { format: 'indexed', operation: 'write', ms: 50, bytes: 2e6 },
  { format: 'indexed', operation: 'read', ms: 50 },
  { format: 'indexed', operation: 'read-one', ms: 0.1, io: { bytesRead: 1000 } },
  { format: 'indexed', operation: 'append', ms: 1, io: { bytesRead: 100, bytesWritten: 1000 } },
];

describe('tasks', () => {
  it('are those that the operations of the data can stand for', () => {
    expect(tasksOf(['write', 'read', 'append'])).toEqual([
      { id: 'writes', operation: 'write' },
      { id: 'reads', operation: 'read' },
      { id: 'appends', operation: 'append' },
    ]);
    expect(tasksOf(['pipe', 'socket'])).toEqual([
      { id: 'writes', operation: 'pipe' },
      { id: 'reads', operation: 'socket' },
    ]);
  });
});

describe('costs', () => {
  it('are times × price of time: an hour at a dollar', () => {
    const [cost] = rank({ reads: 360 }, { format: 'a', operation: 'read', ms: HOUR / 360 }).costs;
    expect(cost!.total).toBeCloseTo(1, 12);
    expect(cost!.ms).toBeCloseTo(HOUR, 6);
  });

  it('count storage by the decimal gigabyte and month', () => {
    const [cost] = rank({ storage: 0.02 }, { format: 'a', bytes: 5e9 }).costs;
    expect(cost!.parts.storage).toBeCloseTo(0.1, 12);
    expect(cost!.total).toBeCloseTo(0.1, 12);
  });

  it('count the way of the bytes that a task moves', () => {
    const demand = { singles: 3600, bandwidth: 1e6 };
    const { costs } = rank(demand, ...FLAT, ...INDEXED);
    const part = (label: string) => costs.find(({ row }) => row.label === label)!.parts.transfer;
    // A megabyte a second: a second for the whole file, a millisecond for a thousand bytes.
    expect(part('flat')).toBeCloseTo(1, 12);
    expect(part('indexed')).toBeCloseTo(0.001, 12);
  });

  it('add up to the total, and lie within their interval', () => {
    for (const cost of rank({ ...DEFAULT_DEMAND, bandwidth: 1e7 }, ...FLAT, ...INDEXED).costs) {
      const sum = Object.values(cost.parts).reduce((all, part) => all + part, 0);
      expect(sum).toBeCloseTo(cost.total, 12);
      expect(cost.interval![0]).toBeLessThan(cost.total);
      expect(cost.interval![1]).toBeGreaterThan(cost.total);
    }
  });

  it('have no interval where a time has none', () => {
    expect(rank({ reads: 1 }, { format: 'a', operation: 'read', half: null }).costs[0]!.interval).toBeNull();
  });

  it('of single entries in a compressed file are those of the whole, marked as reckoned', () => {
    const { costs } = rank(
      { singles: 1, appends: 1 },
      ...FLAT,
      { format: 'flat', compression: 'gzip', operation: 'write', ms: 100, bytes: 5e5 },
      { format: 'flat', compression: 'gzip', operation: 'read', ms: 40 },
    );
    const packed = costs.find(({ row }) => row.compression === 'gzip')!;
    expect(packed.estimated).toEqual(['singles', 'appends']);
    expect(packed.ms).toBe(40 + 40 + 100);
  });
});

describe('ranking', () => {
  const first = (demand: Partial<Demand>) => rank(demand, ...FLAT, ...INDEXED).costs[0]!.row.label;

  it('follows the demand', () => {
    expect(first({ reads: 100 })).toBe('flat');
    expect(first({ singles: 100 })).toBe('indexed');
    expect(first({ appends: 100 })).toBe('indexed');
    expect(first({ storage: 1 })).toBe('flat');
  });

  it('turns where the costs are equal: 10 n + 10 m = 50 n + 0.1 m', () => {
    // For one whole read the lines cross at 40 / 9.9 = 4.04 single ones.
    expect(first({ reads: 1, singles: 4 })).toBe('flat');
    expect(first({ reads: 1, singles: 5 })).toBe('indexed');
  });

  it('does not change when all counts and the storage grow alike, nor with the price of all', () => {
    const order = (factor: number) =>
      rank(
        { writes: 3 * factor, reads: 20 * factor, singles: 70 * factor, storage: 0.5 * factor },
        ...FLAT,
        ...INDEXED,
      ).costs.map(({ row }) => row.label);
    expect(order(1000)).toEqual(order(1));
    expect(order(0.1)).toEqual(order(1));
  });

  it('leaves out what was not measured or failed, with the reason, unless nobody asks for it', () => {
    const given: Given[] = [
      { format: 'a', operation: 'read' },
      { format: 'a', operation: 'append', ms: null, status: 'unsupported', reason: 'is one document' },
      { format: 'b', operation: 'read' },
    ];
    expect(rank({ reads: 1, appends: 1 }, ...given)).toMatchObject({
      costs: [],
      leftOut: [{ reason: 'unsupported: is one document' }, { reason: 'not measured' }],
    });
    expect(rank({ reads: 1 }, ...given).costs.length).toBe(2);
  });

  it('holds no peer, and says nothing of it', () => {
    const { costs, leftOut } = rank(
      { reads: 1 },
      { format: 'a', operation: 'read' },
      { format: 'raw', peer: 'raw-fs', operation: 'read', ms: 0.1 },
    );
    expect([costs.length, leftOut.length]).toEqual([1, 0]);
  });
});

describe('told apart', () => {
  const [a, b] = rank(
    { reads: 1 },
    { format: 'a', operation: 'read', ms: 100, half: 0.02 },
    { format: 'b', operation: 'read', ms: 110, half: 0.02 },
  ).costs;

  it('are costs whose intervals are apart, by more than the noise', () => {
    expect(toldApart(a!, b!, 0)).toBe(true);
    expect(toldApart(a!, b!, 0.2)).toBe(false);
    expect(toldApart(a!, a!, 0)).toBe(false);
  });

  it('are none without intervals', () => {
    const [c, d] = rank(
      { reads: 1 },
      { format: 'c', operation: 'read', ms: 1, half: null },
      { format: 'd', operation: 'read', ms: 9 },
    ).costs;
    expect(toldApart(c!, d!, 0)).toBe(false);
  });
});

it('cells have the figures that were given', () => {
  expect(cell({ format: 'a', ms: 3, half: 0.5 }).times!.interval95Ms).toEqual([1.5, 4.5]);
});
