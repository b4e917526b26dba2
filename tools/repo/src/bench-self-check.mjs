import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

setup();
run(process.execPath, [`${root}apps/bench/bin/formatlab-bench.js`, 'self-check', ...process.argv.slice(2)]);
