import { platform } from '#platform';
import { defaultBudget } from '../budget.js';
import type { RootKind } from '../contract/capabilities.js';
import type { Context, FormatSet } from '../contract/context.js';
import type { Commit, Editor } from '../contract/reader.js';
import { FormatError } from '../errors.js';
import { type EditableFile, editableFile } from '../io/file-sink.js';
import type { SafeSink } from '../io/journaled-sink.js';
import { throwIfAborted } from '../io/ranges.js';
import type { Sink } from '../io/source.js';
import { type Compression, peelName } from '../layers/compression.js';
import { splitPath } from '../values/path.js';
import type { Table } from '../values/table.js';
import type { Value } from '../values/value.js';
import { type CallOptions, type Chosen, choose, makeContext } from './call.js';
import { detectSource, formatOfName } from './detect.js';
import { fitValue } from './fit.js';
import { baseName, isUrl } from './input.js';
import { type IndexKeeper, keepIndex } from './keep-index.js';
import { nameError } from './read-call.js';
import { rollBack, safeSink } from './recover.js';
import { rewriteEditor } from './rewrite-editor.js';
import type { SaveOptions, Target } from './save.js';

/** An editor and what it edits. */
export interface EditFile extends Editor {
  readonly format: Chosen['format'];
  readonly engine: string | undefined;
  /** False where the format or a compression layer needs the whole file written anew. */
  readonly inPlace: boolean;
}

/**
 * Opens a file to add, replace, extend or remove entries; it is created when it is not there. Nothing is
 * promised to be in the file before `commit`.
 *
 * @throws FormatError
 */
export async function edit(formats: FormatSet, target: Target, options: SaveOptions = {}): Promise<EditFile> {
  if (typeof target === 'string' && isUrl(target)) {
    throw new FormatError('unsupported', `edit '${target}': a URL can be read only`, {
      feature: 'editing over HTTP',
      path: target,
    });
  }
  throwIfAborted(options.signal, `edit '${typeof target === 'string' ? target : target.name}'`);
  // Bad names and options are refused before the file is made.
  if (options.format !== undefined) formats.get(options.format);
  const file = typeof target === 'string' ? openOrCreate(formats, target, options) : undefined;
  return editOpened(formats, file ?? (target as Sink), file, options);
}

/**
 * The editor of a sink that is open.
 *
 * @param file the same, where this call opened it
 * @param name of the file that it stands for, where it has another one
 */
export async function editOpened(
  formats: FormatSet,
  sink: Sink,
  file: EditableFile | undefined,
  options: SaveOptions,
  name = sink.name,
): Promise<EditFile> {
  let locked = false;
  try {
    await sink.lock();
    locked = true;
    rollBack(sink, options);
    const { format, compression } = await formatOf(formats, sink, options);
    const chosen = await choose(format, options, 'edit');
    const context = makeContext(
      chosen,
      formats,
      options,
      defaultBudget(sink.size, options.budget),
      peelName(baseName(name)).name,
      compression === 'none' ? sink.path : undefined,
    );
    const inPlace =
      compression === 'none' && chosen.implementation.edit !== undefined && suits(sink, chosen.io);
    const isSafe = format.journal === 'own' && sink.path !== undefined;
    const safe =
      inPlace && !isSafe
        ? safeSink(sink, options.safety ?? 'journal', file, options.durable === true)
        : undefined;
    const keeper = inPlace ? await keepIndex(sink, chosen, formats, options) : undefined;
    const editor = inPlace
      ? await chosen.implementation.edit!(safe ?? sink, context)
      : rewriteEditor(sink, { formats, chosen, context, compression, options });
    return guarded(
      editor,
      chosen,
      context,
      inPlace,
      safe,
      sink,
      name,
      file,
      options.durable === true,
      keeper,
    );
  } catch (error) {
    letGo(sink, file, locked, false);
    throw nameError(error, options.format, name);
  }
}

/** Whether the sink has what the engine needs of its file; where it does not, the file is written anew. */
function suits(sink: Sink, io: Chosen['io']): boolean {
  if (io === 'path') return sink.path !== undefined;
  return io === 'async' || (sink.readSync !== undefined && sink.writeSync !== undefined);
}

/** A new file needs a name that says its format: a bad one is refused before the file is made. */
function openOrCreate(formats: FormatSet, path: string, options: CallOptions): EditableFile {
  if (options.format === undefined && platform?.fs.existsSync(path) !== true) formatOfName(formats, path);
  return editableFile(path);
}

/** Closes our own file, and removes it where this call made it and nothing was committed. */
function letGo(sink: Sink, file: EditableFile | undefined, locked: boolean, committed: boolean): void {
  if (file === undefined) {
    if (locked) sink.unlock?.();
  } else if (file.created && (!committed || file.size === 0)) file.discard();
  else file.close();
}

async function formatOf(
  formats: FormatSet,
  sink: Sink,
  options: SaveOptions,
): Promise<{ format: Chosen['format']; compression: Compression }> {
  const name = baseName(sink.name);
  const byOption = options.format === undefined ? undefined : formats.get(options.format);
  if (sink.size === 0) {
    const compression = options.compression ?? peelName(name).compression;
    return { format: byOption ?? formatOfName(formats, name).format, compression };
  }
  const detected = await detectSource(
    byOption === undefined ? formats : { ...formats, all: [byOption] },
    sink,
    name,
    options.signal,
  );
  return { format: byOption ?? detected.format, compression: detected.compression };
}

/** What an entry may be: in a tree anything, in a set of entries arrays, and tables where a file may be one. */
function rootsOfEntries(roots: readonly RootKind[]): readonly RootKind[] {
  if (roots.includes('tree')) return ['array', 'table', 'tree'];
  return roots.includes('entries') ? ['array', ...roots.filter((root) => root === 'table')] : roots;
}

function guarded(
  editor: Editor,
  chosen: Chosen,
  context: Context<object>,
  inPlace: boolean,
  safe: SafeSink | undefined,
  sink: Sink,
  name: string,
  file: EditableFile | undefined,
  durable: boolean,
  keeper: IndexKeeper | undefined,
): EditFile {
  const { format, engine, can } = chosen;
  const { writeBatches } = editor;
  let committed = false;
  let open = true;
  const guard = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      if (!open) throw new FormatError('io', `edit '${name}': the editor is closed`);
      return await work();
    } catch (error) {
      throw nameError(error, format.id, name);
    }
  };
  // An entry is fitted like a root of its own: the same losses as when the whole is saved.
  const entryRoots = rootsOfEntries(can.roots);
  const fit = <V extends Value>(path: string, value: V): Value =>
    fitValue(value, { id: format.id, can: path === '' ? can : { ...can, roots: entryRoots } }, (loss) =>
      context.loss({ ...loss, path: `${path}${loss.path}` }),
    );
  async function* fitBatches(path: string, batches: AsyncIterable<Table>): AsyncGenerator<Table> {
    // A table is fitted to a table.
    for await (const batch of batches) {
      const mark = context.budget.mark();
      yield fit(path, batch) as Table;
      // What was made of it is written and gone when the next one is asked for.
      context.budget.rewind(mark);
    }
  }
  return {
    format,
    engine,
    inPlace,
    put: (path, value) =>
      guard(() => {
        checkNamed(chosen, path);
        return editor.put(path, fit(path, value));
      }),
    append: (path, value) => guard(() => editor.append(path, fit(path, value))),
    remove: (path) => guard(() => editor.remove(path)),
    ...(writeBatches === undefined
      ? {}
      : {
          writeBatches: (path, batches) =>
            guard(() => writeBatches.call(editor, path, fitBatches(path, batches))),
        }),
    commit: () =>
      guard(async () => {
        const commit = await completed(() => editor.commit(), safe, durable);
        committed = true;
        keeper?.committed(commit);
        return commit;
      }),
    close: async () => {
      if (!open) return;
      open = false;
      try {
        await editor.close();
      } finally {
        undone(safe);
        letGo(sink, file, true, committed);
      }
      await keeper?.closed();
    },
  };
}

/** A change that fails leaves the file as it was. */
async function completed(
  commit: () => Commit | Promise<Commit>,
  safe: SafeSink | undefined,
  durable: boolean,
): Promise<Commit> {
  try {
    const done = await commit();
    if (safe === undefined) return done;
    const journal = safe.beside;
    await safe.settle(durable);
    return { ...done, journal };
  } catch (error) {
    undone(safe);
    throw error;
  }
}

/** Where it can't be undone now, the journal stays: who opens the file next does it. */
function undone(safe: SafeSink | undefined): void {
  try {
    safe?.undo();
  } catch {}
}

/** @throws FormatError `unsupported` for an entry of a format that holds one value only */
function checkNamed({ format, can }: Chosen, path: string): void {
  if (splitPath(path).length === 0 || can.roots.includes('entries') || can.roots.includes('tree')) return;
  throw new FormatError(
    'unsupported',
    `put '${path}' in ${format.id}: a file holds one ${can.roots.join(' or ')}, not named entries`,
    {
      format: format.id,
      path,
      feature: 'named entries',
      supported: can.roots,
    },
  );
}
