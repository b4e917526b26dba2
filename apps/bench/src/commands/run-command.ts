import { Command, Option } from 'commander';

const collect = (item: string, items: readonly string[]): readonly string[] => [...items, item];

/** The arguments and options of `run`: for the command line, and to understand that of an interrupted run again. */
export function runCommand(): Command {
  return new Command('run')
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
    .option(
      '--peers [list]',
      'the bare libraries beside the formats, in JavaScript and, where it is there, in Python; such as papaparse,python-h5py',
    )
    .option('--python <path>', "of the peers: that of a virtual environment; default: 'python3' on the PATH")
    .option(
      '--repeats <n>',
      'exactly so many fresh processes a cell, without a limit of time; default: until the 95 % interval is under 3 %',
    )
    .option(
      '--suite <name>',
      'default; full: every operation of every workload, and compressed tables; access: single arrays of files of 800 MB',
    )
    .option(
      '--cache <state>',
      'warm; cold: reads also with the file out of the page cache (Linux: dd, fincore); no figure where that cannot be seen',
      'warm',
    )
    .option('--quick', 'smaller data and fewer processes: at most a minute')
    .option('--max-time <seconds>', 'start no more processes after this, once each cell was measured')
    .option('--timeout <seconds>', 'longest time of one process', '60')
    .option('--seed <n>', 'of the data and of the order', '1')
    .option('--shard <i/n>', 'only part i of n of the cells, for several machines: see merge')
    .option('--resume', 'go on with the run in the folder that was interrupted, with the options that it had')
    .option('-o, --out <folder>', 'for results and report', 'formatlab-out')
    .option('--temp <folder>', 'where files are written and read; default: that of the system')
    .option('--no-report', 'results only')
    .option('--no-progress', 'nothing on stderr')
    .addOption(
      new Option('--plant <cell=share>', 'slow one cell down, to see whether compare finds it').hideHelp(),
    );
}
