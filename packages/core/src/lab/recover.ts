import { platform } from '#platform';
import { FormatError } from '../errors.js';
import { copyingSink } from '../io/copying-sink.js';
import type { EditableFile } from '../io/file-sink.js';
import { type Journal, type OldState, oldStateOf } from '../io/journal.js';
import { journaledSink, restore, type SafeSink } from '../io/journaled-sink.js';
import { oldStateSource } from '../io/old-state-source.js';
import type { Sink, Source } from '../io/source.js';
import type { CallOptions } from './call.js';

/**
 * How a file that is changed in place survives a crash: a journal beside it, from which this package restores the old
 * state (journal); a copy that takes its place, which every program understands (copy); not at all (none).
 */
export type Safety = 'journal' | 'copy' | 'none';

/** The source as it was before a change that did not end; the same where there is none. */
export function asBefore(source: Source, call: Pick<CallOptions, 'onRecover'>): Source {
  const old = unfinished(source.journal);
  if (old === undefined) return source;
  say(call, `read '${source.name}': a change of it did not end; this is its state before`);
  return oldStateSource(source, old);
}

/** Takes back a change that did not end. The sink is locked: nobody is at it. */
export function rollBack(sink: Sink, call: Pick<CallOptions, 'onRecover'>): void {
  const { journal } = sink;
  const old = unfinished(journal);
  if (old !== undefined) {
    restore(sink, old);
    say(call, `edit '${sink.name}': a change of it did not end, and was taken back`);
  }
  if (journal?.load() !== undefined) journal.remove();
}

/** The sink with which changes are complete or undone; undefined where it has no means to that. */
export function safeSink(
  sink: Sink,
  safety: Safety,
  file: EditableFile | undefined,
  durable: boolean,
): SafeSink | undefined {
  if (safety === 'copy') {
    if (file === undefined || platform === undefined)
      throw new FormatError(
        'unsupported',
        `edit '${sink.name}' with 'safety' 'copy': it is no file of the file system`,
        {
          feature: 'safety copy',
        },
      );
    return copyingSink(platform, file);
  }
  const { journal, readSync, writeSync, truncateSync } = sink;
  if (safety === 'none' || journal === undefined) return undefined;
  if (readSync === undefined || writeSync === undefined || truncateSync === undefined) return undefined;
  return journaledSink(sink, journal, durable);
}

function unfinished(journal: Journal | undefined): OldState | undefined {
  const bytes = journal?.load();
  return bytes === undefined ? undefined : oldStateOf(bytes, journal!.identity());
}

function say({ onRecover }: Pick<CallOptions, 'onRecover'>, message: string): void {
  warn(onRecover, message);
}

/** Tells the caller, or else whoever watches the process. */
export function warn(told: ((message: string) => void) | undefined, message: string): void {
  if (told !== undefined) told(message);
  else if (platform !== undefined) process.emitWarning(message, 'FormatLabWarning');
}
