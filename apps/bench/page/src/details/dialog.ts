import { lossLine } from '@formatlab/core';
import { withPeers } from '../../../src/report/model.js';
import { OPERATION_TITLES } from '../../../src/report/operations.js';
import { rerunCommand } from '../../../src/report/rerun.js';
import { formatBytes, formatCount, formatMs, formatRatio, formatShare } from '../../../src/report/units.js';
import type { CellRecord } from '../../../src/results/record.js';
import { button, type Child, dataTable, disclosure, h } from '../dom.js';
import { copyAddress, copyText } from '../link.js';
import { glyph } from '../looks.js';
import type { View } from '../view.js';
import { samplesChart } from './samples.js';
import { stagesBar } from './stages.js';
import { touchedStrip } from './strip.js';

let opened: HTMLDialogElement | undefined;
/** What had the focus before, by its place in the page: sections may be drawn anew meanwhile. */
let opener: HTMLElement | undefined;

/** Shows the cell that the state names, or none. */
export function openDetails(view: View): void {
  const cell = view.state.cell === '' ? undefined : findCell(view);
  if (opened !== undefined) {
    const old = opened;
    opened = undefined;
    old.remove();
    if (cell === undefined) opener?.focus();
  } else if (document.activeElement instanceof HTMLElement) opener = document.activeElement;
  if (cell === undefined) return;
  const dialog = draw(cell, view);
  opened = dialog;
  document.body.append(dialog);
  dialog.addEventListener('close', () => view.change({ cell: '' }));
  dialog.addEventListener('click', (event) => {
    // The dialog itself is hit only beside its content.
    if (event.target === dialog) dialog.close();
  });
  dialog.showModal();
  dialog.querySelector<HTMLElement>('[data-key=close]')?.focus();
}

function findCell({ model, current, state }: View): CellRecord | undefined {
  for (const results of [current, ...model.workloads])
    for (const { cells } of withPeers(results))
      for (const cell of cells.values()) if (cell.cell === state.cell) return cell;
  return undefined;
}

function draw(cell: CellRecord, view: View): HTMLDialogElement {
  const run = view.model.runs.find((one) => one.run === cell.run) ?? view.model.runs.at(-1);
  const width = Math.min(740, document.documentElement.clientWidth - 64);
  const dialog = h('dialog', { 'aria-labelledby': 'details-title' });
  dialog.append(
    h(
      'div',
      { class: 'dialog' },
      h(
        'div',
        { class: 'dialog-head' },
        h(
          'h2',
          { id: 'details-title' },
          glyph(view.look(cell.format)),
          `${rowName(cell)}: ${OPERATION_TITLES[cell.operation] ?? cell.operation}`,
        ),
        h('div', { class: 'dialog-buttons' }, linkButton(), closeButton(dialog)),
      ),
      h('p', { class: 'lead' }, cell.workload.title),
      siblings(cell, view),
      h('p', { class: statusClass(cell) }, statusLine(cell)),
      ...keyFigures(cell, view.noise),
      ...block('Samples, process by process', samplesChart(cell, width)),
      ...block('Where the time goes', stagesBar(cell)),
      ...block('Bytes of the file that were touched', touchedStrip(cell)),
      ...losses(cell),
      h('h3', {}, 'Run it again'),
      command(rerunCommand(cell, run)),
      disclosure('The raw record', rawRecord(cell)),
    ),
  );
  return dialog;
}

/** The other operations of the same row. */
function siblings(cell: CellRecord, view: View): HTMLElement {
  const row = view.model.workloads.flatMap(withPeers).find(({ cells }) => cells.get(cell.operation) === cell);
  const all = [...(row?.cells.values() ?? [])];
  return h(
    'div',
    { class: 'presets', role: 'group', 'aria-label': 'Operations of this row' },
    ...all.map((one) => {
      const element = button(OPERATION_TITLES[one.operation], () => view.open(one), 'chip');
      element.setAttribute('aria-pressed', String(one === cell));
      return element;
    }),
  );
}

function statusLine(cell: CellRecord): string {
  if (cell.status !== 'ok')
    return `${cell.status === 'failed' ? `✕ Failed (${cell.failure ?? 'error'})` : cell.status}: ${cell.reason ?? 'no reason given'}`;
  return cell.fidelity === 'lossy'
    ? '≈ Read back, with the losses listed below'
    : '✓ Read back equal to the bit';
}

function statusClass(cell: CellRecord): string {
  if (cell.status === 'failed') return 'status bad';
  if (cell.status !== 'ok') return 'status none';
  return cell.fidelity === 'lossy' ? 'status warn' : 'status good';
}

/** Has the focus when the details open. */
function closeButton(dialog: HTMLDialogElement): HTMLElement {
  const element = button('Close', () => dialog.close());
  element.dataset['key'] = 'close';
  return element;
}

function linkButton(): HTMLElement {
  const element = button('Copy link', () => copyAddress(element));
  return element;
}

function keyFigures(cell: CellRecord, noise: number): HTMLElement[] {
  const { times, memory, io, file, messages, processes } = cell;
  const figures: [title: string, value: string, note: string][] = [];
  if (times !== null) {
    const interval = times.interval95Ms;
    figures.push(
      [
        'median',
        formatMs(times.medianMs),
        `${interval === null ? 'no interval: one process' : `95 %: ${interval.map(formatMs).join(' to ')}`}${noise > 0 ? `, noise ${formatShare(noise)}` : ''}`,
      ],
      [
        'first call',
        formatMs(times.firstMs),
        `${formatRatio(times.firstMs / times.medianMs)} the median; in a fresh process`,
      ],
      ...warmth(processes),
    );
  }
  if (messages !== null)
    figures.push([
      'messages',
      `${formatCount(messages.perSecond)}/s`,
      `${formatCount(messages.bytesPerMessage)} B each; latency ${formatMs(messages.latencyMs.p50)}, 99 %: ${formatMs(messages.latencyMs.p99)}`,
    ]);
  if (memory !== null)
    figures.push([
      'peak memory',
      formatBytes(memory.peakBytes),
      `${formatBytes(Math.max(0, memory.peakBytes - memory.baselineBytes))} over the start (${memory.method})`,
    ]);
  if (io !== null && io.bytesRead > 0)
    figures.push([
      'read',
      formatBytes(io.bytesRead),
      io.pastSink === true
        ? "by the kernel's count: the format works on the file itself"
        : `in ${formatCount(io.reads)} reads`,
    ]);
  if (io !== null && io.bytesWritten > 0)
    figures.push([
      'written',
      formatBytes(io.bytesWritten),
      `${formatBytes(io.bytesRewritten)} over old bytes${io.pastSink === true ? ', as its commit says' : ''}`,
    ]);
  if (cell.cold !== undefined)
    figures.push([
      'cold cache',
      cell.cold.medianMs === null ? '–' : formatMs(cell.cold.medianMs),
      cell.cold.reason ??
        (cell.cold.interval95Ms === null
          ? 'read from the disk'
          : `95 %: ${cell.cold.interval95Ms.map(formatMs).join(' to ')}`),
    ]);
  if (io?.audit !== undefined)
    figures.push([
      'bytes audited',
      io.audit.agrees ? '✓ agrees' : '⚠ differs',
      `the kernel counted ${formatBytes(io.audit.kernelRead)} read, ${formatBytes(io.audit.kernelWritten)} written`,
    ]);
  if (file !== null)
    figures.push([
      'file',
      formatBytes(file.bytes),
      `${formatShare(file.bytes / cell.workload.dataset.bytes)} of the values`,
    ]);
  if (figures.length === 0) return [];
  return [
    h(
      'dl',
      { class: 'figures' },
      ...figures.map(([title, value, note]) =>
        h('div', {}, h('dt', {}, title), h('dd', {}, h('b', {}, value), h('small', {}, note))),
      ),
    ),
  ];
}

/** Whether the samples were taken warm, and what garbage collection had of them. */
function warmth(processes: CellRecord['processes']): [title: string, value: string, note: string][] {
  if (processes.length === 0) return [];
  const cold = processes.filter(({ warm }) => !warm).length;
  const shares = processes.map(({ gcShare }) => gcShare).sort((a, b) => a - b);
  const runs = processes.map(({ warmupRuns }) => warmupRuns).sort((a, b) => a - b);
  const middle = Math.floor(processes.length / 2);
  return [
    [
      'warm-up',
      cold === 0 ? '✓ warm' : `⚠ ${cold} of ${processes.length}`,
      `${cold === 0 ? 'all processes' : 'processes still got faster'}, after ${formatCount(runs[middle]!)} calls`,
    ],
    [
      'garbage collection',
      formatShare(shares[middle]!),
      `of the samples’ time; at most ${formatShare(shares.at(-1)!)}`,
    ],
  ];
}

function losses(cell: CellRecord): Child[] {
  if (cell.losses.length === 0) return [];
  return [
    h('h3', {}, `Losses (${formatCount(cell.lossCount)})`),
    h('ul', {}, ...cell.losses.slice(0, 20).map((loss) => h('li', {}, lossLine(loss)))),
  ];
}

function command(text: string): HTMLElement {
  const copy = button('Copy', () => copyText(text, copy, 'Copied', 'Select it, please'));
  return h('div', { class: 'command' }, h('pre', { tabindex: 0 }, text), copy);
}

function rawRecord(cell: CellRecord): HTMLElement {
  const { processes, ...rest } = cell;
  return h(
    'div',
    {},
    h('pre', { tabindex: 0 }, JSON.stringify(rest, null, 1)),
    processes.length === 0
      ? null
      : dataTable(
          'Raw samples',
          ['process', 'warm-up', 'operations a sample', 'garbage collection', 'samples'],
          processes.map((one) => [
            `block ${one.block}`,
            `${one.warmupRuns}${one.warm ? '' : ', still warming up'}`,
            one.batch,
            formatShare(one.gcShare),
            one.samplesMs.map(formatMs).join(', '),
          ]),
        ),
  );
}

function block(title: string, content: Element | undefined): Child[] {
  return content === undefined ? [] : [h('h3', {}, title), content];
}

function rowName({ format, engine, compression, peer }: CellRecord): string {
  if (peer !== undefined) return `${peer}, a peer on ${format}`;
  return `${format}${engine === null ? '' : ` (${engine})`}${compression === 'none' ? '' : ` + ${compression}`}`;
}
