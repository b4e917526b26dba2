import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference, isRecord, type Value } from '@formatlab/core';
import type { Group, PeerChoice } from '../cells.js';
import { readDataset } from '../datasets/dataset-file.js';
import { type Check, type Findings, wrongValue } from '../measure/findings.js';
import type { GroupFiles } from '../processes/job.js';
import { compareFound } from './compare-found.js';
import { keepOutline, openPeer, singleEntries } from './opened.js';
import type { PeerOperation } from './peer.js';

/** The gate for a peer: the same as for a format, but that what it loses is told from what came back. */
export function checkPeer({ choice }: Group, files: GroupFiles): Check {
  const peer = choice.peer!; // of a peer's cells
  const value = readDataset(files.dataset);
  let whole: Promise<Findings> | undefined;
  return async (operation) => {
    whole ??= (async () => {
      keepOutline(files, choice, value);
      await runOnce(peer, 'write', files, files.input);
      // Bytes without a format hold no value.
      if (choice.format === 'raw') return { losses: [] };
      return compareFound(value, await found(peer, 'read', files, files.input));
    })();
    const findings = await whole;
    if (findings.wrong !== undefined) return findings;
    const wrong =
      operation === 'read-one'
        ? await checkOne(peer, files, value, choice.format === 'raw')
        : operation === 'append'
          ? await checkAppend(peer, files, choice.format === 'raw')
          : undefined;
    return { ...findings, wrong };
  };
}

async function checkOne(
  peer: PeerChoice,
  files: GroupFiles,
  value: Value,
  raw: boolean,
): Promise<string | undefined> {
  const { one } = singleEntries(files);
  if (one === undefined || !isRecord(value)) return 'the value has no entry for this';
  if (raw) return void (await runOnce(peer, 'read-one', files, files.input));
  const read = await found(peer, 'read-one', files, files.input, one);
  return wrongValue(`read '${one}'`, firstDifference(value[one]!, read));
}

async function checkAppend(peer: PeerChoice, files: GroupFiles, raw: boolean): Promise<string | undefined> {
  const { append } = singleEntries(files);
  if (append === undefined) return 'the value has no entry for this';
  const path = join(files.work, 'checked-append');
  copyFileSync(files.input, path);
  try {
    await runOnce(peer, 'append', files, path);
    if (raw) return undefined;
    const read = await found(peer, 'read-one', files, path, append.name);
    return wrongValue(`append '${append.name}'`, firstDifference(append.value, read));
  } finally {
    rmSync(path, { force: true });
  }
}

async function runOnce(
  peer: PeerChoice,
  operation: PeerOperation,
  files: GroupFiles,
  path: string,
): Promise<void> {
  const opened = await openPeer(peer, operation, files, path);
  try {
    await opened.run(path);
  } finally {
    opened.close();
  }
}

async function found(
  peer: PeerChoice,
  operation: 'read' | 'read-one',
  files: GroupFiles,
  path: string,
  name?: string,
): Promise<Value> {
  const opened = await openPeer(peer, operation, files, path);
  try {
    return await opened.found(path, name);
  } finally {
    opened.close();
  }
}
