import { lossLine } from '@formatlab/core';
import { formatBytes, formatMs } from '../../src/report/units.js';
import type { CellRecord, RunRecord } from '../../src/results/record.js';
import { dataTable, h } from './dom.js';

/** Everything that was measured of one cell, and the command that runs it again. */
export function details(cell: CellRecord, run: RunRecord | undefined, onClose: () => void): HTMLElement {
  const dialog = h('dialog', { 'aria-labelledby': 'details-title', onclose: onClose });
  dialog.append(
    h('h3', { id: 'details-title' }, cell.cell),
    h('p', {}, statusLine(cell)),
    ...figures(cell),
    ...samples(cell),
    ...strip(cell),
    ...(cell.losses.length === 0
      ? []
      : [
          h('h4', {}, `Losses (${cell.lossCount})`),
          h('ul', {}, ...cell.losses.slice(0, 20).map((loss) => h('li', {}, lossLine(loss)))),
        ]),
    ...(run === undefined
      ? []
      : [
          h('h4', {}, 'Run it again'),
          h('pre', { tabindex: 0 }, `npx formatlab-bench ${run.command.join(' ')} --seed ${run.seed}`),
        ]),
    h('button', { type: 'button', class: 'close', onclick: () => dialog.close() }, 'Close'),
  );
  return dialog;
}

function statusLine(cell: CellRecord): string {
  if (cell.status !== 'ok') return `${cell.status}: ${cell.reason ?? 'no reason given'}`;
  return cell.fidelity === 'lossy' ? 'Read back with the losses listed below' : 'Read back equal to the bit';
}

function figures(cell: CellRecord): HTMLElement[] {
  const { times, memory, io, file } = cell;
  const rows: (readonly [string, string])[] = [];
  if (times !== null) {
    rows.push(['median', formatMs(times.medianMs)]);
    if (times.interval95Ms !== null)
      rows.push(['95 % interval', times.interval95Ms.map(formatMs).join(' to ')]);
    rows.push(
      ['first call in a fresh process', formatMs(times.firstMs)],
      ['samples', `${times.samples} in ${times.processes} processes`],
    );
    for (const [stage, ms] of Object.entries(times.stagesMs)) rows.push([`of it ${stage}`, formatMs(ms)]);
  }
  if (memory !== null)
    rows.push([
      'peak memory',
      `${formatBytes(memory.peakBytes)} (${formatBytes(memory.peakBytes - memory.baselineBytes)} over the start, ${memory.method})`,
    ]);
  if (io !== null)
    rows.push(
      ['bytes read', `${formatBytes(io.bytesRead)} in ${io.reads} reads`],
      [
        'bytes written',
        `${formatBytes(io.bytesWritten)}, ${formatBytes(io.bytesRewritten)} of it over old ones`,
      ],
    );
  if (file !== null) rows.push(['file', formatBytes(file.bytes)]);
  if (cell.messages !== null)
    rows.push([
      'latency, median and 99 %',
      `${formatMs(cell.messages.latencyMs.p50)}, ${formatMs(cell.messages.latencyMs.p99)}`,
    ]);
  return rows.length === 0 ? [] : [dataTable('Figures of the cell', ['figure', 'value'], rows)];
}

function samples(cell: CellRecord): HTMLElement[] {
  if (cell.processes.length === 0) return [];
  const rows = cell.processes.map((process) => [
    `block ${process.block}`,
    formatMs(process.firstMs),
    process.samplesMs.slice(0, 12).map(formatMs).join(', ') + (process.samplesMs.length > 12 ? ', …' : ''),
    `${Math.round(process.gcShare * 100)} %${process.warm ? '' : ', still warming up'}`,
  ]);
  return [
    h('h4', {}, 'Samples, by process'),
    dataTable('Samples by process', ['process', 'first call', 'samples', 'garbage collection'], rows),
  ];
}

/** The bytes that were read, as dark runs in a bar that is the file. */
function strip(cell: CellRecord): HTMLElement[] {
  const size = cell.file?.bytes ?? 0;
  const ranges = cell.io?.rangesRead ?? [];
  if (size === 0 || ranges.length === 0) return [];
  const bar = h('div', {
    class: 'strip',
    role: 'img',
    'aria-label': `${formatBytes(cell.io!.bytesRead)} of ${formatBytes(size)} read`,
  });
  for (const [at, length] of ranges)
    bar.append(h('span', { style: `left:${(100 * at) / size}%;width:max(1px,${(100 * length) / size}%)` }));
  return [h('h4', {}, 'Bytes read, in the file'), bar];
}
