import { joinPath, type Loss, type LossKind } from '@formatlab/core';

/**
 * Counts losses of one kind under one parent as one: a list of a million bigints reports once. The path is the
 * value's own where there is one, else its parent's.
 */
export class LossTally {
  readonly #losses = new Map<
    string,
    { path: string; parent: string; kind: LossKind; from: string; to: string; count: number }
  >();

  add(path: readonly string[], kind: LossKind, from: string, to: string, count = 1): void {
    const parent = joinPath(path.slice(0, -1));
    const key = `${kind}\n${from}\n${to}\n${parent}`;
    const known = this.#losses.get(key);
    if (known === undefined) this.#losses.set(key, { path: joinPath(path), parent, kind, from, to, count });
    else {
      known.count += count;
      known.path = known.parent;
    }
  }

  report(loss: (loss: Loss) => void): void {
    for (const { path, kind, from, to, count } of this.#losses.values())
      loss({ path, kind, from, to, count });
  }
}
