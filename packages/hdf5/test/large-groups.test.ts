import { bytesSink, createLab, ndarray, newRecord, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { hdf5 } from '../src/index.js';

// Above 256 members a group's links stand in a fractal heap behind a B-tree of names; the HDF5 library is the judge.
const lab = createLab([hdf5]);
const ENGINES = ['native', 'h5wasm'] as const;

function group(count: number, prefix = 'member'): Record<string, Value> {
  const record = newRecord() as Record<string, Value>; // filled here
  for (let i = 0; i < count; i++) record[`${prefix} ${i} ${'é'.repeat(i % 40)}`] = i;
  return record;
}

describe.each(ENGINES)('a group of many members, read by %s', (engine) => {
  const call = { format: 'hdf5', options: { engine } };

  it.each([257, 3000, 70_000])('holds %i, in their order', async (count) => {
    const value = group(count);
    const bytes = await lab.encode(value, 'hdf5');
    const file = await lab.open(bytes, call);
    const names = Object.keys(value);
    for (const name of [names[0]!, names[Math.floor(count / 2)]!, names.at(-1)!])
      expect(await file.read(`/${name}`)).toBe(value[name]);
    await expect(file.read('/member 5')).rejects.toMatchObject({ code: 'not-found' });
    await file.close();
    if (count > 3000) return;
    const listed = Object.keys((await lab.decode(bytes, call)) as object);
    // Without an index of the order the library lists by name; h5py sorts by what each link says.
    expect(engine === 'native' ? listed : listed.sort()).toEqual(engine === 'native' ? names : names.sort());
  });

  it('is changed: one more, one less, one replaced', async () => {
    const sink = bytesSink(await lab.encode(group(1000), 'hdf5'));
    const editor = await lab.edit(sink, { format: 'hdf5' });
    await editor.put('/added', ndarray(new Float64Array([1, 2])));
    await editor.put('/member 7 ééééééé', 'seven');
    await editor.remove('/member 0 ');
    await editor.commit();
    await editor.close();
    const back = (await lab.decode(sink.bytes(), call)) as Record<string, Value>; // a group
    expect(Object.keys(back)).toHaveLength(1000);
    expect(back['member 7 ééééééé']).toBe('seven');
    expect(back['added']).toBeDefined();
    expect(back['member 0 ']).toBeUndefined();
    expect(back['member 999 ' + 'é'.repeat(39)]).toBe(999);
  });

  it('lies inside another, with members that lead back to it', async () => {
    const inner = group(400);
    const value = { a: inner, b: inner };
    const back = (await lab.decode(await lab.encode(value, 'hdf5'), call)) as { a: object; b: object };
    expect(back.a).toBe(back.b);
    expect(Object.keys(back.a)).toHaveLength(400);
  });
});
