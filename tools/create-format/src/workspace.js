import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The FormatLab repository around `folder`, if there is one. */
export function workspaceRoot(folder) {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'packages/core/package.json')) && existsSync(join(at, 'pnpm-workspace.yaml')))
      return at;
    if (dirname(at) === at) return undefined;
  }
}

/** `pnpm@10.34.9`: the version that the repository pins. */
export function pnpmOf(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;
}

/** Makes the new package known: to the bench, to the type checker, to the release notes. */
export function joinWorkspace(root, { id }) {
  edit(join(root, 'apps/bench/package.json'), (manifest) => {
    manifest.dependencies = sorted({ ...manifest.dependencies, [`@formatlab/${id}`]: 'workspace:^' });
  });
  edit(join(root, 'tsconfig.json'), (config) => {
    config.references.push({ path: `packages/${id}` }, { path: `packages/${id}/test` });
  });
  mkdirSync(join(root, '.changeset'), { recursive: true });
  writeFileSync(
    join(root, `.changeset/${id}.md`),
    `---\n'@formatlab/${id}': minor\n'@formatlab/bench': minor\n---\n\nAdd the format ${id}.\n`,
  );
}

function edit(path, change) {
  const value = JSON.parse(readFileSync(path, 'utf8'));
  change(value);
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
