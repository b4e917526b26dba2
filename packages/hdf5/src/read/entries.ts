import { type Entry, isFormatError, joinPath, newRecord, type ValueRecord } from '@formatlab/core';
import { hasAttributes } from '../layout/object-header.js';
import { OBJECT } from '../library/module.js';
import { MARKER } from '../markers.js';
import { dtypeOf } from '../types/element-type.js';
import { readAttributes } from './attributes.js';
import { parseForms } from './columns.js';
import { type DatasetInfo, datasetInfo } from './dataset-info.js';
import { columnTypeOf } from './elements.js';
import { memberPath, unescapeName } from './paths.js';
import type { ReadSession } from './session.js';

/** All objects below a path, groups before what they hold. A group that holds itself is listed once. */
export function listEntries(session: ReadSession, root: string): Entry[] {
  const entries: Entry[] = [];
  const { budget } = session.context;
  const above = new Set<number>();

  const visit = (path: string, names: readonly string[]): void => {
    budget.takeItems(1, 'list of entries');
    const pointer = joinPath(names);
    const kind = session.file.kindOf(path);
    if (kind === OBJECT.dataset) entries.push(datasetEntry(session, path, pointer));
    else if (kind === OBJECT.group) visitGroup(path, names, pointer);
    // Links that lead nowhere and named datatypes are listed, and say what they are when they are read.
    else entries.push({ path: pointer, kind: 'tree' });
  };

  const visitGroup = (path: string, names: readonly string[], pointer: string): void => {
    budget.checkDepth(names.length, `group '${pointer}'`);
    const address = session.file.addressOf(path);
    const markers = markersOf(session, path, address);
    if (MARKER.type in markers) {
      entries.push({ path: pointer, kind: 'tree' });
      return;
    }
    if (names.length > 0) entries.push({ path: pointer, kind: 'group' });
    if (above.has(address)) return;
    above.add(address);
    const escaped = MARKER.escapedNames in markers;
    session.native?.membersAhead(path);
    for (const name of session.file.names(path))
      visit(memberPath(path, name), [...names, escaped ? unescapeName(name) : name]);
    above.delete(address);
  };

  visit(root, []);
  return entries;
}

/** The entry at one path. */
export function entryAt(session: ReadSession, path: string, pointer: string): Entry {
  const kind = session.file.kindOf(path);
  if (kind === OBJECT.dataset) return datasetEntry(session, path, pointer);
  if (kind !== OBJECT.group) return { path: pointer, kind: 'tree' };
  const markers = markersOf(session, path, session.file.addressOf(path));
  return { path: pointer, kind: MARKER.type in markers ? 'tree' : 'group' };
}

function markersOf(session: ReadSession, path: string, address: number): ValueRecord {
  const header = session.header(address);
  return header !== undefined && !hasAttributes(header) ? newRecord() : readAttributes(session, path).markers;
}

function datasetEntry(session: ReadSession, path: string, pointer: string): Entry {
  const info = infoOf(session, path);
  if (info === undefined) return { path: pointer, kind: 'tree' };
  const { type, shape, run } = info;
  const storedBytes = run?.size;
  if (type.kind === 'compound' && shape?.length === 1) {
    return { path: pointer, kind: 'table', rows: shape[0]!, columns: columnsOf(session, info), storedBytes };
  }
  const marked = info.hasAttributes ? readAttributes(session, path).markers[MARKER.type] : undefined;
  if (shape === null || type.kind === 'compound' || marked === 'list' || marked === 'date')
    return { path: pointer, kind: 'tree', storedBytes };
  const inner = type.kind === 'array' ? type.shape : [];
  const dtype = marked === 'text' ? 'string' : dtypeOf(type);
  return {
    path: pointer,
    kind: 'array',
    dtype,
    shape: [...shape, ...inner],
    unit: type.kind === 'time' ? type.unit : undefined,
    storedBytes,
  };
}

/** Undefined for a dataset that is refused: it is listed, and says why when it is read. */
function infoOf(session: ReadSession, path: string): DatasetInfo | undefined {
  try {
    return datasetInfo(session, path, session.header(session.file.addressOf(path)));
  } catch (error) {
    if (isFormatError(error) && error.code === 'unsupported') return undefined;
    throw error;
  }
}

function columnsOf(session: ReadSession, info: DatasetInfo): Entry['columns'] {
  const forms = info.hasAttributes
    ? parseForms(readAttributes(session, info.path).markers[MARKER.columns])
    : undefined;
  if (forms !== undefined) return forms.map(({ name, type }) => ({ name, type }));
  if (info.type.kind !== 'compound') return [];
  return info.type.members.map((member) => ({ name: member.name, type: columnTypeOf(member.type) }));
}
