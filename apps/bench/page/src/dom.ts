export type Child = Node | string | number | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

const SVG = 'http://www.w3.org/2000/svg';

/** An element: attributes, handlers as `onclick`, text and elements as children. Text is never parsed as HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for a drawing. */
export function s<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children)
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child));
  return element;
}

/** A table with a caption for screen readers, in a box that scrolls sideways on narrow screens. */
export function dataTable(
  caption: string,
  head: readonly Child[],
  rows: readonly (readonly Child[])[],
  className = '',
): HTMLElement {
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      { class: className },
      h('caption', { class: 'hidden' }, caption),
      h('thead', {}, h('tr', {}, ...head.map(headCell))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map(bodyCell)))),
    ),
  );
}

function headCell(cell: Child): Node {
  return cell instanceof HTMLTableCellElement ? cell : h('th', { scope: 'col' }, cell);
}

function bodyCell(cell: Child, column: number): Node {
  if (cell instanceof HTMLTableCellElement) return cell;
  return column === 0 ? h('th', { scope: 'row' }, cell) : h('td', {}, cell);
}

export interface Option {
  readonly value: string;
  readonly title: string;
  readonly group?: string;
}

/** A labelled choice; `key` lets the focus find it again when its section is drawn anew. */
export function choice(
  key: string,
  label: string,
  options: readonly Option[],
  selected: string,
  onChange: (value: string) => void,
): HTMLElement {
  const select = h('select', {
    'data-key': key,
    onchange: (event) => onChange((event.currentTarget as HTMLSelectElement).value),
  });
  const groups = new Map<string, HTMLElement>();
  for (const { value, title, group } of options) {
    const option = h('option', { value, selected: value === selected }, title);
    if (group === undefined) {
      select.append(option);
      continue;
    }
    const box = groups.get(group) ?? h('optgroup', { label: group });
    if (!groups.has(group)) select.append(box);
    groups.set(group, box);
    box.append(option);
  }
  return h('label', { class: 'choice' }, h('span', {}, label), select);
}

export function checkbox(
  key: string,
  label: string,
  checked: boolean,
  onChange: (checked: boolean) => void,
): HTMLElement {
  const input = h('input', {
    type: 'checkbox',
    'data-key': key,
    checked,
    onchange: (event) => onChange((event.currentTarget as HTMLInputElement).checked),
  });
  return h('label', { class: 'choice' }, input, h('span', {}, label));
}

export function button(label: Child, onClick: () => void, className = 'button'): HTMLButtonElement {
  return h('button', { type: 'button', class: className, onclick: onClick }, label);
}

/** What is hidden until it is asked for. */
export function disclosure(summary: Child, ...children: readonly Child[]): HTMLDetailsElement {
  return h('details', { class: 'disclosure' }, h('summary', {}, summary), ...children);
}
