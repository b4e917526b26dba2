import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UsageError } from '../commands/usage-error.js';

/**
 * The `file:` URL of a plugin: of a path, from the working directory; of a package's name, from the `node_modules` of the
 * working directory and those above it, and then from those of this package.
 *
 * @throws UsageError where there is no such file or package
 */
export function moduleOfPlugin(plugin: string): string {
  if (isPath(plugin)) {
    const path = plugin.startsWith('file:') ? fileURLToPath(plugin) : resolve(plugin);
    if (!existsSync(path)) throw new UsageError(`--plugin '${plugin}': there is no file '${path}'`);
    return pathToFileURL(path).href;
  }
  const found =
    packageFrom(join(process.cwd(), 'any.js'), plugin) ?? packageFrom(fileURLToPath(import.meta.url), plugin);
  if (found === undefined)
    throw new UsageError(
      `--plugin '${plugin}': there is no such package in 'node_modules' here or above; a file is written './${plugin}'`,
    );
  return pathToFileURL(found).href;
}

function isPath(plugin: string): boolean {
  return /^[./\\]|^[A-Za-z]:[\\/]|^file:/.test(plugin);
}

function packageFrom(from: string, name: string): string | undefined {
  const require = createRequire(from);
  try {
    return require.resolve(name);
  } catch {
    // A package for `import` alone is not found by `require`.
    return esmEntry(require.resolve.paths(name) ?? [], name);
  }
}

/** What `exports` says for `import` (Node.js documentation, "Conditional exports"). */
function esmEntry(folders: readonly string[], name: string): string | undefined {
  const [, id = name, rest = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(name) ?? [];
  for (const folder of folders) {
    const manifest = join(folder, id, 'package.json');
    if (!existsSync(manifest)) continue;
    const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: unknown };
    const key = `.${rest}`;
    const isMap = typeof exports === 'object' && exports !== null && '.' in exports;
    const target = targetOf(
      isMap ? (exports as Record<string, unknown>)[key] : key === '.' ? exports : undefined,
    );
    if (target !== undefined) return join(dirname(manifest), target);
  }
  return undefined;
}

function targetOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return undefined;
  for (const [condition, inner] of Object.entries(entry)) {
    if (!['node', 'import', 'default'].includes(condition)) continue;
    const target = targetOf(inner);
    if (target !== undefined) return target;
  }
  return undefined;
}
