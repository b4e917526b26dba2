import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CORPORA } from './corpora.js';
import type { Corpus } from './corpus.js';
import { compareWithKnown, reasonOf } from './known-failures.js';
import { runCases } from './run-cases.js';
import { type Score, scoreOf, tableOf, writeInto } from './scoreboard.js';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));

const HELP = `npm run corpora -- [FORMAT…] [--json FILE] [--folder FOLDER]

Reads real files of other implementations and counts, format by format: valid files read with the right
values, damaged ones refused, and the same for a peer library.

  FORMAT…          only these (${CORPORA.map(({ format }) => format).join(', ')})
  --folder FOLDER  the unpacked corpora; default: what FORMATLAB_CORPORA names
  --json FILE      also writes { format: { valid: [right, all], invalid: [refused, all], peer } }
  --no-peer        leaves the peer libraries out

A run over all formats writes its table into README.md. It ends with exit code 1 when a case fails that
known-failures.json does not list with its reason, or when a listed one goes right.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    json: { type: 'string' },
    folder: { type: 'string' },
    peer: { type: 'boolean', default: true },
    help: { type: 'boolean' },
  },
});
if (values.help === true) console.log(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  const folder = values.folder ?? process.env.FORMATLAB_CORPORA;
  if (folder === undefined || !existsSync(folder)) {
    console.log(
      folder === undefined
        ? 'The corpora are not here: unpack them, and name their folder in FORMATLAB_CORPORA or with --folder.'
        : `read the corpora in '${folder}': there is no such folder`,
    );
    return folder === undefined ? 0 : 1;
  }
  const unknown = positionals.find((id) => CORPORA.every(({ format }) => format !== id));
  if (unknown !== undefined) {
    console.error(
      `find the corpus '${unknown}': there are ${CORPORA.map(({ format }) => format).join(', ')}`,
    );
    return 2;
  }
  const chosen = CORPORA.filter(({ format }) => positionals.length === 0 || positionals.includes(format));
  const board: Record<string, Score> = {};
  const problems: string[] = [];
  let right = 0;
  let listed = 0;
  for (const corpus of chosen) {
    process.stderr.write(`${corpus.format} …\n`);
    const results = await runCases(corpus.format, 'ours', resolve(folder));
    const failures = results.filter(({ problem }) => problem !== null);
    right += results.length - failures.length;
    for (const { file, problem } of failures) {
      const reason = reasonOf(corpus.format, file);
      if (reason !== undefined) {
        listed += 1;
        console.log(`known failure: ${file}: ${problem} (${reason})`);
      }
    }
    problems.push(...compareWithKnown(corpus.format, results));
    board[corpus.format] = { ...scoreOf(results), ...(await peerScore(corpus, resolve(folder))) };
  }
  console.log(`\n${tableOf(board)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(board, null, 2)}\n`);
  if (positionals.length === 0 && values.peer === true) writeInto(README, board);
  for (const problem of problems) console.log(`failed: ${problem}`);
  console.log(`${right} passed, ${problems.length} failed, ${listed} known failures`);
  return problems.length === 0 ? 0 : 1;
}

async function peerScore(corpus: Corpus, folder: string): Promise<Pick<Score, 'peer'>> {
  if (corpus.peer === undefined || values.peer !== true) return {};
  return { peer: { name: corpus.peer, ...scoreOf(await runCases(corpus.format, 'peer', folder)) } };
}
