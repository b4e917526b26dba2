import { writeFileSync } from 'node:fs';
import pc from 'picocolors';
import { differenceOf } from '../report/difference.js';
import { driftOf } from '../report/drift.js';
import { noiseOf } from '../report/noise.js';
import { hasRegression, renderCompare } from '../report/render-compare.js';
import { formatMs } from '../report/units.js';
import { readResults } from '../results/results-file.js';

/** Says what the new run does worse than the base; exit code 1 where it does. @throws FormatError */
export function compare(base: string, next: string, flags: { readonly markdown?: string }): void {
  const [before, after] = [readResults(base), readResults(next)];
  const noise = Math.max(noiseOf(before)?.share ?? 0, noiseOf(after)?.share ?? 0);
  const drift = driftOf(before, after);
  const difference = differenceOf(before, after, noise, { drift: drift.ratio });
  const text = renderCompare(difference, noise, drift);
  if (flags.markdown === undefined) console.log(text);
  else {
    writeFileSync(flags.markdown, text);
    for (const { base: one, next: other, ratio, verdict } of difference.changes) {
      const times = [one, other].map(({ times: t, status }) => (t === null ? status : formatMs(t.medianMs)));
      const line = `${verdict}: ${one.cell}: ${times.join(' → ')}${ratio === undefined ? '' : `, ${ratio.toFixed(2)}`}`;
      if (verdict === 'slower' || verdict === 'broken') console.log(pc.red(line));
      if (verdict === 'faster' || verdict === 'mended') console.log(pc.green(line));
    }
    console.log(`comparison: ${flags.markdown}`);
  }
  if (hasRegression(difference)) process.exitCode = 1;
}
