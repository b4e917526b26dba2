import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** Not `.ts`: its types are those of WebAssembly, which tools for TypeScript do not know. */
const SOURCE = new URL('number-rows.assembly', import.meta.url);
const NAME = 'number-rows.ts';
const TARGET = new URL('../src/numbers/number-rows-module.ts', import.meta.url);

/** The compiled module. @throws Error with the compiler's messages */
export async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      NAME,
      '--outFile',
      'out.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--initialMemory',
      '12',
      '--maximumMemory',
      '12',
      '--memoryBase',
      '128',
    ],
    {
      readFile: (name) => (name === NAME ? readFileSync(SOURCE, 'utf8') : null),
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr}`);
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const binary = await compile();
  const text = Buffer.from(binary)
    .toString('base64')
    .replace(/.{1,100}/g, "  '$&',\n");
  writeFileSync(
    TARGET,
    `/** wasm/number-rows.assembly compiled by \`npm run build:wasm\`: WebAssembly in base64. */\nexport const MODULE: string = [\n${text}].join('');\n`,
  );
  console.log(`${binary.length} bytes of WebAssembly`);
}
