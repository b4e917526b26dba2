import { existsSync } from 'node:fs';
import { capture, tryRun } from './run.mjs';

/** CHROMIUM_PATH names one; on Debian it is installed when it is missing. Ends this process without any. */
export function findChromium() {
  const found = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => path !== undefined && existsSync(path));
  if (found !== undefined) return found;
  if (capture('sh', ['-c', 'command -v apt-get']) !== undefined && process.getuid?.() === 0) {
    console.log('Installing Chromium …');
    tryRun('sh', [
      '-c',
      'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null',
    ]);
    if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium';
  }
  console.error('find Chromium: none on this machine; install it or set CHROMIUM_PATH');
  process.exit(1);
}
