import { h } from './dom.js';

/** Sent by the sign beside a heading: the address shall name its section, and be copied. */
export const LINK_EVENT = 'formatlab-link';
const SHOWN_MS = 2000;

/** A heading with a sign that copies a link to its section. */
export function heading(id: string, title: string): HTMLElement {
  const sign = h(
    'a',
    {
      class: 'anchor',
      href: `#at=${id}`,
      'aria-label': `Copy a link to: ${title}`,
      title: 'Copy a link to this section, with all that is chosen',
      onclick: (event) => {
        event.preventDefault();
        sign.dispatchEvent(new CustomEvent(LINK_EVENT, { detail: id, bubbles: true }));
        copyAddress(sign);
      },
    },
    '#',
  );
  return h('div', { class: 'heading' }, h('h2', { id: `${id}-title`, tabindex: -1 }, title), sign);
}

/** Copies the address, which holds all that was chosen, and says so on the element for a while. */
export function copyAddress(element: HTMLElement): void {
  copyText(location.href, element, 'Link copied', 'The link stands in the address bar');
}

export function copyText(text: string, element: HTMLElement, done: string, refused: string): void {
  const before = element.dataset['label'] ?? element.textContent ?? '';
  element.dataset['label'] = before;
  const say = (said: string): void => {
    element.textContent = said;
    setTimeout(() => {
      element.textContent = before;
    }, SHOWN_MS);
  };
  // A browser may have no clipboard for a page, or refuse it.
  const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
  written.then(
    () => say(done),
    () => say(refused),
  );
}
