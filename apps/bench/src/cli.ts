import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { runCommand } from './commands/run-command.js';

// Each command's code is loaded when it is called: --help and a typing mistake are answered at once.
const collect = (item: string, items: readonly string[]): readonly string[] => [...items, item];

const program = new Command('formatlab-bench')
  .description(
    'Measures serialization formats on your data: time, memory, bytes and file size, after checking that what comes back is what went in.',
  )
  .option('--debug', 'show where an error comes from')
  .showHelpAfterError(
    '(formatlab-bench --help shows the commands, formatlab-bench COMMAND --help their options)',
  )
  .exitOverride()
  .addHelpText(
    'after',
    examples([
      ['formatlab-bench run --quick', 'the default suite, small, in a minute'],
      ['formatlab-bench run --data measurements.csv', 'which format suits this file?'],
      ['formatlab-bench list', 'what can be measured'],
    ]),
  );

const run = runCommand()
  .copyInheritedSettings(program)
  .summary('measure, and write the report')
  .description(
    'Measures formats on workloads and writes results and report to a folder. Every cell is checked first and then timed in fresh processes, in random order, until its interval is narrow or the time is up; one cell is timed twice, to know the noise.',
  )
  .addHelpText(
    'after',
    examples([
      ['formatlab-bench run', 'the default suite, in at most five minutes'],
      ['formatlab-bench run --suite full', 'everything, in about a quarter of an hour'],
      [
        'formatlab-bench run --suite access',
        'one of 10,000 arrays: on disk, over HTTP, beside Python; an hour at most',
      ],
      ['formatlab-bench run array --size 500x20 --formats csv,numpy', 'one question'],
      ['formatlab-bench run --data orders.parquet --compression none,zstd', 'your file in every format'],
      ['formatlab-bench run tree --plugin ./my-format.js', 'a format of your own among the others'],
      ['formatlab-bench run --resume', 'go on after an interruption'],
      ['formatlab-bench run --suite full --shard 2/4 -o part2', 'the second of four machines'],
    ]),
  )
  .action(async (names: string[], flags) =>
    (await import('./commands/run.js')).run(names, flags, process.argv.slice(2)),
  );
program.addCommand(run);

program
  .command('compare')
  .summary('compare two runs')
  .description(
    'Compares the results of two runs cell by cell. Worse is a cell whose ratio has a 95 % interval that excludes 1, by more than 5 % and more than the noise floor, and stands among as many comparisons (Holm), or that had a time and has none now: then the exit code is 1. Times of different machines are not compared, sizes are.',
  )
  .argument('<base>', 'results.jsonl of the run to compare with')
  .argument('<new>', 'results.jsonl of the new run')
  .option('--markdown <file>', 'write the tables for a pull request there')
  .addHelpText(
    'after',
    examples([['formatlab-bench compare main.jsonl branch.jsonl --markdown comment.md', 'in a CI job']]),
  )
  .action(async (base: string, next: string, flags) =>
    (await import('./commands/compare.js')).compare(base, next, flags),
  );

program
  .command('merge')
  .summary('put shards together')
  .description('Makes one results file of those that `run --shard 1/n` … `run --shard n/n` wrote.')
  .argument('<results...>', 'results.jsonl of every shard')
  .requiredOption('-o, --out <file>', 'the results of all')
  .addHelpText('after', examples([['formatlab-bench merge part*/results.jsonl -o all.jsonl', 'all parts']]))
  .action(async (files: string[], flags) => (await import('./commands/merge.js')).merge(files, flags));

program
  .command('self-check')
  .summary('check the bench itself')
  .description(
    'Measures twelve cells as a base, unchanged, and with a slowdown of 10 % planted in one of them, all three in the same blocks, and compares. Then compares time, memory and bytes of three cells with tinybench, /usr/bin/time and strace.',
  )
  .option('--repeats <n>', 'processes a cell and run', '10')
  .option(
    '--default-suite',
    'instead, the default suite twice, both in the same blocks, and the share of cells that differ by more than their interval allows',
  )
  .option('--apart', 'with --default-suite: one run after the other')
  .option('--instruments', 'only the comparison with other instruments')
  .option('--seed <n>', 'of the data and of the order', '1')
  .option('--temp <folder>', 'where files are written and read')
  .addHelpText('after', examples([['formatlab-bench self-check', 'twelve cells, some minutes']]))
  .action(async (flags) => (await import('./self-check/self-check.js')).selfCheck(flags));

program
  .command('report')
  .summary('make the report again')
  .description('Makes report.html, report.md and report.csv from results of one or several runs.')
  .argument('[results...]', 'results.jsonl of runs; default: formatlab-out/results.jsonl')
  .option('-o, --out <folder>', 'default: the folder of the first file')
  .addHelpText(
    'after',
    examples([['formatlab-bench report monday.jsonl tuesday.jsonl -o both', 'two runs side by side']]),
  )
  .action(async (files: string[], flags) => (await import('./commands/report.js')).report(files, flags));

program
  .command('list')
  .summary('show formats, workloads, operations')
  .option('--plugin <module>', 'a format of your own; may be repeated', collect, [])
  .action(async (flags) => (await import('./commands/list.js')).list(flags));

program
  .command('goals')
  .summary('check the speed goals')
  .description(
    'Measures each goal against its peer, both sides taking turns in fresh processes. Exit code 1 when the whole interval misses a goal.',
  )
  .argument('[goals...]', 'ids of goals; default: all')
  .option('--only <ids>', 'ids of goals, with commas between them; the same as naming them')
  .option('--file <json>', 'other goals')
  .option('--processes <n>', 'fresh processes a goal', '7')
  .option('--rounds <n>', 'turns in each process', '7')
  .option('--seed <n>', 'of the data', '1')
  .option('--temp <folder>', 'where files are written and read')
  .addHelpText(
    'after',
    examples([
      ['formatlab-bench goals csv-read json-read', 'two of them'],
      ['formatlab-bench goals --only npz-write,npz-read', 'two others'],
    ]),
  )
  .action(async (ids: string[], flags) => (await import('./commands/goals.js')).goals(ids, flags));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await fail(error);
}

/** 2 for what was typed, 1 for everything else; one line each. */
async function fail(error: unknown): Promise<number> {
  // Commander has said what was wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { errorLine } = await import('./processes/error-line.js');
  const usage = error instanceof Error && error.name === 'UsageError';
  console.error(`${pc.red('error:')} ${usage ? error.message : errorLine(error)}`);
  if (program.opts<{ debug?: boolean }>().debug === true && error instanceof Error)
    console.error(error.stack);
  return usage ? 2 : 1;
}

function examples(lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  ${pc.cyan(command.padEnd(width))}  ${meaning}`).join('\n')}`;
}
