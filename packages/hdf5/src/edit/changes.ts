import { type Commit, type Context, joinPath, type Sink, splitPath, type Value } from '@formatlab/core';
import type { Hdf5Options } from '../options.js';
import type { ReadSession } from '../read/session.js';
import { FileWriter } from '../write/file-writer.js';
import { References } from '../write/references.js';
import { TreeWriter } from '../write/tree.js';
import { appendRows } from './append-rows.js';
import { ChangedBlocks } from './changed-blocks.js';
import { findObject } from './find-object.js';
import { type Change, isDense, Placed, type Plan, planChanges } from './plan-changes.js';
import { pointAt } from './point-at.js';

/** New values by path; undefined: to be removed. */
export type Changes = Map<string, Value | undefined>;

/** Rows to be added by path, to datasets that can grow. */
export type Appends = ReadonlyMap<string, Value>;

/**
 * Writes changed groups and new objects behind the file, and points the superblock at the new root. Undefined,
 * with nothing written, where a group on the way is of a kind that cannot be copied here.
 *
 * @param placed objects that stand behind the file already, by path
 */
export async function applyChanges(
  session: ReadSession,
  sink: Sink,
  changes: Changes,
  context: Context<Hdf5Options>,
  appends: Appends,
  placed: ReadonlyMap<string, number> = new Map(),
): Promise<Commit | undefined> {
  if (changes.size === 0 && appends.size === 0 && placed.size === 0) return { written: 0, rewritten: 0 };
  const { superblock } = session;
  if (superblock === undefined || superblock.extension !== undefined) return undefined;
  const start = sink.size - superblock.base;
  const writer = new FileWriter(start);
  const references = new References();
  const settings = { writer, options: context.options, context, references };
  const all = new Map<string, Change>(changes);
  for (const [path, rows] of appends) {
    const address = await appendRows(session, settings, path, rows);
    if (address === undefined) return undefined;
    all.set(path, new Placed(address));
  }
  for (const [path, address] of placed) all.set(path, new Placed(address));
  const blocks = session.native && new ChangedBlocks(session.native.structures, writer);
  const plan = planChanges({ session, blocks }, all);
  if (plan === undefined) return undefined;
  const treeWriter = new TreeWriter(settings, context.budget.maxDepth);
  const root = await writePlan(treeWriter, plan, '');
  references.resolve((pointer) => treeWriter.addressOf(pointer) ?? addressInFile(session, pointer));
  writer.placeLater();
  await sink.write(sink.size, writer.pieces);
  // Where no group grew in its place the file is what it was until the last write; the journal takes care of the others.
  const patches = [
    ...(blocks?.patches() ?? []),
    pointAt(session, superblock, isDense(plan) ? undefined : root, superblock.base + writer.end),
  ];
  for (const { at, bytes } of patches) await sink.write(at, bytes);
  const rewritten = patches.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  return { written: writer.end - start + rewritten, rewritten };
}

function addressInFile(session: ReadSession, pointer: string): number | undefined {
  const found = findObject(session, '/', splitPath(pointer));
  return found === undefined ? undefined : session.file.addressOf(found);
}

/** Groups that change are written first, so that the one above can link to them. */
async function writePlan(writer: TreeWriter, plan: Plan, path: string): Promise<number> {
  const members = new Map(plan.links);
  for (const [name, inner] of plan.groups) {
    const address = await writePlan(writer, inner, `${path}${joinPath([name])}`);
    if (!isDense(inner)) members.set(name, { target: { kind: 'hard', address } });
  }
  if (!isDense(plan)) return writer.writeGroup(members, plan.attributes, path);
  const { dense, names } = plan;
  for (const [name, target] of await writer.writeMembers(members, path)) {
    const { stored, isThere } = names.get(name)!; // of every member
    // What takes the place of an object is one.
    if (isThere && target.kind === 'hard') dense.turn(stored, target.address);
    else dense.add(stored, target);
  }
  dense.finish();
  return plan.address;
}
