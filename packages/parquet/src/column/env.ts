import type { Context } from '@formatlab/core';

/** What decoding needs of a call. */
export type ReadEnv = Pick<Context<unknown>, 'budget' | 'progress'> & {
  /** Whether pages that carry a checksum are checked. */
  readonly verify: boolean;
  /** Written by FormatLab with checksums: stricter rules hold. */
  readonly own: boolean;
};
