import { existsSync } from 'node:fs';
import type { Arrays, Container } from './containers.js';
import type { HttpFailure, HttpRead, HttpReads } from './measure-http.js';

/** A page in Chromium that reads over HTTP. */
export interface BrowserAccess {
  readonly version: string;
  /** Those that the page brings, by their ids. */
  readonly formats: readonly string[];
  reads(container: Container, url: string, arrays: Arrays): Promise<HttpReads>;
  slice(url: string, path: string, slice: string): Promise<HttpRead | HttpFailure>;
  close(): Promise<void>;
}

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** @returns what is missing, as text, where there is no browser */
export async function openBrowser(origin: string): Promise<BrowserAccess | string> {
  const executablePath = [process.env['CHROMIUM_PATH'], ...PLACES].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (executablePath === undefined) return 'no Chromium found; set CHROMIUM_PATH';
  // Only those who measure in a browser need it.
  const playwright = await import('playwright-core').catch(() => undefined);
  if (playwright === undefined) return "the package 'playwright-core' is not installed";
  const browser = await playwright.chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await browser.newPage();
  try {
    await page.goto(origin);
    await page.waitForFunction(() => 'formatlabHttp' in globalThis, undefined, { timeout: 10_000 });
  } catch (error) {
    await browser.close();
    return `the page that reads did not load: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
  const call = <T>(name: string, given: readonly unknown[]): Promise<T> =>
    page.evaluate(
      ([key, list]) =>
        // The page has put the function there.
        (globalThis as unknown as Record<string, (...items: readonly unknown[]) => Promise<T>>)[key]!(
          ...list,
        ),
      [name, given] as const,
    );
  return {
    version: browser.version(),
    formats: await call('formatlabFormats', []),
    reads: ({ format, layout, indexed }, url, arrays) =>
      call('formatlabHttp', [{ format, layout, indexed }, url, arrays]),
    slice: (url, path, slice) => call('formatlabSlice', [url, path, slice]),
    close: () => browser.close(),
  };
}
