import { lab, show } from './lab.js';

/** Writes two scalars into one file, opens it, lists the names and prints each. */
export async function scalars(path: string, print = console.log): Promise<void> {
  await lab.save(path, { a: 23, b: 19 });
  const file = await lab.open(path);
  for (const entry of await file.entries()) print(entry.path, show(await file.read(entry.path)));
  await file.close();
}
