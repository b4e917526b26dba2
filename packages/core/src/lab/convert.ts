import type { FormatSet } from '../contract/context.js';
import type { Entry } from '../contract/reader.js';
import type { Loss } from '../loss.js';
import { resolveSelection, type Selection } from '../selection/selection.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import type { Table } from '../values/table.js';
import type { ValueRecord } from '../values/value.js';
import { batchesOf, entryOf, hasBatches, readerOf } from './batches.js';
import type { CallOptions } from './call.js';
import { type Input, type OpenedInput, openInput } from './input.js';
import { loadOpened } from './load.js';
import { beginRead, named, type ReadCall } from './read-call.js';
import { type SaveOptions, type SaveReport, save, type Target } from './save.js';
import { saveBatches, targetFormat } from './save-batches.js';

export interface ConvertOptions {
  /** How to read the input. */
  readonly from?: CallOptions | undefined;
  /** How to write the target. */
  readonly to?: SaveOptions | undefined;
  /** Most rows of a batch, where a table passes in batches. Default: by the size of its rows. */
  readonly rows?: number | undefined;
}

/**
 * Reads a file, or what its selector names, and writes it in another format. A table passes in batches where both
 * formats have them: its size is then not bounded by the memory.
 *
 * @example await convert(formats, 'run.h5#/temps', 'temps.npy')
 * @throws FormatError
 */
export async function convert(
  formats: FormatSet,
  input: Input,
  target: Target,
  options: ConvertOptions = {},
): Promise<SaveReport> {
  const losses: Loss[] = [];
  const from: CallOptions = {
    ...options.from,
    onLoss: (loss) => {
      losses.push(loss);
      options.from?.onLoss?.(loss);
    },
  };
  const opened = await openInput(input, from.signal);
  try {
    const { streams } = await targetFormat(formats, target, options.to ?? {});
    const read = await beginRead(formats, opened, from, (chosen) => streams && hasBatches(chosen));
    const report =
      streams && hasBatches(read.chosen)
        ? await pass(formats, read, opened, target, options)
        : await save(formats, target, await loadOpened(read, opened), options.to);
    return { ...report, losses: [...losses, ...report.losses] };
  } finally {
    if (opened.owned) await opened.source.close();
  }
}

/** In batches, where it is a table that has rows. */
async function pass(
  formats: FormatSet,
  read: ReadCall,
  opened: OpenedInput,
  target: Target,
  { to = {}, rows: given }: ConvertOptions,
): Promise<SaveReport> {
  const { path = '', slice, columns } = opened.selector;
  const { chosen } = read;
  const file = opened.source.name;
  const reader = await readerOf(read, opened);
  try {
    const found = await named(chosen, file, async () => {
      const entry = await entryOf(reader, path);
      const rows = entry?.kind === 'table' ? selectedRows(entry, slice) : 0;
      return { entry: entry!, rows, attributes: rows === 0 ? undefined : await reader.attributes?.(path) };
    });
    if (found.rows === 0) {
      const value = await named(chosen, file, () => reader.read(path, { slice, columns }));
      return await save(formats, target, value, to);
    }
    const rows = given ?? batchRows(found.entry, read.source.size);
    const batches = withAttributesOfAll(
      batchesOf(read, reader, path, { rows, slice, columns }),
      found.attributes,
    );
    return await saveBatches(formats, target, batches, to, found.rows);
  } finally {
    await reader.close();
  }
}

/** Rows that are selected; undefined where the reader can't tell. */
function selectedRows({ rows }: Entry, slice: Selection | undefined): number | undefined {
  return rows === undefined ? undefined : resolveSelection(slice, [rows])[0]!.count;
}

/** Attributes are those of the whole: the first batch carries them. */
async function* withAttributesOfAll(
  batches: AsyncIterable<Table>,
  attributes: ValueRecord | undefined,
): AsyncGenerator<Table> {
  let first = true;
  for await (const batch of batches) {
    const given = attributes !== undefined && Object.keys(attributes).length > 0;
    yield first && given && attributesOf(batch) === undefined ? withAttributes(batch, attributes) : batch;
    first = false;
  }
}

/** As many as a Parquet row group has. */
const MOST_ROWS = 131_072;
/** Cells of a batch, and bytes that its rows take in the file: a table of many or of large cells has fewer rows. */
const MOST_CELLS = 2 ** 21;
const MOST_BYTES = 2 ** 24;

function batchRows({ rows, columns, storedBytes }: Entry, size: number): number {
  const perRow = rows === undefined ? 1 : (storedBytes ?? size) / rows;
  const most = Math.min(MOST_ROWS, MOST_CELLS / Math.max(1, columns?.length ?? 1), MOST_BYTES / perRow);
  return Math.max(1, Math.floor(most));
}
