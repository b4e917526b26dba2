import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference, type Loss } from '@formatlab/core';
import { type Description, describe } from './describe.js';
import { editsOf } from './edits.js';
import { JUDGED, lab } from './formats.js';
import { samplesFor } from './samples.js';

/** A file of ours and what it holds. */
export interface OurFile {
  readonly format: string;
  readonly adapter: string;
  readonly file: string;
  readonly path: string;
  readonly expected: Description;
}

/**
 * Writes every sample of every format and the manifest that Python judges them by. What it says is the value
 * itself; only where a loss was reported is it what we read back.
 */
export async function writeOurs(folder: string): Promise<string> {
  const manifest: OurFile[] = [];
  for (const { format, adapter } of JUDGED) {
    for (const { file, value } of samplesFor(format)) {
      const path = join(folder, `${format.id}-${file}`);
      const losses: Loss[] = [];
      const { losses: written } = await lab.save(path, value, { format: format.id });
      losses.push(...written);
      const loaded = await lab.load(path, { format: format.id, onLoss: (loss) => losses.push(loss) });
      const difference = firstDifference(loaded, value);
      if (difference !== undefined && losses.length === 0) {
        throw new Error(
          `${format.id} ${file}: read back ${difference.right} as ${difference.left} at '${difference.path}', and no loss was reported`,
        );
      }
      manifest.push({
        format: format.id,
        adapter,
        file,
        path,
        expected: describe(difference === undefined ? value : loaded),
      });
    }
  }
  for (const { format, adapter } of JUDGED) {
    for (const { file, expected, edit } of editsOf(format)) {
      const path = join(folder, `${format.id}-${file}`);
      await edit(path);
      const loaded = await lab.load(path, { format: format.id });
      const difference = firstDifference(loaded, await expected());
      if (difference !== undefined)
        throw new Error(
          `${format.id} ${file}: read back ${difference.right} as ${difference.left} at '${difference.path}'`,
        );
      manifest.push({ format: format.id, adapter, file, path, expected: describe(loaded) });
    }
  }
  const path = join(folder, 'manifest.json');
  writeFileSync(path, JSON.stringify(manifest));
  return path;
}
