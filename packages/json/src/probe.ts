import type { ProbeInput, ProbeResult } from '@formatlab/core';

// A list or record whose first member begins as JSON's do, after white space and a byte order mark.
const DOCUMENT = /^\ufeff?\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:["{[\]\-\dtfnNI]|$))/;
const SCALAR =
  /^\ufeff?\s*(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity|"(?:[^"\\]|\\.)*")\s*$/;
const LINES = /^\ufeff?\s*\{.*\}[ \t]*\r?\n\s*\{/;

/** One document: a list, a record, or a scalar that takes the whole file. */
export function probe({ head, name }: ProbeInput): ProbeResult | undefined {
  const text = new TextDecoder().decode(head);
  if (LINES.test(text)) return { score: 0.3, why: 'begins with a record, and another line with one' };
  if (DOCUMENT.test(text))
    return { score: 0.8, why: `begins with ${text.trimStart()[0] === '[' ? 'a list' : 'a record'}` };
  if (SCALAR.test(text))
    return { score: name?.toLowerCase().endsWith('.json') ? 0.8 : 0.2, why: 'is one scalar' };
  return undefined;
}

/** Records, or lists, one on each line. */
export function probeLines({ head }: ProbeInput): ProbeResult | undefined {
  const text = new TextDecoder().decode(head);
  if (LINES.test(text)) return { score: 0.85, why: 'has a record on each line' };
  if (/^\ufeff?\s*\{.*\}[ \t]*\r?\n?$/.test(text)) return { score: 0.78, why: 'has one record on one line' };
  return undefined;
}
