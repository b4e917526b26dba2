import { h } from './dom.js';
import type { Section } from './view.js';

/** Section that files are given to. */
export const FILES_EVENT = 'formatlab-files';

/** Takes a results file that is dropped anywhere on the page and gives it to the section that compares. */
export function acceptDrops(all: readonly Section[]): void {
  const target = all.find(({ id }) => id === 'compare')?.element;
  if (target === undefined) return;
  const veil = h(
    'div',
    { class: 'veil', hidden: true },
    h('p', {}, 'Drop the results.jsonl of another run to compare'),
  );
  document.body.append(veil);
  let depth = 0;
  const show = (change: number): void => {
    depth = Math.max(0, depth + change);
    veil.hidden = depth === 0;
  };
  addEventListener('dragenter', (event) => {
    if (event.dataTransfer?.types.includes('Files')) show(1);
  });
  addEventListener('dragleave', () => show(-1));
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    show(-depth);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) target.dispatchEvent(new CustomEvent(FILES_EVENT, { detail: files }));
  });
}
