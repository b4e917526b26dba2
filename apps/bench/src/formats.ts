import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { engineIds, type Format, type FormatFacts } from '@formatlab/core';
import type { Versions } from './results/record.js';

/** A format and the module that brought it: what a child process needs to load it again. */
export interface LoadedFormat {
  readonly format: Format;
  /** Package name, or `file:` URL of a plugin. */
  readonly module: string;
}

export interface LoadedFormats {
  readonly formats: readonly LoadedFormat[];
  /** Packages that could not be loaded, with the reason in one line. */
  readonly notLoaded: readonly { readonly package: string; readonly reason: string }[];
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
  const notLoaded: { package: string; reason: string }[] = [];
  for (const module of [...formatPackages(), ...plugins.map(moduleOfPlugin)]) {
    try {
      const found = await formatsOfModule(module);
      if (found.length === 0) throw new Error('it exports no format');
      formats.push(...found.filter(({ format }) => formats.every((other) => other.format.id !== format.id)));
    } catch (error) {
      notLoaded.push({
        package: module,
        reason: (error instanceof Error ? error.message : String(error)).split('\n')[0]!,
      });
    }
  }
  return { formats, notLoaded };
}

/** Every format that a module exports. */
export async function formatsOfModule(module: string): Promise<LoadedFormat[]> {
  const exported: Record<string, unknown> = await import(module);
  return Object.values(exported)
    .filter(isFormat)
    .map((format) => ({ format, module }));
}

/** A path becomes a URL; anything else is taken for a package. */
export function moduleOfPlugin(plugin: string): string {
  return /^[./\\]|^[A-Za-z]:[\\/]|^file:/.test(plugin) && !plugin.startsWith('file:')
    ? pathToFileURL(resolve(plugin)).href
    : plugin;
}

/** Null where the package has no `./facts`. */
export async function factsOf(loaded: LoadedFormat): Promise<FormatFacts | null> {
  if (loaded.module.startsWith('file:')) return null;
  try {
    const exported: Record<string, unknown> = await import(`${loaded.module}/facts`);
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
  if (module.startsWith('file:')) return versions;
  const manifest = addVersion(versions, own, module);
  if (manifest === undefined) return versions;
  const theirs = createRequire(manifest.path);
  for (const name of Object.keys(manifest.dependencies)) addVersion(versions, theirs, name);
  return versions;
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

function formatPackages(): string[] {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return Object.keys(manifest.dependencies).filter(
    (name) => name.startsWith(PREFIX) && !NO_FORMATS.includes(name),
  );
}

function isFormat(value: unknown): value is Format {
  if (typeof value !== 'object' || value === null) return false;
  const { id, encode, decode, probe, extensions, can } = value as Partial<Format>;
  return (
    typeof id === 'string' &&
    [encode, decode, probe].every((f) => typeof f === 'function') &&
    Array.isArray(extensions) &&
    typeof can === 'object'
  );
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
