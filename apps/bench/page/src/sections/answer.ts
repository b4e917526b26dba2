import { fidelityOf } from '../../../src/report/losses.js';
import { type Level, type Pick, picksOf } from '../../../src/report/picks.js';
import { sizedRows } from '../../../src/report/sizes.js';
import { formatBytes, formatCount, formatShare } from '../../../src/report/units.js';
import { button, h } from '../dom.js';
import { glyph } from '../looks.js';
import { lead, type Section, section, type View } from '../view.js';

const LEVELS: Readonly<Record<Level, { readonly marks: number; readonly word: string }>> = {
  sure: { marks: 3, word: 'sure' },
  likely: { marks: 2, word: 'likely' },
  tie: { marks: 1, word: 'a tie' },
  unknown: { marks: 0, word: 'not known' },
};

/** Three picks, each with its reason and how sure it is. */
export function answer(): Section {
  return section('answer', 'The answer for this data', [], (view) => {
    const { workload } = view.current;
    const picks = picksOf(view.current, view.noise, sizedRows(view.model, view.current));
    const entries = workload.dataset.entries;
    return [
      lead(
        `${workload.title.charAt(0).toUpperCase()}${workload.title.slice(1)}: ${formatBytes(workload.dataset.bytes)} of values${entries > 1 ? `, ${formatCount(entries)} entries` : ''}. ${someExact(view) ? 'Formats that lose values are left out.' : 'Every format loses something of it.'} ${noiseText(view)}`,
      ),
      picks.length === 0
        ? h('p', {}, 'No format could do this; the reasons stand in the matrix below.')
        : h('div', { class: 'picks' }, ...picks.map((pick) => card(pick, view))),
    ];
  });
}

function card(pick: Pick, view: View): HTMLElement {
  const { marks, word } = LEVELS[pick.level];
  const cell = [...pick.row.cells.values()].find(({ times }) => times !== null);
  const lost = fidelityOf(pick.row).verdict === 'lossy';
  return h(
    'article',
    { class: 'pick' },
    h('h3', {}, pick.title),
    h('p', { class: 'winner' }, glyph(view.look(pick.row.format)), pick.row.label),
    h('p', { class: 'why' }, together(pick.why)),
    h(
      'p',
      { class: 'confidence' },
      h('span', { class: 'meter', 'aria-hidden': 'true' }, '●'.repeat(marks) + '○'.repeat(3 - marks)),
      h('strong', {}, word.charAt(0).toUpperCase() + word.slice(1)),
      `: ${together(pick.confidence)}`,
    ),
    lost && h('p', { class: 'warn' }, 'Loses values, as every format here does'),
    cell !== undefined && button('How it was measured', () => view.open(cell), 'link'),
  );
}

/** No line ends between a number and its unit. */
function together(text: string): string {
  return text.replace(/(\d) (?=[%×µmskMGB])/g, '$1\u00a0');
}

function noiseText({ noise }: View): string {
  return noise === 0
    ? 'The noise of this run was not measured.'
    : `Differences under ${formatShare(noise)} are noise here.`;
}

function someExact({ current }: View): boolean {
  return current.rows.some((row) => fidelityOf(row).verdict === 'exact');
}
