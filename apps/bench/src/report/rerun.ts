import type { CellRecord, RunRecord } from '../results/record.js';

/** The command line that measures this cell alone again, with the same data. */
export function rerunCommand(cell: CellRecord, run: RunRecord | undefined): string {
  const { id, parameters } = cell.workload;
  const words = ['npx', 'formatlab-bench', 'run'];
  if (id === 'file') words.push('--data', String(parameters['name'] ?? parameters['file'] ?? 'FILE'));
  else words.push(id, ...sizeFlags(parameters));
  if (cell.format !== 'raw')
    words.push('--formats', cell.engine === null ? cell.format : `${cell.format}:${cell.engine}`);
  if (cell.peer !== undefined) words.push('--peers', cell.peer);
  words.push('--operations', cell.operation);
  if (id !== 'messages' && id !== 'counter') words.push('--compression', cell.compression);
  for (const [name, value] of Object.entries(cell.options))
    if (name !== 'engine') words.push('--option', `${cell.format}.${name}=${String(value)}`);
  words.push(...pluginFlags(run?.command ?? []));
  if (run !== undefined) words.push('--repeats', String(run.settings.repeats));
  words.push('--seed', String(cell.seed));
  return words.map(quoted).join(' ');
}

function sizeFlags(parameters: Readonly<Record<string, string | number>>): string[] {
  const { rows, columns, ...others } = parameters;
  const flags = rows !== undefined && columns !== undefined ? ['--size', `${rows}x${columns}`] : [];
  if (rows !== undefined && columns === undefined) flags.push('--rows', String(rows));
  for (const [name, value] of Object.entries(others)) {
    if (name === 'count' || typeof value === 'number') flags.push('--count', String(value));
  }
  return flags;
}

function pluginFlags(command: readonly string[]): string[] {
  return command.flatMap((word, i) => (word === '--plugin' ? ['--plugin', command[i + 1] ?? ''] : []));
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
