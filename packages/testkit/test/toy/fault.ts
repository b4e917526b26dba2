import type { Format } from '@formatlab/core';

/** A mistake planted into the toy. */
export interface Fault {
  readonly name: string;
  readonly format: Format;
  /** Tests of the kit that must fail because of it. */
  readonly caughtBy: readonly string[];
  /** What their message says. */
  readonly says: RegExp;
  readonly afterwards?: () => void;
}
