/** `1.23 ms`, `45 µs`, `2.1 s`, `3.4 h`: three figures. */
export function formatMs(ms: number): string {
  if (ms >= 3_600_000) return `${threeFigures(ms / 3_600_000)} h`;
  if (ms >= 120_000) return `${threeFigures(ms / 60_000)} min`;
  if (ms >= 1000) return `${threeFigures(ms / 1000)} s`;
  return ms >= 0.1 ? `${threeFigures(ms)} ms` : `${threeFigures(ms * 1000)} µs`;
}

/** `8.00 MB`, decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e12) return `${threeFigures(bytes / 1e12)} TB`;
  if (bytes >= 1e9) return `${threeFigures(bytes / 1e9)} GB`;
  if (bytes >= 1e6) return `${threeFigures(bytes / 1e6)} MB`;
  return bytes >= 1000 ? `${threeFigures(bytes / 1000)} kB` : `${Math.round(bytes)} B`;
}

/** `1.00 ×`, `2.34 ×`, `120 ×`. */
export function formatRatio(ratio: number): string {
  return `${threeFigures(ratio)} ×`;
}

/**
 * How much longer something takes than what it is compared with, with the 95 % interval of the ratio:
 * `12 % longer (95 %: 8 % to 16 %)`, `2.19 × as long (95 %: 2.01 to 2.38)`.
 */
export function formatMore(ratio: number, interval?: readonly [number, number]): string {
  if (ratio >= 2) {
    const ends = interval === undefined ? '' : ` (95 %: ${interval.map(threeFigures).join(' to ')})`;
    return `${formatRatio(ratio)} as long${ends}`;
  }
  const ends =
    interval === undefined ? '' : ` (95 %: ${interval.map((end) => formatShare(end - 1)).join(' to ')})`;
  return `${formatShare(ratio - 1)} longer${ends}`;
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `$0.0123`, `$4.56`, `$1,234`: three figures. */
export function formatDollars(dollars: number): string {
  if (dollars === 0) return '$0';
  if (dollars >= 1000) return `$${formatCount(dollars)}`;
  if (dollars < 0.000095) return `$${dollars.toExponential(1)}`;
  return `$${dollars >= 1 ? dollars.toFixed(2) : dollars.toPrecision(3)}`;
}

/** `2.3 %`, `45 %`, `−1.2 %`. */
export function formatShare(share: number): string {
  const percent = 100 * Math.abs(share);
  const text = percent !== 0 && percent < 9.95 ? percent.toFixed(1) : String(Math.round(percent));
  return `${share < 0 ? '−' : ''}${text} %`;
}

function threeFigures(value: number): string {
  if (value >= 99.95) return Number(value.toPrecision(3)).toLocaleString('en-US');
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
