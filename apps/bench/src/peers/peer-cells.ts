import { type Cell, cellOf, type Group, groupId } from '../cells.js';
import type { FoundPeers } from './find-peers.js';
import type { OutlineKind } from './outline.js';
import type { PeerOperation } from './peer.js';

/** What the values of a workload are; those of a user's file are known only when it was loaded. */
const KINDS: Readonly<Record<string, readonly OutlineKind[]>> = {
  array: ['array'],
  arrays: ['arrays'],
  table: ['table'],
  tree: ['tree'],
  file: ['array', 'arrays', 'table', 'tree'],
};

/**
 * The cells with those of the peers behind them, workload by workload: what the run asks of a format is asked of its
 * peers, as far as they have it, and of the bare file system.
 */
export function withPeers(cells: readonly Cell[], { peers }: FoundPeers): Cell[] {
  const workloads = [...new Set(cells.map(({ workload }) => workload.id))];
  return workloads.flatMap((id) => {
    const own = cells.filter(({ workload }) => workload.id === id);
    return [...own, ...peerCells(own, peers)];
  });
}

function peerCells(own: readonly Cell[], peers: FoundPeers['peers']): Cell[] {
  const { workload } = own[0]!;
  const kinds = KINDS[workload.id] ?? [];
  const operations = [...new Set(own.map(({ operation }) => operation))];
  const formats = new Set(own.map(({ choice }) => choice.format));
  return peers
    .filter(({ peer }) => peer.format === 'raw' || formats.has(peer.format))
    .flatMap(({ peer, choice }) => {
      const does = new Set<string>(kinds.flatMap((kind): readonly PeerOperation[] => peer.does[kind] ?? []));
      const made = { format: peer.format, engine: null, module: peer.id, options: {}, peer: choice };
      const group: Group = {
        id: groupId(workload, made, 'none'),
        workload,
        choice: made,
        compression: 'none',
      };
      return operations
        .filter((operation) => does.has(operation))
        .map((operation) => cellOf(group, operation));
    });
}
