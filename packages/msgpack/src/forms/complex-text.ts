import { Tagged, type Value } from '@formatlab/core';

/**
 * `(1.5-2j)`, as Python writes a complex number and msgpack-numpy stores it. Undefined for other tags, and where
 * the text would not give back every bit (a NaN with a sign or payload is a NaN all the same).
 */
export function complexText(tagged: Tagged): string | undefined {
  const { tag, value, attributes } = tagged;
  if (tag !== 'complex' || attributes !== undefined || !Array.isArray(value) || value.length !== 2)
    return undefined;
  const [real, imaginary] = value as readonly Value[];
  if (typeof real !== 'number' || typeof imaginary !== 'number') return undefined;
  const second = part(imaginary);
  return `(${part(real)}${second.startsWith('-') ? '' : '+'}${second}j)`;
}

/** The number that Python's `repr` of a complex number says: `(1+2j)`, `-0j`, `(nan+infj)`. */
export function parseComplex(text: string): Tagged | undefined {
  const number = String.raw`(?:\d+\.?\d*(?:e[+-]?\d+)?|inf|nan)`;
  const match = new RegExp(`^(?:\\(([+-]?${number})([+-]${number})j\\)|([+-]?${number})j)$`).exec(text);
  if (match === null) return undefined;
  return new Tagged('complex', [
    match[1] === undefined ? 0 : numberOf(match[1]),
    numberOf((match[2] ?? match[3])!),
  ]);
}

function part(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isNaN(value)) return 'nan';
  return String(value).replace('Infinity', 'inf');
}

function numberOf(text: string): number {
  return Number(text.replace('inf', 'Infinity').replace(/[+-]?nan/, 'NaN'));
}
