import type { Loss } from '@formatlab/core';

/** What is lost of a table that comes in batches, as it would be told of the whole. */
export class BatchLosses {
  readonly #found = new Map<string, { loss: Loss; times: number }>();
  #batches = 0;

  add(loss: Loss): void {
    const key = JSON.stringify([loss.path, loss.kind, loss.from, loss.to]);
    const before = this.#found.get(key);
    const count =
      before?.loss.count === undefined || loss.count === undefined
        ? loss.count
        : before.loss.count + loss.count;
    const merged = count === undefined ? loss : { ...loss, count };
    this.#found.set(key, { loss: merged, times: (before?.times ?? 0) + 1 });
  }

  /** Call behind each batch. One without rows says nothing of its columns. */
  next(rows: number): void {
    if (rows > 0) this.#batches++;
  }

  report(tell: (loss: Loss) => void): void {
    for (const { loss, times } of this.#found.values()) {
      // A column without nulls, or without values, has to be so in every batch.
      if (!ABSENCE.test(loss.from) || times === this.#batches) tell(loss);
    }
  }
}

const ABSENCE = / without a (null|value)$/;
