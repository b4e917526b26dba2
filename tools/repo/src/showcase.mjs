import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findChromium } from './chromium.mjs';
import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

// The example report: `npm run showcase` measures and draws it, `-- --from showcase/results.jsonl` only draws.
const BENCH = join(root, 'apps/bench/bin/formatlab-bench.js');
const RESULTS = 'results.jsonl';
/** Of the picture, in pixels: what a reader sees first. */
const SCREEN = { width: 1280, height: 900 };

/** Each once, in its default engine; those that take several times as long as all others would leave them no time. */
const FORMATS =
  'json:plain,csv:native,msgpack,numpy,hdf5:native,parquet:formatlab,marshal,pickle,sqlite:native,matlab,protobuf';
const MORE = ['table', '--formats', FORMATS];
const PLAIN = ['--compression', 'none'];

/**
 * The default run, and what it leaves out for want of time: tables in other sizes, from which the growth curves and
 * their crossings come, single rows, and files under compression. In all a quarter of an hour at most.
 */
const PARTS = [
  [],
  [...MORE, '--rows', '1000', '--operations', 'write,read,read-one', ...PLAIN, '--max-time', '110'],
  [...MORE, '--rows', '10000', '--operations', 'write,read,read-one', ...PLAIN, '--max-time', '110'],
  [...MORE, '--operations', 'read-one,append', ...PLAIN, '--max-time', '110'],
  [...MORE, '--operations', 'write', '--compression', 'gzip,brotli,zstd', '--max-time', '120'],
];

const { values: flags } = parseArgs({
  options: {
    from: { type: 'string' },
    out: { type: 'string', default: join(root, 'showcase') },
    quick: { type: 'boolean', default: false },
  },
});
const out = resolve(flags.out);
mkdirSync(out, { recursive: true });
setup();
const { writeResults, readResults, lastOfEach } = await bench('results/results-file.js');
const records = flags.from === undefined ? measured() : readResults(resolve(flags.from));
writeResults(join(out, RESULTS), records);
run(process.execPath, [BENCH, 'report', join(out, RESULTS), '--out', out]);
await picture(join(out, 'report.html'), join(out, 'report.png'));
writeFileSync(join(out, 'README.md'), readme(records));
console.log(`showcase: ${out}`);

function measured() {
  const temp = mkdtempSync(join(tmpdir(), 'formatlab-showcase-'));
  try {
    const files = PARTS.map((words, i) => {
      const folder = join(temp, `part-${i + 1}`);
      console.log(`Part ${i + 1} of ${PARTS.length}: formatlab-bench run ${words.join(' ')}`);
      const quick = flags.quick ? ['--quick'] : [];
      run(process.execPath, [BENCH, 'run', ...words, ...quick, '--no-report', '--out', folder]);
      return join(folder, RESULTS);
    });
    return lastOfEach(files.flatMap(readResults)).map((record) =>
      record.kind === 'run'
        ? { ...record, command: ['run', ...withoutFolders(record.command.slice(1))] }
        : record,
    );
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

async function picture(page, path) {
  const { chromium } = createRequire(join(root, 'apps/bench/package.json'))('playwright-core');
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const tab = await browser.newPage({ viewport: SCREEN, colorScheme: 'light', offline: true });
    await tab.goto(pathToFileURL(page).href);
    await tab.waitForSelector('[data-ready=all]');
    await tab.screenshot({ path });
  } finally {
    await browser.close();
  }
}

function readme(all) {
  const runs = all.filter(({ kind }) => kind === 'run');
  const cells = all.filter(({ kind }) => kind === 'cell');
  const { machine, startedAt } = runs[0];
  const commands = runs.map(({ command }) => `npx formatlab-bench ${command.join(' ')}`);
  const access = existsSync(join(out, 'access.md'))
    ? `
[access.md](access.md) and \`access.json\` are of \`npx formatlab-bench run --suite access --formats npz,hdf5,hdf5-h5py,sqlite\`:
one of 10,000 arrays, read and appended on disk, beside Python and over HTTP. \`npm run showcase\` leaves them as they are.
`
    : '';
  return `# An example report

Made by \`npm run showcase\`: [report.html](report.html) (open it in a browser, it needs no network),
[report.md](report.md), [report.csv](report.csv), and the raw [results](${RESULTS}) of ${cells.length.toLocaleString('en-US')} cells.
Measured ${startedAt.slice(0, 10)} on ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, with:

\`\`\`
${commands.join('\n')}
\`\`\`

\`npm run showcase -- --from showcase/${RESULTS}\` draws the report again without measuring. \`npm run docs\` writes the
measured lines of the packages' READMEs from it.
${access}`;
}

/** Where a part was kept for the time being is of no interest. */
function withoutFolders(words) {
  return words.filter((word, i) => !['--out', '--no-report'].includes(word) && words[i - 1] !== '--out');
}

function bench(path) {
  return import(pathToFileURL(join(root, 'apps/bench/dist', path)).href);
}
