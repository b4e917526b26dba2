import type { Row } from '../../src/report/model.js';
import { h } from './dom.js';
import { glyph } from './looks.js';
import type { View } from './view.js';

/** What a chart calls a row: a peer with its language, so that nobody takes it for one of ours. */
export function nameOf(row: Row): string {
  return row.peer === undefined ? row.label : `${row.peer} [${languageOf(row)}]`;
}

/** The head of a row in a table. */
export function rowHead(row: Row, view: View): HTMLElement {
  return h(
    'th',
    { scope: 'row' },
    glyph(view.look(row.format), row.peer === undefined),
    row.peer ?? row.label,
    peerMark(row),
  );
}

/** Reading and writing plain bytes: no format can be faster. */
export function isRawFile({ peer, format }: Row): boolean {
  return peer !== undefined && format === 'raw';
}

function peerMark(row: Row): HTMLElement | undefined {
  if (row.peer === undefined) return undefined;
  const { versions } = [...row.cells.values()][0]!;
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const what = isRawFile(row) ? 'as many bytes without a format' : `a library of others on ${row.format}`;
  return h(
    'span',
    { class: 'peer', title: `For comparison: ${what}; ${all.join(', ')}` },
    `${languageOf(row)} peer`,
  );
}

function languageOf({ cells }: Row): string {
  const versions = [...cells.values()][0]?.versions ?? {};
  return Object.hasOwn(versions, 'python') ? 'Python' : 'JavaScript';
}
