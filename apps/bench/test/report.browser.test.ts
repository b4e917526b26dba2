import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../dist/report/index.js';
import type { ResultRecord } from '../src/results/record.js';

// The real page in a real browser, offline, from a file. FORMATLAB_SCREENSHOTS=DIR keeps the pictures.
const records = readFileSync(new URL('./fixtures/sample.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as ResultRecord);
const folder = mkdtempSync(join(tmpdir(), 'formatlab-page-'));
const screenshots = process.env['FORMATLAB_SCREENSHOTS'];
let browser: Browser;
let url: string;

beforeAll(async () => {
  const path = join(folder, 'report.html');
  writeFileSync(path, (await renderReport(records)).html);
  url = pathToFileURL(path).href;
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly page: Page;
  readonly problems: string[];
}

async function openPage(options: BrowserContextOptions, hash = ''): Promise<Opened> {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on(
    'request',
    (request) => !/^(file|data):/.test(request.url()) && problems.push(`asked for ${request.url()}`),
  );
  await page.goto(url + hash);
  await page.waitForSelector('#answer');
  return { page, problems };
}

const DESKTOP = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

describe.each([
  ['desktop, light', { ...DESKTOP, colorScheme: 'light' as const }],
  ['desktop, dark', { ...DESKTOP, colorScheme: 'dark' as const }],
  ['phone', { ...PHONE, colorScheme: 'light' as const }],
])('%s', (name, options) => {
  it('opens offline without an error, and nothing is wider than the screen', async () => {
    const { page, problems } = await openPage(options);
    expect(await page.locator('.pick').count()).toBeGreaterThan(0);
    expect(await page.locator('figure svg').count()).toBeGreaterThanOrEqual(3);
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    // The picture of the project's README.
    if (screenshots !== undefined && name === 'desktop, light')
      await page.screenshot({ path: join(screenshots, 'report.png') });
    if (screenshots !== undefined)
      await page.screenshot({
        path: join(screenshots, `report-${name.replace(/\W+/g, '-')}.png`),
        fullPage: true,
      });
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe('clicking through', () => {
  it('every workload shows its own matrix', async () => {
    const { page, problems } = await openPage(DESKTOP);
    const tabs = page.locator('nav button');
    for (let i = 0; i < (await tabs.count()); i++) {
      const title = await tabs.nth(i).textContent();
      await tabs.nth(i).click();
      expect(await page.locator('#matrix caption').textContent()).toContain(title);
    }
    expect(problems).toEqual([]);
  });

  it('the operation, the compression and the axes change the charts, and the address keeps them', async () => {
    const { page, problems } = await openPage(DESKTOP);
    const chart = page.locator('#times figure svg');
    const before = await chart.innerHTML();
    await page.locator('[data-key=operation] select').selectOption('read');
    expect(await chart.innerHTML()).not.toBe(before);
    expect(page.url()).toContain('operation=read');
    await page.locator('[data-key=compression] select').selectOption('all');
    await page.locator('[data-key=x] select').selectOption('memory');
    const chosen = new URL(page.url()).hash;
    const again = await openPage(DESKTOP, chosen);
    expect(await again.page.locator('[data-key=operation] select').inputValue()).toBe('read');
    expect(await again.page.locator('[data-key=compression] select').inputValue()).toBe('all');
    expect(await again.page.locator('[data-key=x] select').inputValue()).toBe('memory');
    expect([...problems, ...again.problems]).toEqual([]);
  });

  it('a cell opens its details, with the command that runs it again, and Escape closes them', async () => {
    const { page, problems } = await openPage(DESKTOP);
    await page.locator('#matrix td.number button').first().click();
    expect(await page.locator('dialog[open]').textContent()).toContain('npx formatlab-bench');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(problems).toEqual([]);
  });

  it('what failed or is not supported stands there with its reason', async () => {
    const { page } = await openPage(DESKTOP);
    const bad = records.filter(
      (record) => record.kind === 'cell' && (record.status === 'unsupported' || record.status === 'failed'),
    );
    expect(bad.length).toBeGreaterThan(0);
    const tabs = page.locator('nav button');
    let shown = '';
    for (let i = 0; i < (await tabs.count()); i++) {
      await tabs.nth(i).click();
      shown += await page.locator('main').innerHTML();
    }
    for (const record of bad)
      if (record.kind === 'cell' && record.compression === 'none')
        expect(shown).toContain(record.reason?.slice(0, 25));
  });
});
