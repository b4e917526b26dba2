import { run } from './run.mjs';
import { setup } from './setup.mjs';

// Tables larger than memory are converted, and the memory is measured: `npm run huge -- --help` says how.
setup();
run(process.execPath, ['tools/huge/dist/main.js', ...process.argv.slice(2)]);
