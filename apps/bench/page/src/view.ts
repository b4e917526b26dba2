import type { ReportModel, Row, WorkloadResults } from '../../src/report/model.js';
import type { CellRecord, ResultRecord } from '../../src/results/record.js';
import { type Child, h } from './dom.js';
import { heading } from './link.js';
import type { Looks } from './looks.js';
import type { State } from './state.js';

/** What a section draws from. */
export interface View {
  readonly records: readonly ResultRecord[];
  readonly model: ReportModel;
  readonly current: WorkloadResults;
  /** Rows of `current` that the tool bar shows. */
  readonly rows: readonly Row[];
  readonly state: State;
  /** Share below which nothing is told apart. */
  readonly noise: number;
  readonly look: Looks;
  readonly change: (part: Partial<State>) => void;
  readonly open: (cell: CellRecord) => void;
  /** Pixels across that a chart may take. */
  readonly width: number;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly element: HTMLElement;
  /** Fields of the state that it shows; it is drawn again when one of them changes. */
  readonly uses: readonly (keyof State)[];
  /** Undefined hides the section. */
  readonly render: (view: View) => void;
}

/** A section that is drawn anew as a whole. `draw` gives nothing where the data has nothing for it. */
export function section(
  id: string,
  title: string,
  uses: readonly (keyof State)[],
  draw: (view: View) => readonly Child[],
): Section {
  const body = h('div', {});
  const element = h('section', { id, 'aria-labelledby': `${id}-title` }, heading(id, title), body);
  return {
    id,
    title,
    element,
    uses: ['data', ...uses],
    render(view) {
      const key = focusedKey(body);
      const children = draw(view);
      body.replaceChildren(...present(children));
      element.hidden = children.length === 0;
      if (key !== undefined) body.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
    },
  };
}

export function lead(...children: readonly Child[]): HTMLElement {
  return h('p', { class: 'lead' }, ...children);
}

export function figure(...children: readonly Child[]): HTMLElement {
  return h('figure', {}, ...children);
}

export function controls(...children: readonly Child[]): HTMLElement {
  return h('div', { class: 'controls' }, ...children);
}

function focusedKey(body: HTMLElement): string | undefined {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !body.contains(active)) return undefined;
  return active.dataset['key'];
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child) =>
    child === null || child === undefined || child === false
      ? []
      : [child instanceof Node ? child : String(child)],
  );
}
