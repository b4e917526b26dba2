import { type Context, joinPath, type LossKind } from '@formatlab/core';

/** Reports losses under the path of the value that is being written. */
export class Losses {
  readonly context: Pick<Context<object>, 'loss'>;
  readonly #names: string[] = [];
  /** Above zero: inside of what was reported as a whole. */
  #muted: number;

  /** @param silent for an engine that loses nothing */
  constructor(context: Pick<Context<object>, 'loss'>, silent: boolean) {
    this.context = context;
    this.#muted = silent ? 1 : 0;
  }

  get isMuted(): boolean {
    return this.#muted > 0;
  }

  /** Remembers the name or index of the member under way `depth` levels deep. */
  name(depth: number, name: string | number): void {
    this.#names[depth] = String(name);
  }

  path(depth: number): string {
    return joinPath(this.#names.slice(0, depth));
  }

  lose(depth: number, kind: LossKind, from: string, to: string, count?: number): void {
    if (this.#muted > 0) return;
    this.context.loss({ path: this.path(depth), kind, from, to, ...(count === undefined ? {} : { count }) });
  }

  /** Writes what has no form of its own in YAML, its loss reported before. */
  muted<T>(write: () => T): T {
    this.#muted++;
    try {
      return write();
    } finally {
      this.#muted--;
    }
  }
}
