import { lab } from './lab.js';
import { peakBytes, resetPeak } from './memory.js';

/** What the process that converts tells the one that started it. */
export type Message =
  | { readonly kind: 'reading'; readonly done: number; readonly total: number | undefined }
  | { readonly kind: 'writing'; readonly done: number; readonly total: number | undefined }
  | { readonly kind: 'done'; readonly seconds: number; readonly peak: number; readonly losses: number };

const [from, to] = process.argv.slice(2) as [string, string];
const tell = (message: Message): void => void process.send?.(message);
let lastAt = 0;
const nowAndThen = (work: () => void): void => {
  if (performance.now() - lastAt < 100) return;
  lastAt = performance.now();
  work();
};

resetPeak();
const start = performance.now();
const { losses } = await lab.convert(from, to, {
  from: { onProgress: (done, total) => nowAndThen(() => tell({ kind: 'reading', done, total })) },
  to: { onProgress: (done, total) => nowAndThen(() => tell({ kind: 'writing', done, total })) },
});
tell({
  kind: 'done',
  seconds: (performance.now() - start) / 1000,
  peak: peakBytes(),
  losses: losses.length,
});
process.disconnect?.();
