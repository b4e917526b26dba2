import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

// `npm start` measures the default workloads; `npm start -- --quick` passes its arguments on.
setup();
run(process.execPath, [`${root}apps/bench/bin/formatlab-bench.js`, 'run', ...process.argv.slice(2)]);
