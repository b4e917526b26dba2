import type { ProbeInput, ProbeResult } from '@formatlab/core';

const DIRECTIVE = /^\ufeff?(?:#[^\n]*\n|\s)*%YAML \d+\.\d+/;
const DOCUMENT = /^\ufeff?(?:#[^\n]*\r?\n|\s*\r?\n)*---(?:\s|$)/;
const MEMBER = /^[^\s#[{"'<,%@`|>&*!-][^\n#:]*:(?:[ \t][^\n]*|[ \t]*(?:&\S+|!\S+)?[ \t]*)$/;
const ITEM = /^- \S/;
const TAGGED = /^!(?:formatlab\/|!)\w+/;

/** A directive or document marker, or lines of which the first with text begins a map or list. */
export function probe({ head, name }: ProbeInput): ProbeResult | undefined {
  const text = new TextDecoder().decode(head);
  if (DIRECTIVE.test(text)) return { score: 1, why: 'begins with the directive %YAML' };
  if (DOCUMENT.test(text)) return { score: 0.7, why: 'begins with the document marker ---' };
  const named = /\.ya?ml$/i.test(name ?? '');
  const first = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .find((line) => line.trim() !== '' && !line.startsWith('#'));
  if (first === undefined) return named ? { score: 0.5, why: 'is empty and named so' } : undefined;
  if (TAGGED.test(first)) return { score: 0.8, why: 'begins with a tag' };
  if (MEMBER.test(first)) return { score: named ? 0.7 : 0.5, why: 'begins with a member of a map' };
  if (ITEM.test(first)) return { score: named ? 0.7 : 0.5, why: 'begins with an item of a list' };
  return named ? { score: 0.75, why: 'is text, and named so' } : undefined;
}
