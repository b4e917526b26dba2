import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Tried, title, tryEveryWrite } from './every-write.js';
import { lab } from './formats.js';
import { type Killed, killWriters } from './kills.js';
import { seededRandom } from './random.js';
import { scenariosOf } from './scenarios.js';
import { tableOf } from './table.js';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
const DEFAULT_KILLS = 100;
const SHORT_KILLS = 3;

const HELP = `npm run crash-test -- [FORMAT…] [--kills N] [--short] [--seed N]

Changes files of every format and kills the writer: once before, within and after every single write of each append,
update and removal, and N times at random while it appends. Then the file is read: it has to hold the old state or the
new one, to the last bit.

  FORMAT…    only these (${lab.formats.all.map(({ id }) => id).join(', ')})
  --kills N  processes killed for each format, default ${DEFAULT_KILLS}
  --short    ${SHORT_KILLS} kills for each format
  --seed N   of the moments of the kills, default: another one each time, printed

A run over all formats with the default kills or more writes its table into README.md. It ends with exit code 1 when a
file was lost or held another value.`;

const { values, positionals } = given();
if (values.help === true) console.log(HELP);
else process.exitCode = await main();

/** The command line; a wrong one ends the program. */
function given() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        kills: { type: 'string' },
        short: { type: 'boolean' },
        seed: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    // parseArgs throws errors.
    console.error(`${(error as Error).message}: --help tells the options`);
    process.exit(2);
  }
}

async function main(): Promise<number> {
  const known = lab.formats.all.map(({ id }) => id);
  const unknown = positionals.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    console.error(`find the format '${unknown}': there are ${known.join(', ')}`);
    return 2;
  }
  const kills =
    values.kills === undefined ? (values.short === true ? SHORT_KILLS : DEFAULT_KILLS) : Number(values.kills);
  if (!Number.isSafeInteger(kills) || kills < 0) {
    console.error(`--kills '${values.kills}': write a whole number`);
    return 2;
  }
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const random = seededRandom(seed);
  const chosen = positionals.length === 0 ? known : positionals;
  const tried: Tried[] = [];
  const killed: Killed[] = [];
  for (const format of chosen) {
    process.stdout.write(`${format} `);
    for (const scenario of scenariosOf(format)) {
      tried.push(await tryEveryWrite(scenario));
      process.stdout.write('.');
    }
    killed.push(
      await killWriters(format, kills, random, (done) => {
        if (done % 10 === 0) process.stdout.write(` ${done}`);
      }),
    );
    process.stdout.write('\n');
  }
  const table = tableOf(tried, killed);
  console.log(`\n${table}\n`);
  const problems = [
    ...tried.flatMap((each) => each.problems.map((problem) => `${title(each.scenario)}: ${problem}`)),
    ...killed.flatMap((each) => each.problems.map((problem) => `${each.format}: ${problem}`)),
  ];
  for (const problem of problems) console.log(`failed: ${problem}`);
  if (positionals.length === 0 && kills >= DEFAULT_KILLS && problems.length === 0) writeInto(table);
  const deaths = tried.reduce((sum, each) => sum + each.old + each.new, 0);
  const all = killed.reduce((sum, each) => sum + each.kills, 0);
  const within = killed.reduce((sum, each) => sum + each.within, 0);
  console.log(
    `${deaths} deaths at single writes and ${all} kills, ${all === 0 ? 0 : Math.round((within / all) * 100)} % of them within a write, seed ${seed}`,
  );
  console.log(`${deaths + all - problems.length} passed, ${problems.length} failed`);
  return problems.length === 0 ? 0 : 1;
}

function writeInto(table: string): void {
  const text = readFileSync(README, 'utf8');
  const marked = text.replace(
    /(<!-- generated:crash -->\n)[\s\S]*?(<!-- \/generated:crash -->)/,
    (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
  );
  if (marked !== text) writeFileSync(README, marked);
}
