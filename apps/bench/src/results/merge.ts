import { FormatError } from '@formatlab/core';
import { shortHash } from './machine.js';
import type { CellRecord, ResultRecord, RunRecord } from './record.js';
import { lastOfEach } from './results-file.js';

/**
 * The results of all shards of one run. Each cell keeps the machine that measured it.
 *
 * @throws FormatError `unsupported` where the parts are not the shards of one run: another seed, other data, a
 * shard that is missing or there twice
 */
export function mergeShards(parts: readonly (readonly ResultRecord[])[]): readonly ResultRecord[] {
  const records = lastOfEach(tellMachinesApart(parts.flat()));
  const runs = records.filter((record): record is RunRecord => record.kind === 'run');
  checkShards(runs);
  const cells = records.filter((record): record is CellRecord => record.kind === 'cell');
  checkData(cells);
  const seen = new Set<string>();
  for (const { cell } of cells) {
    if (seen.has(cell)) throw refusal(`cell '${cell}' is in two of them`);
    seen.add(cell);
  }
  return records;
}

/** Machines of one make have the same fingerprint: those that were started at different times get one of their own. */
function tellMachinesApart(records: readonly ResultRecord[]): ResultRecord[] {
  const runs = records.filter((record): record is RunRecord => record.kind === 'run');
  const boots = new Map<string, Set<string | undefined>>();
  for (const { machine } of runs)
    boots.set(machine.fingerprint, (boots.get(machine.fingerprint) ?? new Set()).add(machine.boot));
  const own = new Map(
    runs.map(({ run, machine: { fingerprint, boot } }) => [
      run,
      boots.get(fingerprint)!.size > 1 ? shortHash(`${fingerprint} ${boot}`) : fingerprint,
    ]),
  );
  return records.map((record): ResultRecord => {
    const fingerprint = own.get(record.run);
    if (fingerprint === undefined || record.kind === 'format') return record;
    if (record.kind !== 'run') return { ...record, machine: fingerprint };
    return { ...record, machine: { ...record.machine, fingerprint } };
  });
}

function checkShards(runs: readonly RunRecord[]): void {
  const of = runs[0]?.settings.shard?.of;
  for (const { run, settings, seed } of runs) {
    if (settings.shard === undefined) throw refusal(`run '${run}' was no shard: it had all cells`);
    if (settings.shard.of !== of)
      throw refusal(`run '${run}' is one of ${settings.shard.of} shards, not of ${of}`);
    if (seed !== runs[0]!.seed) throw refusal(`run '${run}' has seed ${seed}, not ${runs[0]!.seed}`);
  }
  const indices = runs.map(({ settings }) => settings.shard!.index);
  for (let index = 1; index <= (of ?? 0); index++) {
    const count = indices.filter((one) => one === index).length;
    if (count === 0) throw refusal(`shard ${index}/${of} is missing`);
    if (count > 1) throw refusal(`shard ${index}/${of} is there ${count} times`);
  }
}

function checkData(cells: readonly CellRecord[]): void {
  const known = new Map<string, string>();
  for (const { workload, cell } of cells) {
    const key = JSON.stringify([workload.id, workload.parameters]);
    const hash = known.get(key) ?? workload.dataset.sha256;
    known.set(key, hash);
    if (hash !== workload.dataset.sha256) throw refusal(`cell '${cell}' was measured on other data`);
  }
}

function refusal(state: string): FormatError {
  return new FormatError('unsupported', `merge results: ${state}`);
}
