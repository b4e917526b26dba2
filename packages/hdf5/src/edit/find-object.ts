import { OBJECT } from '../library/module.js';
import { MARKER } from '../markers.js';
import { readAttributes } from '../read/attributes.js';
import { escapeName, memberPath, mustEscape } from '../read/paths.js';
import type { ReadSession } from '../read/session.js';

/** HDF5's path of an object, where there is one. */
export function findObject(session: ReadSession, root: string, names: readonly string[]): string | undefined {
  let path = root;
  for (const name of names) {
    if (session.file.kindOf(path) !== OBJECT.group) return undefined;
    const next = memberPath(path, storedName(session, path, name));
    const kind = session.file.kindOf(next);
    if (kind !== OBJECT.group && kind !== OBJECT.dataset) return undefined;
    path = next;
  }
  return path;
}

/** Whether a group holds its names in an escaped form. */
export function isEscaped(session: ReadSession, path: string): boolean {
  return MARKER.escapedNames in readAttributes(session, path).markers;
}

function storedName(session: ReadSession, group: string, name: string): string {
  return mustEscape(name) || (name.includes('%') && isEscaped(session, group)) ? escapeName(name) : name;
}
