import { basename } from 'node:path';
import type { LoadedFormats } from '../formats.js';

/**
 * A line of shell that makes the recommended file of the user's own, with the packages that it takes; undefined where the
 * file is in that format already.
 */
export function convertCommand(
  file: string,
  from: string,
  to: string,
  extension: string,
  { formats }: LoadedFormats,
): string | undefined {
  if (from === to) return undefined;
  const module = (id: string): string => formats.find(({ format }) => format.id === id)?.module ?? id;
  const target = `${basename(file.split('#')[0]!).replace(/(\.[^.]+)?(\.(gz|br|zst))?$/, '')}${extension}`;
  const ids = [from, to];
  const code = [
    `import { createLab } from "@formatlab/core"`,
    ...ids.map((id) => `import { ${id} } from ${JSON.stringify(module(id))}`),
    `await createLab([${ids.join(', ')}]).convert(${JSON.stringify(file)}, ${JSON.stringify(target)}, { format: "${to}" })`,
  ].join('; ');
  return `node --input-type=module -e '${code.replaceAll("'", "'\\''")}'`;
}
