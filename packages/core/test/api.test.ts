import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

test('the names that the package exports at run time', async () => {
  const api = (await import(join(dist, 'index.js'))) as object;
  expect(Object.keys(api).sort()).toMatchSnapshot();
});

test('the declarations behind the exported names', async () => {
  const index = readFileSync(join(dist, 'index.d.ts'), 'utf8');
  const files = [...index.matchAll(/from '\.\/(.+)\.js'/g)].map((match) => match[1]!);
  for (const file of [...new Set(files)].sort()) {
    const names = namesFrom(index, file);
    const text = readFileSync(join(dist, `${file}.d.ts`), 'utf8');
    const shown = declarationsOf(text).filter((declaration) => names.has(nameOf(declaration)));
    expect(shown.join('\n\n'), file).toMatchSnapshot(file);
  }
});

test('no module of the package is left out of the build', () => {
  const source = join(dist, '..', 'src');
  const built = new Set(listFiles(dist, '.js'));
  for (const file of listFiles(source, '.ts')) expect(built, file).toContain(file);
});

/** What `export { a, type B } from './file.js'` names. */
function namesFrom(index: string, file: string): Set<string> {
  const names = new Set<string>();
  for (const [, list, from] of index.matchAll(/export (?:type )?\{([^}]*)\} from '\.\/(.+)\.js'/g)) {
    if (from === file) for (const name of list!.split(',')) names.add(name.trim().replace(/^type /, ''));
  }
  return names;
}

/** Declarations without their comments: a change of words is no change of the API. */
function declarationsOf(text: string): string[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\/\/.*$/gm, '');
  return plain
    .split(/^(?=export |declare |interface |type )/m)
    .map((part) => part.replace(/\n\s*\n/g, '\n').trim())
    .filter((part) => part.startsWith('export '));
}

function nameOf(declaration: string): string {
  return (
    /^export (?:declare )?(?:abstract )?(?:type|interface|class|function|const) (\w+)/.exec(
      declaration,
    )?.[1] ?? ''
  );
}

function listFiles(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).slice(0, -ending.length));
}
