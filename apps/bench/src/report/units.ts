/** `1.23 ms`, `45 µs`, `2.1 s`: three figures. */
export function formatMs(ms: number): string {
  if (ms >= 1000) return `${threeFigures(ms / 1000)} s`;
  return ms >= 0.1 ? `${threeFigures(ms)} ms` : `${threeFigures(ms * 1000)} µs`;
}

/** `8.00 MB`, decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${threeFigures(bytes / 1e9)} GB`;
  if (bytes >= 1e6) return `${threeFigures(bytes / 1e6)} MB`;
  return bytes >= 1000 ? `${threeFigures(bytes / 1000)} kB` : `${bytes} B`;
}

/** `1.00 ×`, `2.34 ×`, `120 ×`. */
export function formatRatio(ratio: number): string {
  return `${threeFigures(ratio)} ×`;
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

function threeFigures(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
