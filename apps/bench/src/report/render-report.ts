import type { Report, ResultRecord } from '../results/record.js';

/** The report of one or several runs. */
export async function renderReport(records: readonly ResultRecord[]): Promise<Report> {
  const cells = records.filter((record) => record.kind === 'cell');
  const lines = cells.map((cell) => [cell.cell, cell.status, cell.times?.medianMs ?? ''].join(','));
  const csv = ['cell,status,median_ms', ...lines].join('\n');
  return { html: `<!doctype html><title>FormatLab</title><pre>${csv}</pre>`, markdown: csv, csv };
}
