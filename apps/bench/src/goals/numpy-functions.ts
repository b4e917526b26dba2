import { closeSync, openSync, readFileSync, renameSync, writevSync } from 'node:fs';
import { type NDArray, piecesOf } from '@formatlab/core';
import { type NodePeer, peerWork } from '../peers/peer.js';

/** The plugin's plain functions with raw files, written beside and renamed as `save` does: what core's verbs add to. */
export async function numpyFunctions(): Promise<NodePeer> {
  const { decodeNpy, encodeNpy } = await import('@formatlab/numpy');
  return (outline) => {
    if (outline.kind !== 'array') return undefined;
    return peerWork({
      given: (value) => value as NDArray, // by the outline
      write(path, array) {
        const fd = openSync(`${path}.tmp`, 'wx');
        writevSync(fd, piecesOf(encodeNpy(array)));
        closeSync(fd);
        renameSync(`${path}.tmp`, path);
      },
      read: (path) => decodeNpy(readFileSync(path)),
      value: (found) => found,
    });
  };
}
