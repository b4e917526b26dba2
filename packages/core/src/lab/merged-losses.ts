import type { Loss, LossKind } from '../loss.js';

/** Kinds that tell of the whole file, and count the same things again with each batch. */
const OF_THE_WHOLE: ReadonlySet<LossKind> = new Set(['attributes', 'name']);

/** The losses of batches as those of one table: each of them once, its values counted. */
export class MergedLosses {
  readonly #found = new Map<string, Loss>();

  add(loss: Loss): void {
    const { path, kind, from, to, count } = loss;
    const key = JSON.stringify([path, kind, from, to]);
    const before = this.#found.get(key);
    if (before === undefined) this.#found.set(key, loss);
    else if (before.count !== undefined && count !== undefined) {
      const both = OF_THE_WHOLE.has(kind) ? Math.max(before.count, count) : before.count + count;
      this.#found.set(key, { ...before, count: both });
    }
  }

  all(): readonly Loss[] {
    return [...this.#found.values()];
  }
}
