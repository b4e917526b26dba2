import * as Plot from '@observablehq/plot';

/** A chart whose groups of marks are told to nobody: what the chart says stands in its name and in a table beside it. */
export function plot(options: Plot.PlotOptions): ReturnType<typeof Plot.plot> {
  const chart = Plot.plot(options);
  // Plot names its groups, and a name without a role is not allowed (ARIA 1.2, 5.2.8.6).
  for (const group of chart.querySelectorAll('g[aria-label]')) group.removeAttribute('aria-label');
  return chart;
}
