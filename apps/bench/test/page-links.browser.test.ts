import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallRun } from './page/big-run.js';
import { allDrawn, DESKTOP, type Pages, startPages } from './page/browser.js';
import { NOISE, withNoise } from './page/variants.js';

// What an address brings back, and what the keyboard reaches.
let pages: Pages;

beforeAll(async () => {
  pages = await startPages();
  await pages.write('run', withNoise(smallRun()));
});
afterAll(() => pages?.close());

function top(page: Page, id: string): Promise<number> {
  return page.locator(`#${id} h2`).evaluate((element) => element.getBoundingClientRect().top);
}

describe('a link', () => {
  it.each(['#matrix', '#at=growth', '#sizes'])(
    'opens the page at the section that it names: %s',
    async (hash) => {
      const { page, problems } = await pages.open('run', DESKTOP, hash);
      await allDrawn(page);
      const id = hash.replace(/^#(at=)?/, '');
      const place = await top(page, id);
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThan(300);
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  it('brings back the data, the axes, the operation, the order, the slider and the open details', async () => {
    const chosen = new URLSearchParams({
      data: 'tree(10000)',
      x: 'memory',
      y: 'write',
      operation: 'append',
      sort: 'size',
      time: 'write',
      reads: '0',
      cell: 'tree(10000)/made-c/none/read',
    });
    const { page } = await pages.open('run', DESKTOP, `#${chosen}`);
    await allDrawn(page);
    const value = (key: string): Promise<string> => page.locator(`[data-key=${key}]`).inputValue();
    expect(await value('data')).toBe('tree(10000)');
    expect(await value('x')).toBe('memory');
    expect(await value('y')).toBe('write');
    expect(await value('operation')).toBe('append');
    expect(await value('time')).toBe('write');
    expect(await page.locator('#slider-reads').inputValue()).toBe('0');
    expect(await page.locator('#matrix [aria-sort]').textContent()).toContain('file size');
    expect(await page.locator('dialog[open] h2').textContent()).toBe('made-c: read all');
    await page.context().close();
  });

  it('to what is not there shows the page as it is', async () => {
    const { page, problems } = await pages.open('run', DESKTOP, '#at=nowhere&data=no&x=no&cell=no&reads=-1');
    await allDrawn(page);
    expect(await page.locator('dialog').count()).toBe(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('is copied by the sign beside a heading', async () => {
    const { page } = await pages.open('run', {
      ...DESKTOP,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await allDrawn(page);
    await page.locator('#sizes .anchor').click();
    await expect.poll(() => page.locator('#sizes .anchor').textContent()).toContain('ink');
    expect(new URL(page.url()).hash).toBe('#at=sizes');
    await page.context().close();
  });
});

describe('the keyboard', () => {
  it('goes through the matrix by arrows, with one stop for the tab key, and comes back from the details', async () => {
    const { page } = await pages.open('run');
    await allDrawn(page);
    expect(await page.locator('#matrix table [tabindex="0"]').count()).toBe(1);
    await page.locator('#matrix table [tabindex="0"]').focus();
    const place = (): Promise<readonly number[]> =>
      page.evaluate(
        `(() => {
          const cell = document.activeElement.closest('td, th');
          return [cell.parentElement.rowIndex, cell.cellIndex];
        })()`,
      );
    expect(await place()).toEqual([1, 1]);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    expect(await place()).toEqual([2, 2]);
    await page.keyboard.press('Home');
    expect(await place()).toEqual([2, 0]);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await place()).toEqual([0, 0]);
    await page.keyboard.press('Control+End');
    const [row] = await place();
    expect(row).toBe((await page.locator('#matrix tr').count()) - 1);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Close');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await place()).toEqual([1, 1]);
    expect(await page.locator('#matrix table [tabindex="0"]').count()).toBe(1);
    await page.context().close();
  });

  it('orders the matrix by a column, and stays there', async () => {
    const { page } = await pages.open('run');
    await allDrawn(page);
    await page.locator('#matrix [data-key=sort-size]').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#matrix [aria-sort]').textContent()).toContain('file size');
    expect(await page.evaluate('document.activeElement.dataset.key')).toBe('sort-size');
    await page.context().close();
  });

  it('moves a slider, and the new order is told', async () => {
    const { page } = await pages.open('run');
    await allDrawn(page);
    const told = page.locator('#demand [role=status]');
    const before = await told.textContent();
    await page.locator('#slider-singles').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => told.textContent()).not.toBe(before);
    expect(await told.textContent()).toMatch(/^Best now: made-/);
    await page.context().close();
  });
});

describe('motion and paper', () => {
  it('nothing moves for who wants no motion', async () => {
    const { page } = await pages.open('run', { ...DESKTOP, reducedMotion: 'reduce' });
    await allDrawn(page);
    const before = await page.locator('.bars .name').first().textContent();
    await page.locator('#slider-singles').focus();
    await page.keyboard.press('Home');
    await page.locator('#slider-storage').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator('.bars .name').first().textContent()).not.toBe(before);
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    await page.context().close();
  });

  it('paper holds the answers and no control', async () => {
    const { page } = await pages.open('run');
    await allDrawn(page);
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.presets', '#compare', '.anchor', '.theme'])
      expect(await page.locator(hidden).first().isVisible()).toBe(false);
    for (const shown of ['.pick', '#matrix table', '#growth svg', '.method'])
      expect(await page.locator(shown).first().isVisible()).toBe(true);
    await page.context().close();
  });
});

describe('the noise', () => {
  it('stands beside the picks, the ties, the times and the runs', async () => {
    const { page } = await pages.open('run');
    await allDrawn(page);
    const share = `${(100 * NOISE).toFixed(1)} %`;
    for (const place of [
      '.top .origin',
      '#answer .lead',
      '#answer .confidence',
      '#matrix .legend',
      '#times .lead',
    ])
      expect((await page.locator(place).first().textContent())?.replaceAll('\u00a0', ' ')).toContain(share);
    expect(await page.locator('#environment').textContent()).toContain(`${share} is what one cell differed`);
    await page.context().close();
  });
});
