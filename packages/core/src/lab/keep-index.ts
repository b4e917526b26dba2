import { Budget, defaultBudget } from '../budget.js';
import type { FormatSet } from '../contract/context.js';
import type { Commit } from '../contract/reader.js';
import { INDEX_SUFFIX } from '../file-index/index-file.js';
import { fileSource, isFile } from '../io/file-source.js';
import type { Sink } from '../io/source.js';
import { writeFileAtomic } from '../io/write-file.js';
import { peelName } from '../layers/compression.js';
import { type CallOptions, type Chosen, makeContext } from './call.js';
import { findIndex } from './find-index.js';
import { baseName } from './input.js';
import { indexPieces } from './make-index.js';
import { warn } from './recover.js';

/** Follows the changes of a file that has an index beside it. */
export interface IndexKeeper {
  committed(commit: Commit): void;
  /** When the file is closed: where it has only grown at its end, the index is made to go as far. */
  closed(): Promise<void>;
}

/** Undefined where there is no index that fits. What is not only growth leaves the index as it is: it no longer fits then. */
export async function keepIndex(
  sink: Sink,
  chosen: Chosen,
  formats: FormatSet,
  call: CallOptions,
): Promise<IndexKeeper | undefined> {
  const { path } = sink;
  if (path === undefined || chosen.implementation.index === undefined) return undefined;
  const target = `${path}${INDEX_SUFFIX}`;
  if (!isFile(target)) return undefined;
  const quiet = { ...call, index: undefined, onIndex: () => undefined };
  const found = await findIndex(sink, chosen, 'none', quiet, new Budget());
  if (found?.positions === undefined) return undefined;
  let { size } = sink;
  let grown = 0;
  let changed = false;
  return {
    committed({ written, rewritten }) {
      changed ||= rewritten > 0 || sink.size !== size + written;
      grown += written;
      size = sink.size;
    },
    async closed() {
      if (changed || grown === 0) return;
      try {
        const source = fileSource(path);
        try {
          const budget = defaultBudget(source.size, call.budget);
          const name = peelName(baseName(path)).name;
          const context = { ...makeContext(chosen, formats, call, budget, name), index: found.positions };
          writeFileAtomic(target, await indexPieces(source, chosen, 'none', context, found.every));
        } finally {
          await source.close();
        }
      } catch (error) {
        // The file is as it should be; its index only no longer fits.
        warn(
          call.onIndex,
          `extend index '${target}': ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
  };
}
