type Child = Node | string | number | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>;

/** An element: attributes, handlers as `onclick`, text and elements as children. Text is never parsed as HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
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
      h('thead', {}, h('tr', {}, ...head.map((cell) => h('th', { scope: 'col' }, cell)))),
      h(
        'tbody',
        {},
        ...rows.map((row) =>
          h(
            'tr',
            {},
            ...row.map((cell, i) =>
              cell instanceof HTMLTableCellElement
                ? cell
                : i === 0
                  ? h('th', { scope: 'row' }, cell)
                  : h('td', {}, cell),
            ),
          ),
        ),
      ),
    ),
  );
}

/** A labelled choice. */
export function choice(
  label: string,
  options: readonly { readonly value: string; readonly title: string }[],
  selected: string,
  onChange: (value: string) => void,
): HTMLElement {
  const select = h('select', { onchange: (event) => onChange((event.target as HTMLSelectElement).value) });
  for (const { value, title } of options)
    select.append(h('option', { value, selected: value === selected }, title));
  return h('label', { class: 'choice' }, h('span', {}, label), select);
}

export function section(id: string, title: string, lead: string, ...children: readonly Child[]): HTMLElement {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    lead === '' ? null : h('p', { class: 'lead' }, lead),
    ...children,
  );
}
