import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATE = fileURLToPath(new URL('../template/', import.meta.url));

/** Copies the template with the names filled in. Outside the repository versions stand for workspace links. */
export function writePackage(folder, names, inRepository) {
  for (const path of filesBelow(TEMPLATE)) {
    if (path.endsWith('turbo.json.template') && !inRepository) continue;
    const target = join(folder, relative(TEMPLATE, path).replace(/\.template$/, ''));
    mkdirSync(dirname(target), { recursive: true });
    const text = fill(readFileSync(path, 'utf8'), names);
    writeFileSync(target, inRepository ? text : standalone(target, text));
  }
}

function fill(text, { id, constant, type, title }) {
  return text
    .replaceAll('{{id}}', id)
    .replaceAll('{{constant}}', constant)
    .replaceAll('{{Type}}', type)
    .replaceAll('{{Title}}', title);
}

/** What differs where there is no workspace around the package. */
function standalone(target, text) {
  if (target.endsWith('package.json')) {
    return text
      .replaceAll('"workspace:^"', '"*"')
      .replaceAll('"workspace:*"', '"*"')
      .replace('"@types/node": "catalog:"', '"@types/node": "^20.19.0"')
      .replace('"typescript": "catalog:"', '"typescript": "^5.9.3"')
      .replace('"vitest": "catalog:"', '"vitest": "^4.1.12"');
  }
  if (target.endsWith(join('test', 'tsconfig.json')))
    return text
      .replace('"../../../tsconfig.base.json"', '"../tsconfig.json"')
      .replace(/,\n {2}"references": \[[^\]]*\]/, '');
  if (target.endsWith('tsconfig.json')) return `${JSON.stringify(STANDALONE_TSCONFIG, null, 2)}\n`;
  return text;
}

const STANDALONE_TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    strict: true,
    declaration: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  },
  include: ['src'],
};

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
