import { Command, CommanderError } from 'commander';
import pc from 'picocolors';

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

program
  .command('run')
  .summary('measure, and write the report')
  .description(
    'Measures formats on workloads and writes results and report to a folder. Every cell is checked first and then timed in fresh processes.',
  )
  .argument(
    '[workloads...]',
    'array, arrays, counter, table, tree, messages, file; all that need no file unless named',
  )
  .option('--data <file>', 'your own file, in any of the formats; a part of it: data.h5#/run1/temps')
  .option('--data-format <id>', 'format of your file, where its content does not tell')
  .option('--formats <list>', 'such as json,csv,parquet:parquetjs-lite')
  .option('--operations <list>', 'such as write,read,read-one')
  .option('--compression <list>', 'none, gzip, brotli, zstd')
  .option('--size <rowsxcolumns>', 'of array and arrays: 1000x1000')
  .option('--count <n>', 'arrays, counters, packages of the tree, messages')
  .option('--rows <n>', 'of the table')
  .option('--option <format.name=value>', 'an option of a format; may be repeated', collect, [])
  .option(
    '--plugin <module>',
    "a format of your own: ./file.js or a package's name; may be repeated",
    collect,
    [],
  )
  .option('--repeats <n>', 'fresh processes a cell, without a limit of time')
  .option(
    '--suite <name>',
    'default; full: every operation of every workload, and compressed tables; access: single arrays of files of 800 MB',
  )
  .option('--quick', 'smaller data and fewer processes: at most a minute')
  .option('--max-time <seconds>', 'start no more processes after this, once each cell was measured')
  .option('--timeout <seconds>', 'longest time of one process', '60')
  .option('--seed <n>', 'of the data and of the order', '1')
  .option('-o, --out <folder>', 'for results and report', 'formatlab-out')
  .option('--temp <folder>', 'where files are written and read; default: that of the system')
  .option('--no-report', 'results only')
  .option('--no-progress', 'nothing on stderr')
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
    ]),
  )
  .action(async (names: string[], flags) =>
    (await import('./commands/run.js')).run(names, flags, process.argv.slice(2)),
  );

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
