import { type Change, type Difference, isLarge } from './difference.js';
import type { Drift } from './drift.js';
import { formatBytes, formatMs, formatRatio, formatShare } from './units.js';

/** What changed between two runs, in Markdown for a pull request: regressions first. */
export function renderCompare(
  difference: Difference,
  noise: number,
  drift: Drift = { ratio: 1, known: false, restarted: false },
): string {
  const { changes } = difference;
  const of = (...verdicts: readonly Change['verdict'][]): Change[] =>
    changes
      .filter(({ verdict }) => verdicts.includes(verdict))
      .sort((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0));
  const worse = of('slower', 'broken');
  const better = of('faster', 'mended');
  const unclear = of('same', 'unknown').filter(({ ratio }) => ratio !== undefined && isLarge(ratio, noise));
  const sizes = changes.filter(({ size }) => size !== undefined && size !== 1);
  const same = of('same').length;
  return [
    '# Two runs compared',
    `${changes.length} cells in both: ${worse.length} worse, ${better.length} better, ${same} without a difference that can be claimed, ${of('unknown').length} that cannot be compared. A difference counts when the 95 % interval of the ratio excludes 1 and it exceeds both 5 % and the noise floor (${formatShare(noise)}), and it stands among as many comparisons (Holm).`,
    ...machineLines(difference, drift),
    ...onlyIn(difference),
    ...table('Worse', worse),
    ...table('Better', better),
    ...table('Not told apart, though the medians differ: measure again with more processes', unclear),
    ...sizeTable(sizes),
    '',
  ].join('\n\n');
}

/** Whether the new run is worse than the base. */
export function hasRegression({ changes }: Difference): boolean {
  return changes.some(({ verdict }) => verdict === 'slower' || verdict === 'broken');
}

function machineLines({ sameMachine, changes }: Difference, { ratio, known, restarted }: Drift): string[] {
  const apart = changes.filter(({ base, next }) => base.machine !== next.machine).length;
  const lines = sameMachine
    ? []
    : [
        `The runs are from different machines: of ${apart} cells only sizes and bytes are compared, times are not.`,
      ];
  if (apart === changes.length) return lines;
  if (known)
    lines.push(
      `Work that has nothing to do with formats took ${formatRatio(ratio)} as long in the new run: every interval is widened by that.`,
    );
  if (restarted)
    lines.push(
      'The machines look alike but were started at different times: the same one, or two of a make.',
    );
  return lines;
}

function onlyIn({ onlyBase, onlyNext }: Difference): string[] {
  if (onlyBase === 0 && onlyNext === 0) return [];
  return [`${onlyBase} cells are only in the base, ${onlyNext} only in the new run.`];
}

function table(title: string, changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ base, next, ratio, interval, verdict }) => [
    `\`${base.cell}\``,
    base.times === null ? base.status : formatMs(base.times.medianMs),
    next.times === null ? `${next.status}: ${next.reason ?? ''}` : formatMs(next.times.medianMs),
    ratio === undefined
      ? verdict
      : `${ratio.toFixed(2)} (${interval?.map((end) => end.toFixed(2)).join('–') ?? 'no interval'})`,
  ]);
  return [
    `## ${title}`,
    lines([['cell', 'base', 'new', 'ratio (95 %)'], ['---', '---:', '---:', '---:'], ...rows]),
  ];
}

function sizeTable(changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ base, next, size }) => [
    `\`${base.cell}\``,
    formatBytes(base.file!.bytes),
    formatBytes(next.file!.bytes),
    size!.toFixed(4),
  ]);
  return [
    '## Sizes of files',
    lines([['cell', 'base', 'new', 'ratio'], ['---', '---:', '---:', '---:'], ...rows]),
  ];
}

function lines(rows: readonly (readonly string[])[]): string {
  return rows
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
