import { readFileSync } from 'node:fs';
import { createLab } from '@formatlab/core';
import type { FormatChoice } from '../cells.js';
import { formatsOfModule } from '../formats.js';

/** A script of one purpose: reads a file once, or under tinybench, as somebody without this bench would. */
interface SubjectJob {
  readonly choice: FormatChoice;
  readonly input: string;
  readonly how: 'once' | 'tinybench';
  /** Reads that are timed together, without a collection of garbage between them. */
  readonly batch: number;
}

// Written by the process that started this one.
const { choice, input, how, batch } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as SubjectJob;
const lab = createLab((await formatsOfModule(choice.module)).map(({ format }) => format));
const read = (): Promise<unknown> => lab.load(input, { format: choice.format });

if (how === 'once') await read();
else {
  const { Bench } = await import('tinybench');
  const bench = new Bench({ time: 1000, warmupTime: 500 });
  const work = async (): Promise<void> => {
    for (let i = 0; i < batch; i++) await read();
  };
  bench.add('read', work, { beforeEach: () => globalThis.gc?.() });
  const [task] = await bench.run();
  const { result } = task!;
  if (!('latency' in result)) throw new Error(`read '${input}': tinybench has no result`);
  console.log(result.latency.p50 / batch);
}
