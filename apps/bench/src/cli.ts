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
      ['formatlab-bench advise orders.csv --reads one --appends many', 'one recommendation, and why'],
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
  .command('advise')
  .summary('recommend a format for a file')
  .description(
    'Measures on your file, or on its first rows where it is large, what you do with it, in every format that can hold it, and recommends one: with two runners-up, why, how sure, what would be lost, what is ruled out and by what, and the command that converts. It ranks as the report does: by what the work and the room cost in a month.',
  )
  .argument('<file>', 'your file, in any of the formats; a part of it: data.h5#/run1/temps')
  .option('--reads <what>', 'one: single entries; whole; both; or how often: whole=5,one=2000')
  .option('--appends <amount>', 'none, once, few (10), some (100), many (1000), or how often in a month')
  .option('--writes <amount>', 'the whole anew: the same words')
  .option('--memory <bytes>', 'rule out what needs more at its peak, Node.js included: 200MB')
  .option('--size-matters', 'count a gigabyte at $2 a month instead of $0.02')
  .option('--bandwidth <bytes>', 'the file is reached over so much a second: 5MB')
  .option('--formats <list>', 'only these: csv,parquet,sqlite')
  .option('--lossy', 'also formats that lose something of the file')
  .option('--data-format <id>', 'format of your file, where its content does not tell')
  .option('--plugin <module>', 'a format of your own; may be repeated', collect, [])
  .option('--seconds <n>', 'then nothing is timed again; once every format that is left is', '45')
  .option('--temp <folder>', 'where files are written and read; default: that of the system')
  .option('--json', 'for programs')
  .option('--no-progress', 'nothing on stderr')
  .addHelpText(
    'after',
    examples([
      ['formatlab-bench advise orders.csv', 'a bit of everything'],
      ['formatlab-bench advise log.ndjson --appends many --reads whole=few', 'a log that grows'],
      [
        'formatlab-bench advise runs.h5 --reads one --appends many --memory 200MB',
        'a store of single entries',
      ],
      ['formatlab-bench advise table.csv --reads whole --size-matters --bandwidth 5MB', 'to be downloaded'],
    ]),
  )
  .action(async (file: string, flags) => (await import('./commands/advise.js')).advise(file, flags));

program
  .command('chapter')
  .summary("run a textbook's five programs in Python and here")
  .description(
    'Scalars, counters, a look at a dataset, one array and many arrays: five small programs, in Python and here, on the same numbers. What they find is compared to the bit, and times and sizes are printed side by side. Exit code 1 where values differ.',
  )
  .option('--size <rowsxcolumns>', 'of each array', '100x100')
  .option('--count <n>', 'of the many arrays', '100')
  .option('--repeats <n>', 'of each step, in one process', '5')
  .option('--seed <n>', 'of the numbers', '1')
  .option('--python <path>', "that of a virtual environment; default: 'python3' on the PATH")
  .option('--temp <folder>', 'where files are written and read')
  .option('--json', 'for programs')
  .addHelpText(
    'after',
    examples([
      ['formatlab-bench chapter', 'a hundred arrays of 100 × 100'],
      ['formatlab-bench chapter --size 2x4 --count 3', 'as small as in print'],
      ['formatlab-bench chapter --python .venv/bin/python', 'with the libraries of a virtual environment'],
    ]),
  )
  .action(async (flags) => (await import('./commands/chapter.js')).chapter(flags));

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
    'Measures twelve cells as a base, unchanged, and with a slowdown of 10 % planted in one of them, and compares: all three take turns, sample by sample, so that what the machine does befalls all alike. Then compares time, memory and bytes of three cells with tinybench, /usr/bin/time and strace.',
  )
  .option('--repeats <n>', 'processes a cell and run', '10')
  .option(
    '--default-suite',
    'instead, the default suite twice, both taking turns, and the share of cells that differ by more than their interval allows',
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
