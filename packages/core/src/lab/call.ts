import { Budget, type BudgetLimits } from '../budget.js';
import type { Capabilities } from '../contract/capabilities.js';
import type { Context, FormatSet } from '../contract/context.js';
import type { Engine, FileNeeds, Format, Implementation } from '../contract/format.js';
import type { OptionSpec } from '../contract/options.js';
import { FormatError } from '../errors.js';
import { throwIfAborted } from '../io/ranges.js';
import { tempFile } from '../io/temp-file.js';
import { type Loss, lossLine } from '../loss.js';

/** What every verb takes. */
export interface CallOptions {
  /** Id of the format; without it the name and the bytes decide. */
  readonly format?: string | undefined;
  /** Options of the format, such as `{ delimiter: ';' }`. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly budget?: BudgetLimits | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined;
  readonly onLoss?: ((loss: Loss) => void) | undefined;
  /** Told when a file is read or restored as it was before a change that did not end; default: a warning of the process. */
  readonly onRecover?: ((message: string) => void) | undefined;
  /**
   * The index to find rows and entries by: bytes, path or URL of one; `true` for the one beside the file, `<file>.flx`, also
   * where that is a URL; `false` for none. Default: the one beside a local file, where it is there and fits.
   */
  readonly index?: boolean | string | URL | Uint8Array | undefined;
  /** Told why an index beside the file is not used; default: a warning of the process. */
  readonly onIndex?: ((message: string) => void) | undefined;
  /** Refuse the first value that would not survive. Default false. */
  readonly strict?: boolean | undefined;
}

/** A format with the engine chosen and its options checked. */
export interface Chosen {
  readonly format: Format;
  readonly engine: string | undefined;
  readonly can: Capabilities;
  readonly io: FileNeeds;
  readonly implementation: Implementation<object>;
  readonly options: object;
}

/** Which options get their defaults: editing reads and writes. */
export type Direction = 'read' | 'write' | 'edit';

/**
 * The engine that the option `engine` names, loaded on first use, and the checked options.
 *
 * @throws FormatError `options`, `unsupported` when the engine's package is not installed
 */
export function choose(format: Format, call: CallOptions, direction: Direction): Chosen | Promise<Chosen> {
  const options = checkOptions(format, call.options ?? {}, direction);
  const wanted = (options as { engine?: string }).engine ?? format.defaultEngine;
  const engine =
    wanted === undefined || wanted === format.defaultEngine ? undefined : format.engines?.[wanted];
  if (engine === undefined) {
    return {
      format,
      engine: format.defaultEngine,
      can: format.can,
      io: format.io ?? 'async',
      implementation: format,
      options,
    };
  }
  return loadEngine(format, wanted!, engine, options);
}

async function loadEngine(
  format: Format,
  id: string,
  engine: Engine<object>,
  options: object,
): Promise<Chosen> {
  return {
    format,
    engine: id,
    can: engine.can,
    io: engine.io ?? 'async',
    implementation: await engine.load(),
    options,
  };
}

export function makeContext(
  chosen: Chosen,
  formats: FormatSet,
  call: CallOptions,
  budget?: Budget,
  name?: string,
  path?: string,
): Context<object> {
  const { signal, onProgress, onLoss, strict } = call;
  return {
    options: chosen.options,
    name,
    path,
    budget: budget ?? new Budget(call.budget),
    signal,
    formats,
    progress(done, total) {
      throwIfAborted(signal, `work on ${chosen.format.id}`);
      onProgress?.(done, total);
    },
    loss(loss) {
      if (strict === true) {
        throw new FormatError('lossy', `keep ${lossLine(loss)}: refused under strict`, {
          format: chosen.format.id,
          path: loss.path,
          found: loss.from,
        });
      }
      onLoss?.(loss);
    },
    temp: tempFile,
  };
}

/** The options with defaults filled in. @throws FormatError `options` */
function checkOptions(
  format: Format,
  given: Readonly<Record<string, unknown>>,
  direction: Direction,
): object {
  const specs = format.options as Readonly<Record<string, OptionSpec>>;
  const checked: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) {
    if ('default' in spec && (spec.for === 'both' || direction === 'edit' || spec.for === direction))
      checked[name] = spec.default;
  }
  if (format.engines !== undefined) checked.engine = format.defaultEngine;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined && !(name === 'engine' && format.engines !== undefined))
      throw unknownOption(format, name, Object.keys(specs));
    const problem =
      name === 'engine' && format.engines !== undefined
        ? engineProblem(format, value)
        : optionProblem(spec!, value);
    if (problem !== undefined) {
      throw new FormatError('options', `set option '${name}' of ${format.id} to ${show(value)}: ${problem}`, {
        format: format.id,
      });
    }
    checked[name] = value;
  }
  return checked;
}

function optionProblem(spec: OptionSpec, value: unknown): string | undefined {
  switch (spec.type) {
    case 'boolean':
    case 'string':
      return typeof value === spec.type ? undefined : `must be a ${spec.type}`;
    case 'enum':
      return spec.choices.includes(value as string) ? undefined : `must be one of ${spec.choices.join(', ')}`;
    case 'integer':
    case 'number': {
      if (typeof value !== 'number' || (spec.type === 'integer' && !Number.isInteger(value)))
        return `must be a${spec.type === 'integer' ? 'n integer' : ' number'}`;
      const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
      return value >= min && value <= max ? undefined : `must lie in ${min} … ${max}`;
    }
    case 'value':
      return undefined;
  }
}

function engineProblem(format: Format, value: unknown): string | undefined {
  const known = engineIds(format);
  return known.includes(value as string) ? undefined : `must be one of ${known.join(', ')}`;
}

/** Ids of all engines, the default one first; empty for a format without a choice. */
export function engineIds(format: Format): readonly string[] {
  if (format.defaultEngine === undefined) return [];
  return [
    format.defaultEngine,
    ...Object.keys(format.engines ?? {}).filter((id) => id !== format.defaultEngine),
  ];
}

function unknownOption(format: Format, name: string, known: readonly string[]): FormatError {
  return new FormatError('options', `set option '${name}' of ${format.id}: there is no such option`, {
    format: format.id,
    supported: known,
  });
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? 'an object' : String(value);
}
