import { describe, expect, test } from 'vitest';
import { Budget, DEFAULT_DEPTH, defaultBudget } from '../src/index.js';

const limit = expect.objectContaining({ code: 'limit' });

describe('Budget', () => {
  test('a limit of 0 means 0', () => {
    const budget = new Budget({ bytes: 0, items: 0, depth: 0 });
    expect(() => budget.takeBytes(1, 'a')).toThrow(limit);
    expect(() => budget.takeItems(1, 'a')).toThrow(limit);
    expect(() => budget.checkDepth(1, 'a')).toThrow(limit);
    budget.takeBytes(0, 'nothing');
    budget.takeItems(0, 'nothing');
  });

  test('takes up to the limit over several calls, and names the option that lifts it', () => {
    const budget = new Budget({ bytes: 10 });
    budget.takeBytes(6, 'a');
    budget.takeBytes(4, 'b');
    expect(budget.bytesLeft).toBe(0);
    expect(() => budget.takeBytes(1, "array '/x'")).toThrow(
      "read array '/x': needs 1 bytes, 0 of the budget are left; set 'budget.bytes' to allow more",
    );
    budget.releaseBytes(3);
    budget.takeBytes(3, 'c');
  });

  test('refuses NaN and negative counts, which damaged files give', () => {
    for (const count of [Number.NaN, -1, -(2 ** 40)]) {
      expect(() => new Budget().takeBytes(count, 'a')).toThrow(limit);
      expect(() => new Budget().takeItems(count, 'a')).toThrow(limit);
    }
    expect(() => new Budget().checkDepth(Number.NaN, 'a')).toThrow(limit);
    expect(() => new Budget({ bytes: Number.NaN }).takeBytes(1, 'a')).toThrow(limit);
  });

  test('has no limits but depth unless told, and the usual ones for a whole file', () => {
    expect(new Budget().bytesLeft).toBe(Number.POSITIVE_INFINITY);
    expect(new Budget().maxDepth).toBe(DEFAULT_DEPTH);
    expect(defaultBudget(1000).maxBytes).toBe(256 * 2 ** 20);
    expect(defaultBudget(2 ** 30).maxBytes).toBe(20 * 2 ** 30);
    expect(defaultBudget(1000, { items: 5 })).toMatchObject({ maxBytes: 256 * 2 ** 20, maxItems: 5 });
    expect(defaultBudget(1000, { bytes: 0 }).maxBytes).toBe(0);
    // As plain JavaScript may pass it.
    expect(defaultBudget(1000, { bytes: undefined } as object).maxBytes).toBe(256 * 2 ** 20);
  });
});
