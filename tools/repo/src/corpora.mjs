import { run } from './run.mjs';
import { setup } from './setup.mjs';

// Files of other implementations, judged one by one: `npm run corpora -- --help` says how.
setup();
run(process.execPath, ['tools/corpora/dist/main.js', ...process.argv.slice(2)]);
