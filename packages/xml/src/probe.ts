import type { ProbeInput, ProbeResult } from '@formatlab/core';

const DECLARED = /^\ufeff?<\?xml[\x20\t\r\n]/;
const OURS = /^\ufeff?(?:<\?xml[^>]*\?>\s*)?<[\w.-]+ [^<>]*\bformatlab="/;
const ELEMENT =
  /^\ufeff?\s*(?:<!--|<!DOCTYPE\s+(?!html\b)|<[A-Za-z_][\w.:-]*(?:\s+[\w.:-]+\s*=\s*["']|\s*\/?>))/;
const WEB_PAGE = /^\ufeff?\s*(?:<!DOCTYPE\s+html|<html)/i;

/** An XML declaration, or the tag of an element. */
export function probe({ head }: ProbeInput): ProbeResult | undefined {
  const text = textOf(head);
  if (OURS.test(text)) return { score: 1, why: 'an element with the attribute formatlab' };
  if (DECLARED.test(text)) return { score: 0.9, why: 'begins with <?xml' };
  if (WEB_PAGE.test(text)) return { score: 0.1, why: 'looks like a web page' };
  if (ELEMENT.test(text)) return { score: 0.7, why: 'begins with a tag' };
  return undefined;
}

function textOf(head: Uint8Array): string {
  const [a, b] = head;
  const little = (a === 0xff && b === 0xfe) || (a === 0x3c && b === 0);
  const big = (a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c);
  return new TextDecoder(little ? 'utf-16le' : big ? 'utf-16be' : 'utf-8', { ignoreBOM: true }).decode(head);
}
