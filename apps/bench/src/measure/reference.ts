import { median } from '../statistics/quantile.js';

const ROUNDS = 5;
const NUMBERS = 65_536;
const TEXTS = 400;
const COPIED_BYTES = 4 * 2 ** 20;

/**
 * Ms of work that has nothing to do with any format: arithmetic, text and copying, the median of five rounds. Done at
 * the start of each process, it tells how fast the machine was then: what it takes longer in one run than in another
 * is the machine's doing.
 */
export function referenceMs(): number {
  const times: number[] = [];
  let kept = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    kept += arithmetic() + text() + copying();
    times.push(performance.now() - start);
  }
  // Never true, but no compiler knows: the work cannot be left out.
  if (kept === -1) throw new RangeError('do reference work: the result is impossible');
  return median(times);
}

function arithmetic(): number {
  const numbers = new Float64Array(NUMBERS);
  let sum = 0;
  for (let pass = 0; pass < 4; pass++)
    for (let i = 0; i < NUMBERS; i++) {
      numbers[i] = numbers[i]! * 0.5 + i;
      sum += numbers[i]!;
    }
  return sum;
}

function text(): number {
  const rows = Array.from({ length: TEXTS }, (_, i) => ({ id: i, name: `name ${i}`, value: i / 3 }));
  return JSON.stringify(JSON.parse(JSON.stringify(rows))).length;
}

function copying(): number {
  const from = new Uint8Array(COPIED_BYTES).fill(1);
  return new Uint8Array(from).length;
}
