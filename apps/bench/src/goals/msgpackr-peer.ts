import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { float64Of, type Side, type SideInput, shapeOf } from './side.js';

/** The array as the library's extension for typed arrays, beside its shape. */
export async function msgpackr({ value, operation, folder }: SideInput): Promise<Side> {
  const { Packr } = await import('msgpackr');
  const packr = new Packr({ structuredClone: true, moreTypes: true });
  const path = join(folder, 'direct.msgpack');
  const message = { shape: shapeOf(value), data: float64Of(value) };
  const write = (): void => writeFileSync(path, packr.pack(message));
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return { run: () => packr.unpack(readFileSync(path)) as unknown };
}
