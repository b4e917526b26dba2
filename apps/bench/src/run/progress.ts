import pc from 'picocolors';

/** Says on stderr how far a run is and how long it will take. */
export interface Progress {
  /** @param share of the time, 0 to 1; `leftMs` undefined: not known yet */
  update(share: number, what: string, leftMs: number | undefined): void;
  /** Ends the line. */
  end(): void;
}

const BETWEEN_LINES_MS = 5000;
const BETWEEN_UPDATES_MS = 100;

/** One line that is written over on a terminal, a line every few seconds elsewhere. */
export function newProgress(stream: NodeJS.WriteStream = process.stderr, enabled = true): Progress {
  if (!enabled) return { update() {}, end() {} };
  let lastAt = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    update(share, what, leftMs) {
      const now = performance.now();
      if (now - lastAt < (stream.isTTY ? BETWEEN_UPDATES_MS : BETWEEN_LINES_MS)) return;
      lastAt = now;
      const text = progressText(share, what, leftMs);
      if (!stream.isTTY) return void stream.write(`${text}\n`);
      shown = true;
      stream.write(`\r\u001b[K${pc.dim(text.slice(0, (stream.columns ?? 80) - 1))}`);
    },
    end() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}

/** `34 %, 2 min 10 s left: table(100000)/csv/none/read` */
export function progressText(share: number, what: string, leftMs: number | undefined): string {
  const left = leftMs === undefined ? '' : `, ${durationText(leftMs)} left`;
  return `${Math.floor(100 * share)} %${left}: ${what}`;
}

/** `45 s`, `2 min 10 s`. */
export function durationText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
