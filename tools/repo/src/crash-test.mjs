import { run } from './run.mjs';
import { setup } from './setup.mjs';

// Writers are killed at every moment, and what they left is read: `npm run crash-test -- --help` says how.
setup();
run(process.execPath, ['tools/crash-test/dist/main.js', ...process.argv.slice(2)]);
