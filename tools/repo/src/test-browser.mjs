import { findChromium } from './chromium.mjs';
import { setup } from './setup.mjs';
import { runTests } from './vitest.mjs';

// The report in a real Chromium.
setup();
runTests('vitest.browser', process.argv.slice(2), { env: { CHROMIUM_PATH: findChromium() } });
