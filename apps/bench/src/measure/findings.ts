import type { Difference, Loss } from '@formatlab/core';
import type { OperationId } from '../results/record.js';

/** What the check of one operation found. */
export interface Findings {
  readonly losses: readonly Loss[];
  /** Which of the workload's ways to a single entry was right. */
  readonly way?: number;
  /** Set where the result is not what it has to be. */
  readonly wrong?: string | undefined;
}

/** Does an operation once and compares. What it throws is the operation's failure. */
export type Check = (operation: OperationId) => Promise<Findings>;

/** `came back different at /a/3: 1 became 2`, or undefined for no difference. */
export function wrongValue(action: string, difference: Difference | undefined): string | undefined {
  if (difference === undefined) return undefined;
  return `${action} '${difference.path}': ${difference.left} came back as ${difference.right}`;
}

/** Whether a reported loss speaks of the place of the difference, of something in it, or of what holds it. */
export function isExplained(difference: Difference, losses: readonly Loss[]): boolean {
  const within = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
  return losses.some(({ path }) => within(difference.path, path) || within(path, difference.path));
}
