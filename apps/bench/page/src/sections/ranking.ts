import { type Cost, type PartId, type Ranking, type Task, toldApart } from '../../../src/report/demand.js';
import { OPERATION_TITLES } from '../../../src/report/operations.js';
import { isExact } from '../../../src/report/picks.js';
import { formatDollars, formatMs, formatRatio, formatShare } from '../../../src/report/units.js';
import { type Child, disclosure, h } from '../dom.js';
import { glyph } from '../looks.js';
import type { View } from '../view.js';

/** Rows that are shown before "more" is asked for. */
const SHOWN = 10;
/** Prices are told for so many files: those of one are tiny. */
const FILES = 1000;
const MOVE_MS = 220;
const PARTS: readonly PartId[] = ['writes', 'reads', 'singles', 'appends', 'transfer', 'storage'];

/** Bars of what each row costs, cheapest first, in their parts. Rows that change places slide there. */
export function rankingList(
  box: HTMLElement,
  { costs, leftOut }: Ranking,
  tasks: readonly Task[],
  lossyLeftOut: number,
  view: View,
): void {
  const before = places(box);
  const open = new Set([...box.querySelectorAll('details[open]')].map(({ id }) => id));
  const [best] = costs;
  const items = (from: number, to?: number): HTMLElement[] =>
    costs
      .slice(from, to)
      .map((cost, i) => item(cost, from + i, best!, costs[SHOWN - 1] ?? costs.at(-1)!, tasks, view));
  box.replaceChildren(
    h('h3', {}, `What ${FILES.toLocaleString('en-US')} such files cost in a month`),
    legend(tasks, costs),
    costs.length === 0
      ? h('p', {}, 'No format can do all of this.')
      : h('ol', { class: 'bars' }, ...items(0, SHOWN)),
    ...(costs.length > SHOWN
      ? [
          more('more', `${costs.length - SHOWN} more`, open, () =>
            h('ol', { class: 'bars', start: SHOWN + 1 }, ...items(SHOWN)),
          ),
        ]
      : []),
    ...(leftOut.length > 0
      ? [
          more(
            'left-out',
            `${leftOut.length} left out: not able to do all of this, or not measured`,
            open,
            () =>
              h(
                'ul',
                {},
                ...leftOut.map(({ row, reason }) => h('li', {}, h('b', {}, row.label), `: ${reason}`)),
              ),
          ),
        ]
      : []),
    ...(lossyLeftOut > 0
      ? [h('p', { class: 'note' }, `${lossyLeftOut} that lose values are left out.`)]
      : []),
    ...(costs.some(({ estimated }) => estimated.length > 0)
      ? [
          h(
            'p',
            { class: 'note' },
            '≈ A compressed file is read whole for one entry, and written whole to add one: reckoned from those times.',
          ),
        ]
      : []),
  );
  slide(box, before);
}

function item(
  cost: Cost,
  place: number,
  best: Cost,
  longest: Cost,
  tasks: readonly Task[],
  view: View,
): HTMLElement {
  const share = (part: number): string => `${Math.min(100, (100 * part) / longest.total)}%`;
  const parts = PARTS.filter((part) => cost.parts[part] > 0);
  const tied = place > 0 && !toldApart(best, cost, view.noise);
  const bar = h('span', { class: 'bar', 'aria-hidden': 'true' });
  for (const part of parts)
    bar.append(h('span', { class: `part part-${part}`, style: `width:${share(cost.parts[part])}` }));
  const [main] = [...parts].sort((a, b) => cost.parts[b] - cost.parts[a]);
  const mainly =
    main === undefined
      ? ''
      : `${formatShare(cost.parts[main] / cost.total)} of it for ${partTitle(main, tasks)} · `;
  const cell = [...cost.row.cells.values()][0];
  return h(
    'li',
    { 'data-row': cost.row.label },
    h(
      'button',
      {
        type: 'button',
        class: 'bar-row',
        title: detail(cost, tasks),
        onclick: () => cell && view.open(cell),
      },
      h('span', { class: 'name' }, glyph(view.look(cost.row.format)), cost.row.label),
      h(
        'span',
        { class: 'price' },
        h('b', {}, `${cost.estimated.length > 0 ? '≈ ' : ''}${formatDollars(FILES * cost.total)}`),
        h(
          'small',
          {},
          place === 0
            ? ' best'
            : ` ${formatRatio(cost.total / best.total)}${tied && cost.interval !== null ? ', tied' : ''}`,
        ),
      ),
      bar,
      h('small', { class: 'mainly' }, `${mainly}${formatMs(cost.ms)} of time a file`, lossNote(cost)),
    ),
  );
}

function lossNote({ row }: Cost): Child {
  return isExact(row) ? null : h('span', { class: 'warn' }, ' · loses values');
}

function detail(cost: Cost, tasks: readonly Task[]): string {
  return PARTS.filter((part) => cost.parts[part] > 0)
    .map((part) => `${partTitle(part, tasks)} ${formatDollars(FILES * cost.parts[part])}`)
    .join('\n');
}

function legend(tasks: readonly Task[], costs: readonly Cost[]): HTMLElement {
  const used = PARTS.filter((part) => costs.some((cost) => cost.parts[part] > 0));
  return h(
    'p',
    { class: 'legend' },
    ...used.map((part) =>
      h('span', {}, h('i', { class: `swatch part-${part}`, 'aria-hidden': 'true' }), partTitle(part, tasks)),
    ),
  );
}

function partTitle(part: PartId, tasks: readonly Task[]): string {
  if (part === 'transfer' || part === 'storage') return part;
  const operation = tasks.find(({ id }) => id === part)?.operation;
  return operation === undefined ? part : OPERATION_TITLES[operation];
}

/** Its content is made when it is opened: a slider that is moved makes the list anew many times. */
function more(id: string, title: string, open: ReadonlySet<string>, content: () => HTMLElement): HTMLElement {
  const details = disclosure(title);
  details.id = `ranking-${id}`;
  const fill = (): void => {
    if (details.childElementCount === 1) details.append(content());
  };
  details.addEventListener('toggle', fill);
  if (open.has(details.id)) {
    fill();
    details.open = true;
  }
  return details;
}

function places(box: HTMLElement): Map<string, number> {
  return new Map(rows(box).map((row) => [row.dataset['row']!, row.offsetTop]));
}

function slide(box: HTMLElement, before: ReadonlyMap<string, number>): void {
  if (before.size === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  // All places are read before anything is animated: one layout.
  const moves = rows(box).map((row) => ({
    row,
    by: (before.get(row.dataset['row']!) ?? row.offsetTop) - row.offsetTop,
  }));
  for (const { row, by } of moves.slice(0, SHOWN))
    if (by !== 0)
      row.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], {
        duration: MOVE_MS,
        easing: 'ease-out',
      });
}

function rows(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>('[data-row]')];
}
