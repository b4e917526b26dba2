import type { Tried } from './every-write.js';
import type { Killed } from './kills.js';

/** A line a format, in Markdown. */
export function tableOf(tried: readonly Tried[], killed: readonly Killed[]): string {
  const head = [
    'format',
    'append',
    'update',
    'remove',
    'deaths at writes',
    'kills',
    'within a write',
    'lost or wrong',
  ];
  const rows = killed.map(({ format, kills, within, problems }) => {
    const mine = tried.filter(({ scenario }) => scenario.format === format);
    const deaths = mine.reduce((sum, each) => sum + each.old + each.new + each.problems.length, 0);
    const wrong = mine.reduce((sum, each) => sum + each.problems.length, problems.length);
    const way = (kind: string): string => wayOf(mine.filter(({ scenario }) => scenario.kind === kind));
    return [format, way('append'), way('update'), way('remove'), deaths, kills, within, wrong];
  });
  return [head, ['---', '---', '---', '---', '--:', '--:', '--:', '--:'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** In place under a journal, or written anew and renamed. */
function wayOf(tried: readonly Tried[]): string {
  const ways = new Set(
    tried.map(({ inPlace, operations }) => (inPlace && operations > 1 ? 'journal' : 'rename')),
  );
  return ways.size === 0 ? '–' : [...ways].sort().join(', ');
}
