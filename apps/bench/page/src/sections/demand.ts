import {
  DEFAULT_DEMAND,
  type Demand,
  rankByDemand,
  type Task,
  tasksOf,
  toldApart,
} from '../../../src/report/demand.js';
import { isExact } from '../../../src/report/picks.js';
import { formatRatio } from '../../../src/report/units.js';
import { button, checkbox, h } from '../dom.js';
import { heading } from '../link.js';
import { lead, type Section, type View } from '../view.js';
import { rankingList } from './ranking.js';
import { SLIDERS, type SliderName, slider, sliderTitle } from './sliders.js';

const PRESETS: readonly { readonly title: string; readonly demand: Partial<Demand> }[] = [
  { title: 'Mixed', demand: {} },
  { title: 'Written once, read often', demand: { writes: 1, reads: 10_000, singles: 0, appends: 0 } },
  { title: 'Looked up entry by entry', demand: { writes: 1, reads: 0, singles: 100_000, appends: 0 } },
  { title: 'A growing log', demand: { writes: 0, reads: 10, singles: 10, appends: 100_000 } },
  { title: 'An archive', demand: { writes: 1, reads: 0, singles: 0, appends: 0 } },
  {
    title: 'Sent over a network',
    demand: { writes: 100, reads: 10_000, singles: 0, appends: 0, bandwidth: 12_500_000 },
  },
];

/** The reader's own workload: sliders that rank the rows at once. The sliders stay, only the ranking is drawn anew. */
export function demand(): Section {
  const inputs = h('div', { class: 'sliders' });
  const presets = h('div', { class: 'presets', role: 'group', 'aria-label': 'Typical workloads' });
  const result = h('div', { class: 'ranking' });
  const spoken = h('p', { class: 'hidden', role: 'status' });
  const options = h('div', { class: 'controls' });
  const introduction = lead();
  const element = h(
    'section',
    { id: 'demand', 'aria-labelledby': 'demand-title' },
    heading('demand', 'Your own workload'),
    introduction,
    presets,
    h('div', { class: 'demand' }, h('div', {}, inputs, options), result),
    spoken,
  );
  let drawnFor: string | undefined;
  let latest: View | undefined;

  function render(view: View): void {
    latest = view;
    const tasks = tasksOf(view.current.operations);
    if (drawnFor !== view.current.key) {
      drawnFor = view.current.key;
      introduction.textContent =
        'How often in a month is one such file written, read, looked into and added to? The rows are ranked by what that costs in time and storage.';
      drawInputs(view, tasks);
    }
    for (const input of inputs.querySelectorAll<HTMLInputElement>('input'))
      input.dispatchEvent(new Event('set'));
    drawPresets(view);
    options.replaceChildren(
      checkbox('lossy', 'count formats that lose values too', view.state.lossy !== '', (checked) =>
        view.change({ lossy: checked ? 'yes' : '' }),
      ),
    );
    drawRanking(view, tasks);
  }

  function drawInputs(view: View, tasks: readonly Task[]): void {
    const names = (Object.keys(SLIDERS) as SliderName[]).filter(
      (name) => !isTask(name) || tasks.some(({ id }) => id === name),
    );
    inputs.replaceChildren(
      ...names.map((name) =>
        slider(
          name,
          sliderTitle(name, tasks),
          () => latest!.state[name],
          (value) => view.change({ [name]: value }),
        ),
      ),
    );
  }

  function drawPresets(view: View): void {
    const focused = [...presets.children].indexOf(document.activeElement ?? presets);
    presets.replaceChildren(
      ...PRESETS.map(({ title, demand: part }) => {
        const wanted: Demand = { ...DEFAULT_DEMAND, ...part };
        const pressed = (Object.keys(wanted) as (keyof Demand)[]).every(
          (name) => wanted[name] === view.state[name],
        );
        const element = button(title, () => view.change(wanted), 'chip');
        element.setAttribute('aria-pressed', String(pressed));
        return element;
      }),
    );
    if (focused >= 0) (presets.children[focused] as HTMLElement).focus();
  }

  function drawRanking(view: View, tasks: readonly Task[]): void {
    const wanted = view.state.find.trim().toLowerCase();
    const named = view.current.rows.filter((row) => row.label.toLowerCase().includes(wanted));
    const exact = named.filter(isExact);
    const rows = view.state.lossy === '' && exact.length > 0 ? exact : named;
    const ranking = rankByDemand(rows, tasks, view.state);
    const [best, second] = ranking.costs;
    spoken.textContent =
      best === undefined
        ? 'No format can do all of this'
        : `Best now: ${best.row.label}${second === undefined ? '' : `; ${second.row.label} costs ${formatRatio(second.total / best.total)} as much${toldApart(best, second, view.noise) ? '' : ', which cannot be told apart'}`}`;
    rankingList(result, ranking, tasks, named.length - rows.length, view);
  }

  return {
    id: 'demand',
    title: 'Your own workload',
    element,
    uses: ['data', 'find', 'lossy', ...(Object.keys(SLIDERS) as SliderName[])],
    render,
  };
}

function isTask(name: SliderName): boolean {
  return SLIDERS[name].task;
}
