/**
 * Which of several hypotheses are rejected so that in 95 of 100 families none is rejected wrongly (Holm 1979, "A
 * Simple Sequentially Rejective Multiple Test Procedure"). It asks nothing of how the tests depend on each other.
 *
 * @param chances p-value of each
 */
export function holmRejects(chances: readonly number[], level = 0.05): boolean[] {
  const order = chances.map((_, i) => i).sort((a, b) => chances[a]! - chances[b]!);
  const rejects = chances.map(() => false);
  for (const [rank, i] of order.entries()) {
    if (chances[i]! > level / (chances.length - rank)) break;
    rejects[i] = true;
  }
  return rejects;
}
