import type { Prediction } from '../results/record.js';

/** Before this share of its time a run may guess. */
const SETTLING_SHARE = 0.2;
/** Of the whole time: what is left at the very end is too short to be wrong about. */
const SHORT_SHARE = 0.02;

/** By which factor the time left was told wrong at worst, after the first fifth of a run of `totalMs`; at least 1. */
export function worstPrediction(predictions: readonly Prediction[], totalMs: number): number {
  const short = SHORT_SHARE * totalMs;
  let worst = 1;
  for (const [atMs, toldMs] of predictions) {
    if (atMs < SETTLING_SHARE * totalMs) continue;
    const left = Math.max(short, totalMs - atMs);
    const told = Math.max(short, toldMs);
    worst = Math.max(worst, left / told, told / left);
  }
  return worst;
}
