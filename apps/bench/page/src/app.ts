import {
  fullestOf,
  type ReportModel,
  type Row,
  reportModel,
  type WorkloadResults,
  withPeers,
} from '../../src/report/model.js';
import { noiseOfCells } from '../../src/report/noise.js';
import type { CellRecord, ResultRecord } from '../../src/results/record.js';
import { acceptDrops } from './compare-drop.js';
import { drawContents, followScrolling } from './contents.js';
import { openDetails } from './details/dialog.js';
import { h } from './dom.js';
import { drawHeader } from './header.js';
import { LINK_EVENT } from './link.js';
import { looksOf } from './looks.js';
import { sections } from './sections/index.js';
import { hashOf, readState, type State } from './state.js';
import type { Section, View } from './view.js';

/** Room for the contents beside the page, from the width on where the style sheet shows them. */
const WIDEST_CHART = 1040;
const RESIZE_MS = 150;
const HEADER_USES: readonly (keyof State)[] = ['data', 'show', 'find', 'peers'];

/** Builds the page once; afterwards only those sections are drawn again that show what was changed. */
export function startApp(root: HTMLElement, given: readonly ResultRecord[]): void {
  let records = given;
  let model: ReportModel = reportModel(records);
  let look = looksOf(formatsOf(model));
  let state = readState();
  /** Section to show as soon as all above it have their height. */
  let pending = state.at;
  const all: readonly Section[] = sections({ replace });
  const dirty = new Set<Section>();
  const header = h('header', { class: 'top' });
  const nav = h('nav', { class: 'contents', 'aria-label': 'Contents' });
  const main = h('main', { id: 'main' }, ...all.map(({ element }) => element));
  root.replaceChildren(
    h('a', { class: 'skip', href: '#at=answer', onclick: skipToAnswer }, 'Skip to the answer'),
    header,
    h('div', { class: 'columns' }, nav, main),
  );

  refresh(all);
  if (pending !== '') flush();
  acceptDrops(all);
  followScrolling(nav, all);
  main.addEventListener(LINK_EVENT, (event) => {
    // Sent by a heading with its section's id.
    change({ at: (event as CustomEvent<string>).detail });
  });
  window.addEventListener('hashchange', () => {
    state = readState();
    pending = state.at;
    refresh(all);
    flush();
  });
  window.addEventListener('beforeprint', flush);
  let width = main.clientWidth;
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (main.clientWidth === width) return;
      width = main.clientWidth;
      refresh(all);
    }, RESIZE_MS);
  });

  function change(part: Partial<State>): void {
    const names = (Object.keys(part) as (keyof State)[]).filter((name) => part[name] !== state[name]);
    if (names.length === 0) return;
    state = { ...state, ...part };
    history.replaceState(null, '', hashOf(state));
    refresh(
      all.filter(({ uses }) => names.some((name) => uses.includes(name))),
      names,
    );
  }

  function replace(next: readonly ResultRecord[]): void {
    records = next;
    model = reportModel(records);
    look = looksOf(formatsOf(model));
    change({ data: '', cell: '' });
    refresh(all);
    scrollTo({ top: 0 });
  }

  /** What is on the screen is drawn at once, the rest when the browser has time. */
  function refresh(stale: readonly Section[], names?: readonly (keyof State)[]): void {
    const view = viewNow();
    if (view === undefined) {
      main.replaceChildren(h('p', { class: 'lead' }, 'No cell was measured in this run.'));
      return;
    }
    if (names === undefined || names.some((name) => HEADER_USES.includes(name))) drawHeader(header, view);
    if (names === undefined || names.includes('cell')) openDetails(view);
    for (const one of stale) dirty.add(one);
    root.dataset['ready'] = 'some';
    for (const one of dirty) if (isNear(one.element)) draw(one, view);
    whenIdle(drawNext);
  }

  function drawNext(deadline: IdleDeadline): void {
    const view = viewNow();
    if (view === undefined) return;
    for (const one of dirty) {
      draw(one, view);
      if (deadline.timeRemaining() < 4) break;
    }
    if (dirty.size > 0) whenIdle(drawNext);
    else finish();
  }

  function flush(): void {
    const view = viewNow();
    if (view !== undefined) for (const one of dirty) draw(one, view);
    finish();
  }

  function draw(one: Section, view: View): void {
    one.render(view);
    dirty.delete(one);
  }

  function finish(): void {
    root.dataset['ready'] = 'all';
    drawContents(nav, all, (id) => {
      change({ at: id });
      jump(id);
    });
    if (pending !== '') jump(pending);
    pending = '';
  }

  function viewNow(): View | undefined {
    const current = model.workloads.find(({ key }) => key === state.data) ?? fullestOf(model.workloads);
    if (current === undefined) return undefined;
    return {
      records,
      model,
      current,
      rows: shownRows(current, state),
      state,
      noise: noiseOfCells(records, cellsOf(current))?.share ?? 0,
      look,
      change,
      open: (cell: CellRecord) => change({ cell: cell.cell }),
      width: Math.min(WIDEST_CHART, Math.max(280, main.clientWidth)),
    };
  }
}

/** The address is the state's, so links within the page scroll by themselves. */
function jump(id: string): void {
  const target = document.getElementById(id);
  target?.scrollIntoView();
  target?.querySelector('h2')?.focus({ preventScroll: true });
}

function skipToAnswer(event: Event): void {
  event.preventDefault();
  jump('answer');
}

function cellsOf(results: WorkloadResults): CellRecord[] {
  return withPeers(results).flatMap(({ cells }) => [...cells.values()]);
}

/** Peers may have no record of their own. */
function formatsOf({ formats, workloads }: ReportModel): string[] {
  return [...formats, ...workloads.flatMap(withPeers)].map(({ format }) => format);
}

function shownRows(results: WorkloadResults, { show, find, peers }: State): readonly Row[] {
  const compression = results.rows.some((row) => row.compression === show) ? show : 'all';
  const wanted = find.trim().toLowerCase();
  return withPeers(results).filter(
    (row) =>
      (compression === 'all' || row.compression === compression) &&
      (peers !== 'no' || row.peer === undefined) &&
      row.label.toLowerCase().includes(wanted),
  );
}

function isNear(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return element.childElementCount > 0 && top < innerHeight && bottom > 0;
}

function whenIdle(call: (deadline: IdleDeadline) => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(call, { timeout: 500 });
  else setTimeout(() => call({ didTimeout: true, timeRemaining: () => 8 }), 16);
}
