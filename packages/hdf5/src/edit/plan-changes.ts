import { splitPath, type Value } from '@formatlab/core';
import { type HeaderMessage, MESSAGE, type ObjectHeader } from '../layout/object-header.js';
import { OBJECT } from '../library/module.js';
import { MARKER } from '../markers.js';
import type { StoredLink } from '../native/links.js';
import { checkText, escapeName, memberPath, mustEscape, unescapeName } from '../read/paths.js';
import type { ReadSession } from '../read/session.js';
import type { LinkTarget, Message } from '../write/messages.js';
import type { Member } from '../write/tree.js';
import type { ChangedBlocks } from './changed-blocks.js';
import { DenseGroup } from './dense-group.js';
import { isEscaped } from './find-object.js';

/** An object that was written already. */
export class Placed {
  readonly address: number;

  constructor(address: number) {
    this.address = address;
  }
}

/** Undefined: to be removed. */
export type Change = Value | undefined | Placed;

export interface Planning {
  readonly session: ReadSession;
  /** Undefined where the library reads the file: then every group is written anew. */
  readonly blocks: ChangedBlocks | undefined;
}

export type Plan = GroupPlan | DensePlan;

/** A group as it will be: links that stay, values that are new, groups that change. */
export interface GroupPlan {
  readonly links: Map<string, Member>;
  readonly groups: Map<string, Plan>;
  readonly attributes: readonly Message[];
}

/** A group that stays in its place: links that are added or turned, by name. */
export interface DensePlan {
  readonly dense: DenseGroup;
  readonly address: number;
  readonly links: Map<string, Member>;
  readonly groups: Map<string, Plan>;
  /** Form in which the group holds a name, and whether it has it already. */
  readonly names: Map<string, { readonly stored: string; readonly isThere: boolean }>;
}

export function isDense(plan: Plan): plan is DensePlan {
  return 'dense' in plan;
}

/** What becomes of the root group; undefined where a group on the way is of a kind that cannot be copied here. */
export function planChanges(planning: Planning, changes: ReadonlyMap<string, Change>): Plan | undefined {
  return planGroup(planning, '/', changeTree(changes));
}

interface ChangeTree {
  readonly values: Map<string, Change>;
  readonly groups: Map<string, ChangeTree>;
}

function changeTree(changes: ReadonlyMap<string, Change>): ChangeTree {
  const root: ChangeTree = { values: new Map(), groups: new Map() };
  for (const [path, value] of changes) {
    const names = splitPath(path);
    let at = root;
    for (const name of names.slice(0, -1)) {
      if (!at.groups.has(name)) at.groups.set(name, { values: new Map(), groups: new Map() });
      at = at.groups.get(name)!;
    }
    at.values.set(names.at(-1)!, value);
  }
  return root;
}

function planGroup(planning: Planning, path: string, tree: ChangeTree): Plan | undefined {
  const { session } = planning;
  const address = session.file.addressOf(path);
  const header = session.header(address);
  if (header === undefined) return undefined;
  const dense = planDense(planning, path, address, header, tree);
  if (dense !== undefined) return dense;
  // A group that is linked to from elsewhere too would be two groups afterwards.
  if (path !== '/' && header.links > 1) return undefined;
  const attributes = copyAttributes(header.messages);
  if (attributes === undefined) return undefined;
  const escaped = isEscaped(session, path);
  const plan: GroupPlan = {
    links: new Map(),
    groups: new Map(),
    attributes: attributes.filter(({ body }) => !isNamed(body, MARKER.escapedNames)),
  };
  const known = session.native?.targets(path);
  for (const stored of known?.keys() ?? session.file.names(path)) {
    const link = known?.get(stored);
    const target = link === undefined ? targetOf(session, memberPath(path, stored)) : targetOfLink(link);
    if (target === undefined) return undefined;
    plan.links.set(escaped ? unescapeName(stored) : stored, { target });
  }
  for (const [name, value] of tree.values) {
    if (value === undefined) plan.links.delete(name);
    else plan.links.set(name, memberOf(value));
  }
  for (const [name, inner] of tree.groups) {
    const member = memberPath(path, escaped || mustEscape(name) ? escapeName(name) : name);
    const child = planMember(planning, member, inner);
    if (child === undefined) return undefined;
    plan.groups.set(name, child);
    if (!isDense(child)) plan.links.set(name, { target: { kind: 'hard', address: 0 } });
  }
  return plan;
}

function planMember(planning: Planning, path: string, tree: ChangeTree): Plan | undefined {
  const kind = planning.session.file.kindOf(path);
  if (kind === OBJECT.missing) return newGroup(tree);
  return kind === OBJECT.group ? planGroup(planning, path, tree) : undefined;
}

/** Undefined where the group has to be written anew: it is of another kind, or a link is to be removed. */
function planDense(
  planning: Planning,
  path: string,
  address: number,
  header: ObjectHeader,
  tree: ChangeTree,
): DensePlan | undefined {
  const { session, blocks } = planning;
  const dense = blocks && DenseGroup.open(blocks, header);
  if (dense === undefined) return undefined;
  const escaped = isEscaped(session, path);
  const plan: DensePlan = { dense, address, links: new Map(), groups: new Map(), names: new Map() };
  const takes = (name: string): boolean => {
    if (!escaped && mustEscape(name)) return false;
    checkText(name, 'write name', path);
    const stored = escaped ? escapeName(name) : name;
    const known = session.native!.member(path, stored);
    plan.names.set(name, { stored, isThere: known !== undefined });
    return known === undefined ? dense.fits(stored) : known.kind === 'hard';
  };
  for (const [name, value] of tree.values) {
    if (value === undefined || !takes(name)) return undefined;
    plan.links.set(name, memberOf(value));
  }
  for (const [name, inner] of tree.groups) {
    const member = memberPath(path, escaped ? escapeName(name) : name);
    const child = planMember(planning, member, inner);
    if (child === undefined || (!isDense(child) && !takes(name))) return undefined;
    plan.groups.set(name, child);
  }
  return plan;
}

function newGroup(tree: ChangeTree): GroupPlan {
  const links = new Map<string, Member>(
    [...tree.values].flatMap(([name, value]) =>
      value === undefined ? [] : [[name, memberOf(value)] as const],
    ),
  );
  const groups = new Map([...tree.groups].map(([name, inner]) => [name, newGroup(inner)] as const));
  for (const name of groups.keys()) links.set(name, { target: { kind: 'hard', address: 0 } });
  return { links, groups, attributes: [] };
}

function memberOf(change: Value | Placed): Member {
  return change instanceof Placed ? { target: { kind: 'hard', address: change.address } } : { value: change };
}

function targetOfLink(link: StoredLink): LinkTarget | undefined {
  return link.kind === 'user' ? undefined : link;
}

function targetOf(session: ReadSession, path: string): LinkTarget | undefined {
  const { file } = session;
  const soft = file.softLink(path);
  if (soft !== null) return { kind: 'soft', to: soft };
  if (file.kindOf(path) === OBJECT.userLink) {
    const external = file.externalLink(path);
    return external === undefined ? undefined : { kind: 'external', file: external.file, to: external.path };
  }
  return { kind: 'hard', address: file.addressOf(path) };
}

/** The attribute messages as they are; undefined where attributes are stored in another form, or shared. */
function copyAttributes(messages: readonly HeaderMessage[]): Message[] | undefined {
  const attributes: Message[] = [];
  for (const { type, flags, body } of messages) {
    if (type === MESSAGE.attribute) {
      const version = body[0];
      // Shared messages and shared types inside them refer to other headers: they stay valid where they are.
      if ((flags & 2) !== 0 || (version !== 1 && version !== 2 && version !== 3)) return undefined;
      attributes.push({ type, body: body.slice() });
    } else if (type === MESSAGE.attributeInfo && hasHeap(body)) return undefined;
  }
  return attributes;
}

function hasHeap(body: Uint8Array): boolean {
  const at = (body[1]! & 1) === 0 ? 2 : 4;
  return !body.subarray(at, at + 8).every((byte) => byte === 0xff);
}

function isNamed(body: Uint8Array, name: string): boolean {
  return new TextDecoder('latin1').decode(body.subarray(0, 64)).includes(`${name}\0`);
}
