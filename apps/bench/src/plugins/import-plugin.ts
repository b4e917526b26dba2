import { runChild } from '../processes/run-child.js';
import { moduleOfPlugin } from './resolve-plugin.js';

/** Longer than this no import takes that is worth waiting for. */
const IMPORT_TIMEOUT_MS = 20_000;

/**
 * The module of a plugin that can be imported. That is tried in a process of its own: one that hangs or ends the process
 * must not do that to the run.
 *
 * @throws UsageError where there is none, Error with the reason where it could not be imported
 */
export async function importablePlugin(plugin: string): Promise<string> {
  const module = moduleOfPlugin(plugin);
  const outcome = await runChild<'plugin'>({ kind: 'plugin', module }, { timeoutMs: IMPORT_TIMEOUT_MS });
  if (!outcome.ok) throw new Error(outcome.reason);
  return module;
}
