import type { Name } from './names.js';

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

interface Undo {
  readonly depth: number;
  readonly prefix: string;
  readonly before: string | undefined;
}

/** The prefixes that are bound where the scanner stands (Namespaces in XML 1.0, third edition). */
export class Namespaces {
  readonly #bound = new Map<string, string>([
    ['xml', XML_NAMESPACE],
    ['xmlns', XMLNS_NAMESPACE],
  ]);
  readonly #undo: Undo[] = [];

  /**
   * Takes over the declarations among the attributes of a start tag, and checks its names.
   *
   * @returns what is wrong, or undefined
   */
  enter(
    depth: number,
    element: Name,
    names: readonly Name[],
    values: readonly string[],
    count: number,
  ): string | undefined {
    let prefixed = 0;
    for (let i = 0; i < count; i++) {
      const name = names[i]!;
      if (name.colon === -2) return `attribute name '${name.text}' has colons where namespaces allow none`;
      if (name.colon > 0) prefixed++;
      const prefix =
        name.text === 'xmlns'
          ? ''
          : name.colon === 5 && name.text.startsWith('xmlns:')
            ? name.text.slice(6)
            : undefined;
      if (prefix === undefined) continue;
      const problem = this.#bind(depth, prefix, values[i]!);
      if (problem !== undefined) return problem;
    }
    if (element.colon === -2) return `element name '${element.text}' has colons where namespaces allow none`;
    if (element.colon > 0) {
      const prefix = element.text.slice(0, element.colon);
      if (prefix === 'xmlns' || !this.#bound.has(prefix)) return `prefix '${prefix}' is not declared`;
    }
    return prefixed === 0 ? undefined : this.#checkAttributes(names, count);
  }

  leave(depth: number): void {
    for (let last = this.#undo.at(-1); last !== undefined && last.depth === depth; last = this.#undo.at(-1)) {
      this.#undo.pop();
      if (last.before === undefined) this.#bound.delete(last.prefix);
      else this.#bound.set(last.prefix, last.before);
    }
  }

  /** The namespace of an element's name. */
  of(name: Name): string | undefined {
    const uri = this.#bound.get(name.colon > 0 ? name.text.slice(0, name.colon) : '');
    return uri === '' ? undefined : uri;
  }

  #bind(depth: number, prefix: string, uri: string): string | undefined {
    if (prefix === 'xmlns') return "prefix 'xmlns' is declared";
    if ((prefix === 'xml') !== (uri === XML_NAMESPACE)) return `'${uri}' is bound to prefix '${prefix}'`;
    if (uri === XMLNS_NAMESPACE) return `'${uri}' is bound to prefix '${prefix}'`;
    if (uri === '' && prefix !== '') return `prefix '${prefix}' is bound to nothing`;
    this.#undo.push({ depth, prefix, before: this.#bound.get(prefix) });
    this.#bound.set(prefix, uri);
    return undefined;
  }

  #checkAttributes(names: readonly Name[], count: number): string | undefined {
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) {
      const { text, colon } = names[i]!;
      if (colon < 0) continue;
      const uri = this.#bound.get(text.slice(0, colon));
      if (uri === undefined) return `prefix '${text.slice(0, colon)}' is not declared`;
      const expanded = `${text.slice(colon + 1)} ${uri}`;
      if (seen.has(expanded)) return `attribute '${text}' stands twice under two prefixes`;
      seen.add(expanded);
    }
    return undefined;
  }
}
