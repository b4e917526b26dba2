import { readFileSync, writeFileSync } from 'node:fs';
import type { CaseResult } from './run-cases.js';

/** Right or refused, and how many there are. */
export type Count = readonly [number, number];

export interface Score {
  readonly valid: Count;
  readonly invalid: Count;
  readonly peer?: { readonly name: string; readonly valid: Count; readonly invalid: Count };
}

export type Scoreboard = Readonly<Record<string, Score>>;

const BEGIN = '<!-- generated:corpora -->';
const END = '<!-- /generated:corpora -->';

export function scoreOf(results: readonly CaseResult[]): { valid: Count; invalid: Count } {
  return { valid: count(results, 'valid'), invalid: count(results, 'invalid') };
}

/** A Markdown table, one row a format. */
export function tableOf(board: Scoreboard): string {
  const rows = Object.entries(board).map(([format, { valid, invalid, peer }]) =>
    row(
      format,
      share(valid),
      share(invalid),
      peer?.name ?? '–',
      peer === undefined ? '–' : share(peer.valid),
      peer === undefined ? '–' : share(peer.invalid),
    ),
  );
  return [
    row('format', 'right values', 'damaged, refused', 'peer', 'its right values', 'its refusals'),
    row('---', '--:', '--:', '---', '--:', '--:'),
    ...rows,
  ].join('\n');
}

/** Writes the table between the markers of a README. @throws Error where there are none */
export function writeInto(readme: string, board: Scoreboard): void {
  const text = readFileSync(readme, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`write the scoreboard into '${readme}': it has no markers`);
  const table = `${BEGIN}\n\n${tableOf(board)}\n\n`;
  writeFileSync(readme, text.slice(0, begin) + table + text.slice(end));
}

function count(results: readonly CaseResult[], kind: string): Count {
  const all = results.filter((result) => result.kind === kind);
  return [all.filter(({ problem }) => problem === null).length, all.length];
}

function share([right, all]: Count): string {
  return all === 0 ? '–' : `${right} of ${all}`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
