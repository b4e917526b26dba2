import { h } from './dom.js';
import type { Section } from './view.js';

/** Links to the sections that are there; the one on the screen is marked. */
export function drawContents(nav: HTMLElement, all: readonly Section[], go: (id: string) => void): void {
  const links = all
    .filter(({ element }) => !element.hidden)
    .map(({ id, title }) =>
      h(
        'li',
        {},
        h(
          'a',
          {
            href: `#at=${id}`,
            'data-for': id,
            onclick: (event) => {
              event.preventDefault();
              go(id);
            },
          },
          title,
        ),
      ),
    );
  nav.replaceChildren(h('ol', {}, ...links));
  mark(nav);
}

/** Marks the link of the section that fills the upper part of the screen. */
export function followScrolling(nav: HTMLElement, all: readonly Section[]): void {
  const seen = new Set<string>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) seen.add(target.id);
        else seen.delete(target.id);
      nav.dataset['current'] = all.find(({ id }) => seen.has(id))?.id ?? '';
      mark(nav);
    },
    { rootMargin: '-10% 0px -70% 0px' },
  );
  for (const { element } of all) observer.observe(element);
}

function mark(nav: HTMLElement): void {
  for (const link of nav.querySelectorAll<HTMLElement>('a[data-for]'))
    if (link.dataset['for'] === nav.dataset['current']) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
}
