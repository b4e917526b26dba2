import type { Report, ResultRecord } from '../results/record.js';
import { reportModel } from './model.js';
import { renderCsv } from './render-csv.js';
import { renderHtml } from './render-html.js';
import { renderMarkdown } from './render-markdown.js';

/** The report of one or several runs: a page, Markdown and CSV. */
export async function renderReport(records: readonly ResultRecord[]): Promise<Report> {
  const model = reportModel(records);
  return { html: renderHtml(records), markdown: renderMarkdown(model), csv: renderCsv(model) };
}
