import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differenceOf } from '../src/report/difference.js';
import { RESULT_SCHEMA, type ResultRecord } from '../src/results/record.js';
import { formatName, smallRun } from './page/big-run.js';
import {
  allDrawn,
  DESKTOP,
  type Pages,
  recordsOf,
  SAMPLE,
  seriousFindings,
  startPages,
} from './page/browser.js';
import { OTHER, onTwoMachines, withNoise, withPeer } from './page/variants.js';

// Peers, several machines, other runs, and the data that leaves the page.
const run = withNoise(smallRun());
const PEER = 'python-swift';
let pages: Pages;

beforeAll(async () => {
  pages = await startPages();
  await pages.write('small', SAMPLE);
  await pages.write('run', run);
  await pages.write('peers', withPeer(run, formatName(2), PEER));
  await pages.write('machines', onTwoMachines(run));
});
afterAll(() => pages?.close());

describe('peers', () => {
  it('stand beside the formats with a mark, are never picked or ranked, and can be hidden', async () => {
    const { page, problems } = await pages.open('peers');
    await allDrawn(page);
    const row = page.locator('#matrix tbody tr', { hasText: PEER });
    expect(await row.locator('.peer').textContent()).toBe('Python peer');
    expect(await row.locator('.best').count()).toBe(0);
    expect(await page.locator('#times svg').textContent()).toContain(`${PEER} [Python]`);
    for (const place of ['#answer', '.ranking', '.frontier'])
      expect(await page.locator(place).first().textContent()).not.toContain(PEER);
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('[data-key=peers]').uncheck();
    await allDrawn(page);
    expect(await page.locator('main').textContent()).not.toContain(PEER);
    expect(new URL(page.url()).hash).toContain('peers=no');
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe('several machines', () => {
  it('are shown one at a time: its times alone are ranked, sizes are those of all', async () => {
    const { page, problems } = await pages.open('machines');
    await allDrawn(page);
    const formats = async (place: string): Promise<Set<string>> =>
      new Set(((await page.locator(place).textContent()) ?? '').match(/made-[a-y]/g));
    const machine = page.locator('[data-key=machine]');
    expect(await machine.locator('option').count()).toBe(2);
    const here = await formats('#times');
    const data = await page.locator('[data-key=data] option:checked').textContent();
    await machine.selectOption({ label: `Another processor, 4 cores (${OTHER.slice(0, 6)})` });
    await allDrawn(page);
    const there = await formats('#times');
    expect([...here].filter((format) => there.has(format))).toEqual([]);
    expect(await page.locator('[data-key=data] option:checked').textContent()).toBe(data);
    expect((await formats('#sizes')).size).toBe(here.size + there.size);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe('another run', () => {
  const slower = withNoise(smallRun(1, { format: formatName(2), by: 1.5 }));

  function fileOf(name: string, text: string): string {
    const path = join(pages.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async function told(page: Page): Promise<string> {
    return (await page.locator('#compare').textContent()) ?? '';
  }

  it('is compared by the rule of the command when its file is chosen', async () => {
    const { page, problems } = await pages.open('run');
    await allDrawn(page);
    await page.locator('#compare-file').setInputFiles(fileOf('slower.jsonl', lines(slower)));
    const wanted = differenceOf(run, slower, 0.031).changes.filter(
      ({ verdict }) => verdict === 'slower',
    ).length;
    expect(wanted).toBeGreaterThan(20);
    await expect.poll(() => told(page)).toContain(`${wanted} ▲ slower`);
    expect(await page.locator('#compare tbody tr').first().textContent()).toContain(formatName(2));
    expect(await seriousFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('is compared when it is dropped on the page', async () => {
    const { page } = await pages.open('run');
    await allDrawn(page);
    await page.evaluate(
      `(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([${JSON.stringify(lines(slower))}], 'dropped.jsonl'));
        const options = { dataTransfer, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent('dragenter', options));
        document.body.dispatchEvent(new DragEvent('drop', options));
      })()`,
    );
    await expect.poll(() => told(page)).toContain('dropped.jsonl');
    expect(await told(page)).toContain('▲ slower');
    expect(await page.locator('.veil').isVisible()).toBe(false);
    await page.context().close();
  });

  it('may be a report, and may take the page over', async () => {
    const { page } = await pages.open('run');
    await allDrawn(page);
    await page.locator('#compare-file').setInputFiles(join(pages.folder, 'small.html'));
    await expect.poll(() => told(page)).toContain('None of its');
    await page.locator('#compare-file').setInputFiles(await pages.write('slower', slower));
    await expect.poll(() => told(page)).toContain('▲ slower');
    await page.locator('#compare summary', { hasText: 'Show the other run alone' }).click();
    await page.locator('#compare button', { hasText: 'in place of this run' }).click();
    await page.waitForSelector('#answer .pick');
    await page.context().close();
  });

  it.each([
    ['empty.jsonl', '', 'is empty'],
    ['text.jsonl', 'hello\nworld\n', 'holds no results of a run'],
    ['array.json', '[1, 2, 3]', 'holds no results of a run'],
    [
      'newer.jsonl',
      JSON.stringify({ kind: 'cell', schema: RESULT_SCHEMA + 1 }),
      'has schema 2, this page knows 1',
    ],
    ['early.jsonl', JSON.stringify(run[0]), 'ended too early'],
  ])('that is none is refused with what would be right: %s', async (name, text, problem) => {
    const { page, problems } = await pages.open('small');
    await allDrawn(page);
    await page.locator('#compare-file').setInputFiles(fileOf(name, text));
    const alert = page.locator('#compare [role=alert]');
    await expect.poll(() => alert.textContent()).toContain(problem);
    expect(await alert.textContent()).toContain(name);
    expect(await alert.textContent()).toMatch(/results\.jsonl|draw this page again/);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe('the data', () => {
  it('can be taken from the page, which is offline, as it was given', async () => {
    const { page } = await pages.open('small', { ...DESKTOP, acceptDownloads: true });
    await allDrawn(page);
    const save = async (label: string): Promise<string> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('#environment button', { hasText: label }).click(),
      ]);
      return readFileSync(await download.path(), 'utf8');
    };
    expect(recordsOf(await save('JSON lines'))).toEqual(SAMPLE);
    const csv = await save('CSV');
    const cells = SAMPLE.filter(({ kind }) => kind === 'cell').length;
    expect(csv.trimEnd().split('\r\n').length).toBe(cells + 1);
    await page.context().close();
  });

  it('is in the one file, with all that draws it', () => {
    const html = readFileSync(join(pages.folder, 'small.html'), 'utf8');
    const [head] = html.split('<script type="application/x-ndjson"');
    expect(head).not.toMatch(/<script[^>]*\ssrc=|<link[^>]*href="(?!data:)|@import|url\((?!["']?data:)/);
  });
});

describe('the details of a cell', () => {
  it('hold its samples, warm-up, garbage collection, stages, touched bytes and command', async () => {
    const id = 'table(10000)/made-d/none/read-one';
    const cell = run.find((record) => record.kind === 'cell' && record.cell === id);
    if (cell?.kind !== 'cell' || cell.times === null) throw new Error(`find '${id}': it has no times`);
    const { page } = await pages.open('run', DESKTOP, `#cell=${encodeURIComponent(id)}`);
    const dialog = page.locator('dialog[open]');
    const samples = cell.processes.flatMap(({ samplesMs }) => samplesMs).length;
    expect(
      await dialog
        .locator(`svg[aria-label^="${samples} samples of ${cell.processes.length} processes"]`)
        .count(),
    ).toBe(1);
    const text = ((await dialog.textContent()) ?? '').toLowerCase();
    for (const title of [
      'median',
      'first call',
      'warm-up',
      'garbage collection',
      'peak memory',
      'where the time goes',
    ])
      expect(text).toContain(title);
    const places = await dialog
      .locator('.strip-read rect')
      .evaluateAll((all) => all.map((rect) => Number(rect.getAttribute('x'))));
    const size = cell.file!.bytes;
    expect(places).toEqual(cell.io!.rangesRead.map(([at]) => expect.closeTo((1000 * at) / size, 1)));
    expect(await dialog.locator('.strip-written rect').count()).toBe(cell.io!.rangesWritten!.length);
    expect(text).toContain(
      'npx formatlab-bench run table --rows 10000 --formats made-d --operations read-one --compression none',
    );
    await page.context().close();
  });
});

function lines(records: readonly ResultRecord[]): string {
  return records.map((record) => JSON.stringify(record)).join('\n');
}
