import { setup } from './setup.mjs';
import { runTests } from './vitest.mjs';

// `npm test` runs everything that needs only Node; `npm test -- packages/csv` a part of it.
setup();
runTests('vitest', process.argv.slice(2));
