import { root, run } from './run.mjs';
import { setup } from './setup.mjs';

setup();
run(process.execPath, [`${root}tools/create-format/bin/create-format.js`, ...process.argv.slice(2)]);
