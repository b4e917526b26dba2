import { mergeShards } from '../results/merge.js';
import { readResults, writeResults } from '../results/results-file.js';

/** Makes one results file of those of all shards. @throws FormatError */
export function merge(files: readonly string[], flags: { readonly out: string }): void {
  const records = mergeShards(files.map(readResults));
  writeResults(flags.out, records);
  const cells = records.filter((record) => record.kind === 'cell');
  const machines = new Set(cells.map(({ machine }) => machine)).size;
  console.log(
    `${cells.length} cells of ${files.length} shards, measured on ${machines} machine${machines === 1 ? '' : 's'}: ${flags.out}`,
  );
  if (machines > 1) console.log('Times are ranked within each machine only, sizes and bytes over all.');
  console.log(`next: formatlab-bench report ${flags.out}`);
}
