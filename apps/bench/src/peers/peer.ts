import type { NDArray, Value } from '@formatlab/core';
import type { OperationId } from '../results/record.js';
import type { Outline, OutlineKind } from './outline.js';

/** What of a peer is measured: those operations that a bare library has calls for. */
export type PeerOperation = Extract<OperationId, 'write' | 'read' | 'read-one' | 'append'>;

/** A library that does a format's work without FormatLab: a row beside ours, never among the picks. */
export interface Peer {
  readonly id: string;
  /** Id of the format that it writes; `raw` for bytes without any. */
  readonly format: string;
  /** What it does, by the kind of value. */
  readonly does: Readonly<Partial<Record<OutlineKind, readonly PeerOperation[]>>>;
  /** Packages of npm whose versions belong to its figures; none for what Node.js has built in. */
  readonly packages?: readonly string[];
  /** Modules of Python that it imports. Given, it is a class of `python/peers.py` and runs in Python. */
  readonly modules?: readonly string[];
  /** Given, it runs in this process. */
  readonly load?: () => Promise<NodePeer>;
}

/** Undefined where the library has no way for a value like this one. */
export type NodePeer = (outline: Outline) => PeerWork | undefined | Promise<PeerWork | undefined>;

/** A library at work on one kind of value, as its users would have it. */
export interface PeerWork<Given = unknown, Found = unknown> {
  /** The form that the library takes, made before any timing. */
  given(value: Value): Given;
  write(path: string, given: Given): unknown;
  /** Ends in typed arrays and columns, where the library or a loop of its user's makes them. */
  read(path: string): Found | Promise<Found>;
  /** What was read as a value of ours, for the comparison. */
  value(found: Found): Value;
  /** Opens the file, reads one array by its name, closes it. */
  readOne?(path: string, name: string): unknown;
  /** Opens the file, adds one array, closes it. */
  append?(path: string, name: string, array: NDArray): unknown;
}

/** Keeps the types of a work's parts in step. */
export function peerWork<Given, Found>(work: PeerWork<Given, Found>): PeerWork {
  // Given comes from `given`, and found from `read`, of the same object.
  return work as PeerWork;
}
