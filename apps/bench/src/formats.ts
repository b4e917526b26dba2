import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type Capabilities, engineIds, type Format, type FormatFacts } from '@formatlab/core';
import { UsageError } from './commands/usage-error.js';
import { importablePlugin } from './plugins/import-plugin.js';
import { moduleOfPlugin } from './plugins/resolve-plugin.js';
import { errorLine } from './processes/error-line.js';
import type { Versions } from './results/record.js';

/** A format and the module that brought it: what a child process needs to load it again. */
export interface LoadedFormat {
  readonly format: Format;
  /** Package name, or `file:` URL of a plugin. */
  readonly module: string;
  /** Of a plugin: what was named on the command line. */
  readonly plugin?: string;
}

export interface LoadedFormats {
  readonly formats: readonly LoadedFormat[];
  readonly notLoaded: readonly NotLoaded[];
}

/** A package or plugin that could not be loaded, with the reason in one line. */
export interface NotLoaded {
  readonly package: string;
  readonly reason: string;
}

const PREFIX = '@formatlab/';
/** Packages of ours that bring no format. */
const NO_FORMATS: readonly string[] = ['@formatlab/core', '@formatlab/testkit'];

/**
 * The formats under test: every `Format` object that the packages in this package's dependencies export, so
 * adding a dependency adds its formats, and those of the plugins. One that is broken does not hide the others.
 */
export async function loadFormats(plugins: readonly string[] = []): Promise<LoadedFormats> {
  const formats: LoadedFormat[] = [];
  const notLoaded: NotLoaded[] = [];
  const load = async (name: string, find: () => Promise<readonly LoadedFormat[]>): Promise<void> => {
    try {
      const found = await find();
      if (found.length === 0) throw new Error('it exports no format');
      for (const { format } of found) {
        const other = [...formats, ...found].find(
          (one) => one.format.id === format.id && one.format !== format,
        );
        if (other !== undefined)
          throw new Error(
            `there is a format '${format.id}' already, of '${other.module}': it needs another id`,
          );
      }
      formats.push(...found);
    } catch (error) {
      // A typing mistake, not a plugin's fault.
      if (error instanceof UsageError) throw error;
      notLoaded.push({ package: name, reason: errorLine(error) });
    }
  };
  for (const name of formatPackages()) await load(name, () => formatsOfModule(name));
  for (const plugin of new Set(plugins))
    await load(`plugin '${plugin}'`, async () => {
      const loaded = await formatsOfModule(await importablePlugin(plugin));
      return loaded.map((one) => ({ ...one, plugin }));
    });
  return { formats, notLoaded };
}

/**
 * Every format that a module exports: under any name, as the default, or several in a list.
 *
 * @throws TypeError for one that lacks a part of the contract, with the names of what is missing
 */
export async function formatsOfModule(module: string): Promise<LoadedFormat[]> {
  const exported: Record<string, unknown> = await import(module);
  // The same object may stand there under its name and as the default.
  const values = new Set(Object.values(exported).flat());
  return [...values].filter(isFormat).map((format) => ({ format, module }));
}

/** Null where the package has no `./facts`. */
export async function factsOf(loaded: LoadedFormat): Promise<FormatFacts | null> {
  try {
    const module =
      loaded.plugin === undefined ? `${loaded.module}/facts` : moduleOfPlugin(`${loaded.plugin}/facts`);
    const exported: Record<string, unknown> = await import(module);
    const all = Object.values(exported).filter(isFacts);
    return all.find((facts) => facts.id === loaded.format.id) ?? all[0] ?? null;
  } catch {
    return null;
  }
}

/** Versions of Node.js, core, the format's package and the libraries that it depends on. */
export function versionsOf(module: string): Versions {
  const versions: Record<string, string> = { node: process.versions.node };
  const own = createRequire(import.meta.url);
  addVersion(versions, own, '@formatlab/core');
  if (module.startsWith('file:')) return { ...versions, ...versionBeside(module) };
  const manifest = addVersion(versions, own, module);
  if (manifest === undefined) return versions;
  const theirs = createRequire(manifest.path);
  for (const name of Object.keys(manifest.dependencies)) addVersion(versions, theirs, name);
  return versions;
}

/** Name and version of the package that a file belongs to. */
function versionBeside(url: string): Versions {
  for (let folder = new URL('.', url); ; folder = new URL('..', folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
        name?: string;
        version?: string;
      };
      return name === undefined ? {} : { [name]: version ?? 'unknown' };
    } catch {
      // Not in this folder: the next one up.
    }
    if (new URL('..', folder).href === folder.href) return {};
  }
}

/** Versions of Node.js and of libraries that this package brings. */
export function versionsOfPackages(packages: readonly string[]): Versions {
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of packages) addVersion(versions, createRequire(import.meta.url), name);
  return versions;
}

/** `null` alone for a format without a choice of engines. */
export function enginesOf(format: Format): readonly (string | null)[] {
  const ids = engineIds(format);
  return ids.length === 0 ? [null] : ids;
}

/** What an engine of a format can; `null` is the format's own or its default one. */
export function capabilitiesOf(format: Format, engine: string | null): Capabilities {
  return engine === null || engine === format.defaultEngine
    ? format.can
    : (format.engines?.[engine]?.can ?? format.can);
}

function formatPackages(): string[] {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return Object.keys(manifest.dependencies).filter(
    (name) => name.startsWith(PREFIX) && !NO_FORMATS.includes(name),
  );
}

const FUNCTIONS = ['encode', 'decode', 'probe'] as const;

/** What has an id and a part of the contract is meant to be a format. */
function isFormat(value: unknown): value is Format {
  if (typeof value !== 'object' || value === null) return false;
  const { id, extensions, can } = value as Partial<Format>;
  const functions = FUNCTIONS.filter((name) => typeof (value as Partial<Format>)[name] === 'function');
  if (typeof id !== 'string' || (functions.length === 0 && can === undefined)) return false;
  const missing = [
    ...FUNCTIONS.filter((name) => !functions.includes(name)).map((name) => `the function '${name}'`),
    ...(Array.isArray(extensions) ? [] : ["the list 'extensions'"]),
    ...(typeof can === 'object' && can !== null && Array.isArray(can.roots)
      ? []
      : ["the capabilities 'can'"]),
  ];
  if (missing.length > 0) throw new TypeError(`format '${id}' lacks ${missing.join(', ')}`);
  return true;
}

function isFacts(value: unknown): value is FormatFacts {
  return typeof value === 'object' && value !== null && 'id' in value && 'specification' in value;
}

interface Manifest {
  readonly path: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Packages need not export their package.json: it is looked for in the folders where Node would find them. */
function addVersion(
  versions: Record<string, string>,
  from: NodeJS.Require,
  name: string,
): Manifest | undefined {
  for (const folder of from.resolve.paths(name) ?? []) {
    const path = resolve(folder, name, 'package.json');
    try {
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
        version?: string;
        dependencies?: Record<string, string>;
      };
      versions[name] = manifest.version ?? 'unknown';
      return { path, dependencies: manifest.dependencies ?? {} };
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return undefined;
}
