import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bigRun, formatName } from './page/big-run.js';
import { allDrawn, DESKTOP, type Pages, PHONE, SAMPLE, seriousFindings, startPages } from './page/browser.js';

// Of a small real run, and of a made one of 5,000 cells.
/** What the page of 5,000 cells may take until its first answer stands there. */
const MOST_LOAD_MS = 2000;
const screenshots = process.env['FORMATLAB_SCREENSHOTS'];
const big = bigRun();
let pages: Pages;

beforeAll(async () => {
  pages = await startPages();
  await pages.write('small', SAMPLE);
  await pages.write('big', big);
  if (screenshots !== undefined) mkdirSync(screenshots, { recursive: true });
});
afterAll(() => pages?.close());

const LOOKS = [
  ['desktop, light', { ...DESKTOP, colorScheme: 'light' as const }],
  ['desktop, dark', { ...DESKTOP, colorScheme: 'dark' as const }],
  ['phone', { ...PHONE, colorScheme: 'light' as const }],
  ['phone, dark', { ...PHONE, colorScheme: 'dark' as const }],
] as const;

describe.each(LOOKS)('%s', (name, options) => {
  it('opens offline without an error, and nothing is wider than the screen', async () => {
    const { page, problems } = await pages.open('small', options);
    await allDrawn(page);
    expect(await page.locator('.pick').count()).toBeGreaterThan(0);
    expect(await page.locator('main svg').count()).toBeGreaterThanOrEqual(3);
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    if (screenshots !== undefined) {
      if (name === 'desktop, light') await page.screenshot({ path: join(screenshots, 'report.png') });
      const file = `report-${name.replace(/\W+/g, '-')}.png`;
      await page.screenshot({ path: join(screenshots, file), fullPage: true });
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('has no serious finding of axe-core', async () => {
    const { page } = await pages.open('small', options);
    await allDrawn(page);
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('#matrix button.cell').first().click();
    await page.waitForSelector('dialog[open]');
    expect(await seriousFindings(page)).toEqual([]);
    await page.context().close();
  });
});

describe('5,000 cells', () => {
  it('stand there within two seconds', async () => {
    expect(big.filter((record) => record.kind === 'cell').length).toBeGreaterThanOrEqual(5000);
    const start = performance.now();
    const { page, problems } = await pages.open('big', DESKTOP);
    const ms = performance.now() - start;
    expect(ms).toBeLessThan(MOST_LOAD_MS);
    await allDrawn(page);
    expect(problems).toEqual([]);
    if (screenshots !== undefined)
      await page.screenshot({ path: join(screenshots, 'big.png'), fullPage: true });
    await page.context().close();
  });

  it('are ranked anew when a slider is moved, and the address brings that back', async () => {
    const { page, problems } = await pages.open('big', DESKTOP);
    const ranking = (): Promise<string[]> => page.locator('.bars .name').allTextContents();
    const costs = (): Promise<string[]> => page.locator('.bars .price').allTextContents();
    const before = await ranking();
    const prices = await costs();
    for (const [slider, key] of [
      ['singles', 'Home'],
      ['reads', 'Home'],
      ['appends', 'Home'],
      ['storage', 'End'],
    ] as const) {
      await page.locator(`#slider-${slider}`).focus();
      await page.keyboard.press(key);
    }
    await expect.poll(costs).not.toEqual(prices);
    const after = await ranking();
    expect(after).not.toEqual(before);
    const { hash } = new URL(page.url());
    expect(hash).toContain('singles=0');
    const again = await pages.open('big', DESKTOP, hash);
    expect(await again.page.locator('.bars .name').allTextContents()).toEqual(after);
    expect(await again.page.locator('#slider-singles').inputValue()).toBe('0');
    expect([...problems, ...again.problems]).toEqual([]);
    await page.context().close();
    await again.page.context().close();
  });

  it('find one format by its name', async () => {
    const { page } = await pages.open('big', DESKTOP);
    await page.locator('.toolbar input[type=search]').fill(formatName(3));
    await expect
      .poll(async () => new Set(await page.locator('#matrix tbody th').allTextContents()).size)
      .toBeLessThan(10);
    await page.context().close();
  });
});

describe('clicking through', () => {
  it('a cell opens its details, with the command that runs it again, and Escape closes them', async () => {
    const { page, problems } = await pages.open('small', DESKTOP);
    await allDrawn(page);
    await page.locator('#matrix button.cell').first().click();
    const dialog = page.locator('dialog[open]');
    expect(await dialog.textContent()).toContain('formatlab-bench run');
    expect(new URL(page.url()).hash).toContain('cell=');
    const again = await pages.open('small', DESKTOP, new URL(page.url()).hash);
    await again.page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'detached' });
    expect([...problems, ...again.problems]).toEqual([]);
    await page.context().close();
    await again.page.context().close();
  });

  it('every set of data shows its own matrix', async () => {
    const { page, problems } = await pages.open('small', DESKTOP);
    const data = page.locator('.toolbar select').first();
    const options = await data.locator('option').allTextContents();
    for (let i = 0; i < options.length; i++) {
      await data.selectOption({ index: i });
      await allDrawn(page);
      expect(await page.locator('#answer').textContent()).toContain(options[i]!.split(',')[0]!.slice(0, 12));
      expect(await page.locator('#matrix tbody tr').count()).toBeGreaterThan(0);
    }
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('what failed or is not supported stands there with its reason', async () => {
    const { page } = await pages.open('small', DESKTOP);
    const bad = SAMPLE.filter(
      (record) => record.kind === 'cell' && (record.status === 'unsupported' || record.status === 'failed'),
    );
    expect(bad.length).toBeGreaterThan(0);
    const data = page.locator('.toolbar select').first();
    let shown = '';
    for (let i = 0; i < (await data.locator('option').count()); i++) {
      await data.selectOption({ index: i });
      await allDrawn(page);
      shown += await page.locator('#matrix').innerHTML();
    }
    for (const record of bad)
      if (record.kind === 'cell' && record.compression === 'none')
        expect(shown).toContain(record.reason?.slice(0, 25));
    await page.context().close();
  });
});
