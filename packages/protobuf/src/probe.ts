import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { isOurs } from './forms/read-value.js';
import { WireReader } from './wire/reader.js';

const NAMES = /\.(?:pb|binpb)$/i;

/** Protocol Buffers have no magic number: without formatlab.proto's first field only the name can speak for them. */
export function probe({ head, name, size }: ProbeInput): ProbeResult | undefined {
  if (isOurs(head)) return { score: 1, why: "starts as formatlab.proto's File does" };
  if (name === undefined || !NAMES.test(name) || head.length === 0) return undefined;
  if (followsTags(head, size)) return { score: 0.3, why: 'its fields follow each other as in a message' };
  return followsLengths(head, size)
    ? { score: 0.2, why: 'messages stand behind their lengths, as in a stream' }
    : undefined;
}

function followsTags(head: Uint8Array, size: number | undefined): boolean {
  const r = new WireReader(head);
  try {
    while (r.pos < head.length) {
      const tag = r.tag();
      r.skip(tag, 0, () => {});
    }
    return true;
  } catch {
    // The head may end within a field, but not within the first.
    return size !== undefined && size > head.length && r.pos > 0;
  }
}

function followsLengths(head: Uint8Array, size: number | undefined): boolean {
  const r = new WireReader(head);
  const cut = size !== undefined && size > head.length;
  try {
    while (r.pos < head.length) {
      const length = r.uint32();
      const end = r.pos + length;
      if (end > head.length) return cut && r.pos > 1 && end <= size;
      if (!followsTags(head.subarray(r.pos, end), undefined)) return false;
      r.pos = end;
    }
    return true;
  } catch {
    // The head may end within a length.
    return cut && r.pos > 0;
  }
}
