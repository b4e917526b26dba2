/**
 * A value is recognised by a registered symbol, never by a property that data from a file could carry, and
 * across copies of this package.
 */
export const BRAND: unique symbol = Symbol.for('formatlab.value');

export function brandOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as { readonly [BRAND]?: string })[BRAND];
}
