import type { PeerChoice } from '../cells.js';
import { versionsOfPackages } from '../formats.js';
import { PEERS } from './catalogue.js';
import type { Peer } from './peer.js';
import { askPython } from './python.js';

export interface FoundPeers {
  readonly peers: readonly { readonly peer: Peer; readonly choice: PeerChoice }[];
  /** Modules and packages that are not there, with the reason; the rows of their peers are left out. */
  readonly notThere: readonly { readonly package: string; readonly reason: string }[];
}

/** The peers that are here, of those that are wanted (undefined: all). */
export function findPeers(wanted: readonly string[] | undefined, python: string): FoundPeers {
  const asked = PEERS.filter(({ id }) => wanted === undefined || wanted.includes(id));
  const modules = [...new Set(asked.flatMap((peer) => peer.modules ?? []))];
  const told = modules.length === 0 ? undefined : askPython(python, modules);
  const peers = asked.flatMap((peer) => {
    if (peer.modules === undefined)
      return [{ peer, choice: { id: peer.id, versions: versionsOfPackages(peer.packages ?? []) } }];
    if (told === undefined || peer.modules.some((name) => Object.hasOwn(told.absent, name))) return [];
    const versions = Object.fromEntries(peer.modules.map((name) => [name, told.versions[name] ?? '']));
    return [{ peer, choice: { id: peer.id, python, versions: { python: told.python ?? '', ...versions } } }];
  });
  return { peers, notThere: told === undefined ? [] : absentModules(told.absent, asked) };
}

function absentModules(
  absent: Readonly<Record<string, string>>,
  asked: readonly Peer[],
): FoundPeers['notThere'] {
  return Object.entries(absent).map(([name, reason]) => {
    const rows = asked.filter((peer) => peer.modules?.includes(name)).map(({ id }) => id);
    return { package: `Python's ${name}`, reason: `${reason}; left out: ${rows.join(', ')}` };
  });
}
