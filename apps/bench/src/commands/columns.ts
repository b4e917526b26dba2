import pc from 'picocolors';

/** Rows as a table in text: columns as wide as their widest cell, the header underlined. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  ');
  return [pc.bold(line(header)), ...rows.map(line)].join('\n');
}
