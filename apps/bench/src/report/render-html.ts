import { readFileSync } from 'node:fs';
import type { ResultRecord } from '../results/record.js';

/** One file that opens offline: the page's code and style, and the records it shows as JSON lines. */
export function renderHtml(records: readonly ResultRecord[]): string {
  const script = asset('page.js').replaceAll('</script', '<\\/script');
  // `<` is escaped so that no text in the data can end the script element.
  const data = records.map((record) => JSON.stringify(record).replaceAll('<', '\\u003c')).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>FormatLab report</title>
<link rel="icon" href="data:,">
<style>${asset('page.css')}</style>
</head>
<body>
<div id="app"><noscript>This report draws its tables with JavaScript, which is switched off. report.md and report.csv beside it hold the same figures.</noscript></div>
<script type="application/x-ndjson" id="records">
${data}
</script>
<script>${script}</script>
</body>
</html>
`;
}

function asset(name: string): string {
  return readFileSync(new URL(`../page/${name}`, import.meta.url), 'utf8');
}
