import { readFileSync } from 'node:fs';
import { createLab } from '@formatlab/core';
import type { FormatChoice } from '../cells.js';
import { formatsOfModule } from '../formats.js';
import { turn } from '../processes/turn.js';

/** A script of one purpose: reads a file as somebody without this bench would. */
export interface SubjectJob {
  readonly choice: FormatChoice;
  readonly input: string;
  /** How tinybench times it; absent where it is read once. */
  readonly tinybench?: {
    /** Reads that are timed together, without a collection of garbage between them. */
    readonly batch: number;
    readonly warmupMs: number;
    readonly sampleMs: number;
  };
}

/** What the script says when tinybench is done. */
export interface SubjectResult {
  readonly type: 'result';
  /** Median of a read. */
  readonly ms: number;
}

// Written by the process that started this one.
const { choice, input, tinybench } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as SubjectJob;
const lab = createLab((await formatsOfModule(choice.module)).map(({ format }) => format));
const read = (): Promise<unknown> => lab.load(input, { format: choice.format });

if (tinybench === undefined) await read();
else {
  const { Bench } = await import('tinybench');
  const { batch, warmupMs, sampleMs } = tinybench;
  const bench = new Bench({ time: sampleMs, warmupTime: warmupMs, iterations: 3, warmupIterations: 3 });
  const work = async (): Promise<void> => {
    for (let i = 0; i < batch; i++) await read();
  };
  let isWarming = false;
  bench.add('read', work, {
    // As here: the whole warm-up is one turn, and then each sample is.
    beforeEach: async (mode) => {
      globalThis.gc?.();
      if (mode !== 'warmup' || !isWarming) await turn();
      isWarming = mode === 'warmup';
    },
  });
  const [task] = await bench.run();
  const { result } = task!;
  if (!('latency' in result)) throw new Error(`read '${input}': tinybench has no result`);
  const told: SubjectResult = { type: 'result', ms: result.latency.p50 / batch };
  process.send?.(told, () => process.exit(0));
}
