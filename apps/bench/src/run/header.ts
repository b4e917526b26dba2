import { randomBytes } from 'node:crypto';
import { capabilitiesOf, enginesOf, factsOf, versionsOf } from '../formats.js';
import { thisMachine } from '../results/machine.js';
import { type FormatRecord, RESULT_SCHEMA, type RunRecord } from '../results/record.js';
import type { RunFrame } from './cell-state.js';
import type { RunPlan } from './plan.js';

export function frameOf(plan: RunPlan): RunFrame {
  if (plan.earlier !== undefined) {
    const { run, seed, machine } = plan.earlier.run;
    return { run, seed, machine: machine.fingerprint };
  }
  const time = new Date().toISOString().replace(/[-:]|\..*/g, '');
  return {
    run: `${time}-${randomBytes(2).toString('hex')}`,
    seed: plan.seed,
    machine: thisMachine().fingerprint,
  };
}

/** The run's own line, and one for each format and engine that it measures. */
export async function headerRecords(plan: RunPlan, frame: RunFrame): Promise<[RunRecord, ...FormatRecord[]]> {
  const now = new Date().toISOString();
  const run: RunRecord = {
    kind: 'run',
    schema: RESULT_SCHEMA,
    run: frame.run,
    startedAt: plan.earlier?.run.startedAt ?? now,
    command: plan.command,
    seed: plan.seed,
    settings: plan.settings,
    machine: thisMachine(),
    cells: plan.cells.length,
    notLoaded: plan.formats.notLoaded,
    ...(plan.earlier === undefined ? {} : { resumedAt: [...(plan.earlier.run.resumedAt ?? []), now] }),
  };
  return [run, ...(await formatRecords(plan, frame))];
}

async function formatRecords(plan: RunPlan, frame: RunFrame): Promise<FormatRecord[]> {
  const measured = new Set(plan.cells.map(({ choice }) => `${choice.format} ${choice.engine}`));
  const records = plan.formats.formats.map(async (loaded): Promise<FormatRecord[]> => {
    const { format, module } = loaded;
    const facts = await factsOf(loaded);
    const versions = versionsOf(module);
    return enginesOf(format)
      .filter((engine) => measured.has(`${format.id} ${engine}`))
      .map((engine) => {
        const described = engine === null ? undefined : format.engines?.[engine];
        return {
          kind: 'format',
          schema: RESULT_SCHEMA,
          run: frame.run,
          format: format.id,
          engine,
          title: format.title,
          engineTitle: described?.title ?? engine,
          defaultEngine: engine === null || engine === format.defaultEngine,
          extensions: format.extensions,
          package: module,
          can: capabilitiesOf(format, engine),
          facts,
          versions,
        };
      });
  });
  return (await Promise.all(records)).flat();
}
