import { statSync } from 'node:fs';
import { fileSource, type Source, type Value } from '@formatlab/core';
import type { CellSetup } from '../measure/setup.js';
import { checksum } from './checksum.js';
import type { FileOperation, Wrap } from './operation.js';
import { timedSource } from './timed-io.js';

/** Reads from the source what the operation wants, and gives each value to `use`, which visits it. */
export type Reading = (source: Source, use: (value: Value) => void) => Promise<void>;

/** A task that reads from the group's file, stage by stage. */
export function readingTask({ files }: CellSetup, wrap: Wrap, read: Reading): ReturnType<FileOperation> {
  let kept = 0;
  return {
    async run() {
      const start = performance.now();
      let materialise = 0;
      const { source, spent, firstAt } = timedSource(() => fileSource(files.input));
      await read(wrap.source(source), (value) => {
        const began = performance.now();
        kept += checksum(value);
        materialise += performance.now() - began;
      });
      await source.close();
      const end = performance.now();
      const open = Math.min(firstAt() ?? end, end) - start;
      // A format that reads from a path of its own asks the source for nothing: its time is decoding.
      const known = firstAt() === undefined ? 0 : open;
      return { open: known, read: spent(), decode: end - start - known - spent() - materialise, materialise };
    },
    after() {
      if (kept === Number.MIN_VALUE) throw new RangeError('take a checksum: the result is impossible');
      return statSync(files.input).size;
    },
  };
}
