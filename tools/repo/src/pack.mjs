import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root } from './run.mjs';
import { pnpmSpec, readManifest, workspaceFolders } from './setup.mjs';

/** Folders of the packages that hold a format. */
export function formatFolders() {
  return workspaceFolders().filter(
    (folder) => folder.startsWith('packages/') && !['packages/core', 'packages/testkit'].includes(folder),
  );
}

/** Packs a workspace package as it would be published; gives the path of the tarball. */
export function pack(folder, into) {
  const out = join(into, folder.replaceAll('/', '-'));
  mkdirSync(out, { recursive: true });
  const printed = capture('npx', ['--yes', pnpmSpec(), 'pack', '--pack-destination', out], {
    cwd: join(root, folder),
    shell: process.platform === 'win32',
  });
  const tarball = readdirSync(out).find((file) => file.endsWith('.tgz'));
  if (printed === undefined || tarball === undefined)
    throw new Error(`pack '${folder}': no tarball was written`);
  return join(out, tarball);
}

export function packageName(folder) {
  return readManifest(`${folder}/package.json`).name;
}
