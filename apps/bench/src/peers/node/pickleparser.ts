import { readFileSync, writeFileSync } from 'node:fs';
import type { Value } from '@formatlab/core';
import { type NodePeer, peerWork } from '../peer.js';

/** A reader only: the file is one that FormatLab wrote. */
export async function pickleParser(): Promise<NodePeer> {
  const { Parser } = await import('pickleparser');
  const { encodePickle } = await import('@formatlab/pickle');
  return (outline) => {
    if (outline.kind !== 'tree') return undefined;
    return peerWork({
      given: (value) => encodePickle(value),
      write: (path, pieces) => {
        for (const [i, piece] of [pieces].flat().entries())
          writeFileSync(path, piece as Uint8Array, { flag: i === 0 ? 'w' : 'a' });
      },
      read: (path) => new Parser().parse<Value>(readFileSync(path)),
      value: (found) => found,
    });
  };
}
