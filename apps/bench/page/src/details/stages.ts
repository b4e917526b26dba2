import { formatMs, formatShare } from '../../../src/report/units.js';
import type { CellRecord } from '../../../src/results/record.js';
import { h } from '../dom.js';

const WORDS: Readonly<Record<string, string>> = {
  convert: 'converting the value',
  encode: 'encoding',
  write: 'writing the file',
  open: 'opening',
  read: 'reading the file',
  decode: 'decoding',
  materialise: 'making the values',
  load: 'loading the format’s code',
  work: 'the work itself',
};

/** The stages of the median as parts of one bar, each named with its share; stages not known here keep their name. */
export function stagesBar({ times }: CellRecord): HTMLElement | undefined {
  const stages = Object.entries(times?.stagesMs ?? {}).filter(([, ms]) => ms > 0);
  if (stages.length === 0) return undefined;
  const total = stages.reduce((sum, [, ms]) => sum + ms, 0);
  return h(
    'div',
    { class: 'stages' },
    h(
      'div',
      { class: 'stage-bar', 'aria-hidden': 'true' },
      ...stages.map(([, ms], i) => h('span', { class: `stage-${i % 4}`, style: `flex-grow:${ms / total}` })),
    ),
    h(
      'ul',
      { class: 'legend' },
      ...stages.map(([stage, ms], i) =>
        h(
          'li',
          {},
          h('i', { class: `swatch stage-${i % 4}`, 'aria-hidden': 'true' }),
          `${WORDS[stage] ?? stage}: `,
          h('b', {}, formatMs(ms)),
          ` (${formatShare(ms / total)})`,
        ),
      ),
    ),
  );
}
