import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { renderReport } from '../../dist/report/index.js';
import type { ResultRecord } from '../../src/results/record.js';

// The real page in a real browser, offline, from a file.
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const DESKTOP = { viewport: { width: 1280, height: 900 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

/** A small real run. */
export const SAMPLE: readonly ResultRecord[] = recordsOf(
  readFileSync(new URL('../fixtures/sample.jsonl', import.meta.url), 'utf8'),
);

export interface Opened {
  readonly page: Page;
  /** Errors, and whatever was asked for beside the file itself. */
  readonly problems: string[];
}

export interface Pages {
  /** Where files of a test may lie. */
  readonly folder: string;
  write(name: string, records: readonly ResultRecord[]): Promise<string>;
  open(name: string, options?: BrowserContextOptions, hash?: string): Promise<Opened>;
  close(): Promise<void>;
}

/** A browser, and a folder of reports. */
export async function startPages(): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), 'formatlab-page-'));
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  return {
    folder,
    async write(name, records) {
      const path = join(folder, `${name}.html`);
      writeFileSync(path, (await renderReport(records)).html);
      return path;
    },
    async open(name, options = DESKTOP, hash = '') {
      const url = pathToFileURL(join(folder, `${name}.html`)).href;
      const context = await browser.newContext({ offline: true, ...options });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('request', (request) => {
        if (request.url().split('#')[0] !== url && !/^(data|blob):/.test(request.url()))
          problems.push(`asked for ${request.url()}`);
      });
      await page.goto(url + hash);
      await page.waitForSelector('#answer .pick');
      return { page, problems };
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function allDrawn(page: Page): Promise<void> {
  await page.waitForSelector('[data-ready=all]', { timeout: 20_000 });
}

export function recordsOf(text: string): ResultRecord[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ResultRecord); // of a run
}

/** Findings that keep people out, one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(
    // axe puts itself on the window.
    () => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}
