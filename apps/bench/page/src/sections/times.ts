import { type Row, standings } from '../../../src/report/model.js';
import { OPERATION_TITLES } from '../../../src/report/operations.js';
import { formatShare } from '../../../src/report/units.js';
import { timesChart } from '../charts/times.js';
import { choice, h } from '../dom.js';
import { isRawFile } from '../rows.js';
import { controls, figure, lead, type Section, section } from '../view.js';

/** The medians of one operation, with their intervals and the first call. */
export function times(): Section {
  return section(
    'times',
    'One operation, with its intervals',
    ['show', 'find', 'peers', 'operation'],
    (view) => {
      const { operations } = view.current;
      const operation = operations.find((one) => one === view.state.operation) ?? operations[0];
      if (operation === undefined) return [];
      const options = operations.map((value) => ({ value, title: OPERATION_TITLES[value] }));
      const ranked = standings(view.rows, operation, view.noise);
      return [
        lead(
          `Medians of fresh processes with their 95 % intervals. The ring is the first call in a new process, library start-up included: what a command-line user feels.${view.noise > 0 ? ` Noise: ${formatShare(view.noise)}.` : ''}${rawText([...ranked.keys()])}`,
        ),
        controls(
          choice('operation', 'Operation', options, operation, (value) => view.change({ operation: value })),
        ),
        ranked.size === 0 ? h('p', {}, 'No row has a time for this.') : figure(timesChart(ranked, view)),
      ];
    },
  );
}

function rawText(rows: readonly Row[]): string {
  return rows.some(isRawFile) ? ' The dashed line is plain bytes through the file system: the limit.' : '';
}
